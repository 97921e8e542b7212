"""The bus between processes that share a PostgreSQL: `LISTEN` and `NOTIFY`."""

from __future__ import annotations

import json

import psycopg

from whosthere.realtime.remote import RemoteBus

CHANNEL = "whosthere"
_LISTEN_SECONDS = 1.0

Connection = psycopg.Connection[tuple[object, ...]]


class PostgresBus(RemoteBus):
    """Delivers wake-ups to every process that is connected to the same database."""

    def __init__(self, conninfo: str) -> None:
        super().__init__("PostgreSQL", (psycopg.Error,))
        self._conninfo = conninfo
        self._notifying: Connection | None = None

    def close(self) -> None:
        """Send what is waiting to be sent, and stop."""
        super().close()
        self._hang_up()

    def _connect(self) -> Connection:
        return psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5)

    def _send(self, topics: list[str]) -> None:
        try:
            self._notifying = self._notifying or self._connect()
            self._notifying.execute("SELECT pg_notify(%s, %s)", (CHANNEL, json.dumps(topics)))
        except psycopg.Error:
            self._hang_up()
            raise
        if self._closed.is_set():  # the bus was closed while this was connecting
            self._hang_up()

    def _hang_up(self) -> None:
        notifying, self._notifying = self._notifying, None
        if notifying is not None:
            notifying.close()

    def _hear(self) -> None:
        with self._connect() as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._heard_from()
            while not self._closed.is_set():
                for notification in connection.notifies(timeout=_LISTEN_SECONDS):
                    for topic in _topics(notification.payload):
                        self._wake(topic)


def _topics(payload: str) -> list[str]:
    """Read a payload; whatever else somebody sends on this channel must not stop the listener."""
    try:
        topics = json.loads(payload)
    except ValueError:
        return []
    return [topic for topic in topics if isinstance(topic, str)] if isinstance(topics, list) else []

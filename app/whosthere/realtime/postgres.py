"""The bus between processes that share a PostgreSQL: `LISTEN` and `NOTIFY`."""

from __future__ import annotations

import json
import logging
import threading

import psycopg

from whosthere.realtime.hub import Hub
from whosthere.realtime.outbox import Outbox

log = logging.getLogger("whosthere.realtime")

CHANNEL = "whosthere"
RECONNECT_SECONDS = 1.0
_LISTEN_SECONDS = 1.0

Connection = psycopg.Connection[tuple[object, ...]]


class PostgresBus:
    """Delivers wake-ups to every process that is connected to the same database."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._hub: Hub | None = None
        self._outbox = Outbox("whosthere-notify", self._notify, (psycopg.Error,))
        self._notifying: Connection | None = None
        self._starting = threading.Lock()
        self._listener: threading.Thread | None = None
        self._listening = threading.Event()
        self._closed = threading.Event()

    def attach(self, hub: Hub) -> None:
        """Start to wake the waiters of `hub`."""
        self._hub = hub

    def listen(self) -> None:
        """Listen from now on; called when the first stream opens, and harmless afterwards."""
        with self._starting:
            if self._listener is None:
                self._listener = threading.Thread(target=self._listen, name="whosthere-listen", daemon=True)
                self._listener.start()
        self._listening.wait(RECONNECT_SECONDS)

    def publish(self, topic: str) -> None:
        """Wake everybody who waits for `topic`: here at once, elsewhere in a moment."""
        if self._hub is not None:
            self._hub.wake(topic)
        self._outbox.put(topic)

    def healthy(self) -> bool:
        """Whether wake-ups of other processes arrive; true as long as nobody waits for any."""
        return self._listener is None or self._listening.is_set()

    def close(self) -> None:
        """Send what is waiting to be sent, and stop."""
        self._outbox.close()
        self._closed.set()
        self._hub = None
        if self._notifying is not None:
            self._notifying.close()

    def _connect(self) -> Connection:
        return psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5)

    def _notify(self, topics: list[str]) -> None:
        try:
            self._notifying = self._notifying or self._connect()
            self._notifying.execute("SELECT pg_notify(%s, %s)", (CHANNEL, json.dumps(topics)))
        except psycopg.Error:
            self._notifying = None
            raise

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._listening.set()
                    if self._hub is not None:
                        self._hub.wake_all()  # what was published while nobody listened is unknown
                    while not self._closed.is_set():
                        self._receive(connection)
            except psycopg.Error as error:
                log.warning("wake-ups of other processes are lost until PostgreSQL is back: %s", type(error).__name__)
            self._listening.clear()
            self._closed.wait(RECONNECT_SECONDS)

    def _receive(self, connection: Connection) -> None:
        for notification in connection.notifies(timeout=_LISTEN_SECONDS):
            for topic in json.loads(notification.payload):
                if self._hub is not None:
                    self._hub.wake(topic)

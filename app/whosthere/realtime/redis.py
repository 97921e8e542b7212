"""The bus between processes that share a Redis: publish and subscribe."""

from __future__ import annotations

import logging
import threading
from typing import Any, cast

import redis

from whosthere.realtime.hub import Hub
from whosthere.realtime.outbox import Outbox

log = logging.getLogger("whosthere.realtime")

CHANNEL = "whosthere:wake"
RECONNECT_SECONDS = 1.0
_TIMEOUT_SECONDS = 1.0


class RedisBus:
    """Delivers wake-ups to every process that is connected to the same Redis."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=_TIMEOUT_SECONDS, socket_timeout=_TIMEOUT_SECONDS
        )
        self._hub: Hub | None = None
        self._outbox = Outbox("whosthere-publish", self._send, (redis.RedisError, OSError))
        self._starting = threading.Lock()
        self._listener: threading.Thread | None = None
        self._listening = threading.Event()
        self._closed = threading.Event()

    def attach(self, hub: Hub) -> None:
        """Start to wake the waiters of `hub`."""
        self._hub = hub

    def listen(self) -> None:
        """Subscribe; called when the first stream opens, and harmless afterwards."""
        with self._starting:
            if self._listener is None:
                self._listener = threading.Thread(target=self._listen, name="whosthere-redis", daemon=True)
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
        self._redis.close()

    def _send(self, topics: list[str]) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            for topic in topics:
                pipeline.publish(CHANNEL, topic)
            pipeline.execute()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with cast("Any", self._redis).pubsub(ignore_subscribe_messages=True) as subscription:
                    subscription.subscribe(CHANNEL)
                    self._listening.set()
                    if self._hub is not None:
                        self._hub.wake_all()  # what was published while nobody listened is unknown
                    while not self._closed.is_set():
                        message = subscription.get_message(timeout=_TIMEOUT_SECONDS)
                        if message is not None and self._hub is not None:
                            self._hub.wake(message["data"].decode())
            except (redis.RedisError, OSError, ValueError) as error:
                log.warning("wake-ups of other processes are lost until Redis is back: %s", type(error).__name__)
            self._listening.clear()
            self._closed.wait(RECONNECT_SECONDS)

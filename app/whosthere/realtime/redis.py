"""The bus between processes that share a Redis: publish and subscribe."""

from __future__ import annotations

from typing import Any, cast

import redis

from whosthere.realtime.remote import RemoteBus

CHANNEL = "whosthere:wake"
_TIMEOUT_SECONDS = 1.0


class RedisBus(RemoteBus):
    """Delivers wake-ups to every process that is connected to the same Redis."""

    def __init__(self, url: str) -> None:
        super().__init__("Redis", (redis.RedisError, OSError, ValueError))
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=_TIMEOUT_SECONDS, socket_timeout=_TIMEOUT_SECONDS
        )

    def close(self) -> None:
        """Send what is waiting to be sent, and stop."""
        super().close()
        self._redis.close()

    def _send(self, topics: list[str]) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            for topic in topics:
                pipeline.publish(CHANNEL, topic)
            pipeline.execute()

    def _hear(self) -> None:
        with cast("Any", self._redis).pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(CHANNEL)
            self._heard_from()
            while not self._closed.is_set():
                message = subscription.get_message(timeout=_TIMEOUT_SECONDS)
                if message is not None:
                    self._wake(message["data"].decode(errors="replace"))

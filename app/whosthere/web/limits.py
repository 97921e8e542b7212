"""Rate limits per client address, counted before anything else is looked at."""

from __future__ import annotations

import logging

from flask import request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from whosthere.core.reasons import Reason, Refused
from whosthere.web.problems import Problem

log = logging.getLogger("whosthere.web")

_MINUTE_SECONDS = 60


class RateLimits:
    """The counters of this installation: in Redis when there is one, else in this process."""

    def __init__(self, per_minute: int | None, redis_url: str | None) -> None:
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = None if redis_url is None else FixedWindowRateLimiter(_redis(redis_url))
        self._item = None if per_minute is None else RateLimitItemPerMinute(per_minute)

    def count(self, action: str) -> None:
        """Count one request of this client.

        Raises:
            Problem: there were too many of them within the minute (429).
        """
        if self._item is not None and not self.hit(self._item, action, client_address()):
            raise Problem(
                Refused(Reason.TOO_MANY_REQUESTS, "Too many requests from this address. Wait a minute."),
                retry_after_seconds=_MINUTE_SECONDS,
            )

    def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count once against `item`; `False` when that was too often. Without Redis this process counts alone."""
        if self._shared is not None:
            try:
                return self._shared.hit(item, *identifiers)
            except StorageError:
                log.warning("Redis does not answer: rate limits count in each process alone")
        return self._own.hit(item, *identifiers)

    def forgive(self, item: RateLimitItem, *identifiers: str) -> None:
        """Forget what was counted against `item`."""
        self._own.clear(item, *identifiers)
        if self._shared is not None:
            try:
                self._shared.clear(item, *identifiers)
            except StorageError:
                log.warning("Redis does not answer: a rate limit could not be reset")


def _redis(url: str) -> RedisStorage:
    return RedisStorage(url, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=1)


def client_address() -> str:
    """Return the client's address; forwarded headers count only behind configured proxies."""
    return request.remote_addr or "unknown"

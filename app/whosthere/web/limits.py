"""Rate limits per client, counted before anything else is looked at."""

from __future__ import annotations

import logging
import time
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from flask import request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from whosthere.core.reasons import Reason, Refused
from whosthere.web.problems import Problem

log = logging.getLogger("whosthere.web")

_MINUTE_SECONDS = 60
_RETRY_SECONDS = 5.0
_IPV6_PREFIX = 64  # what one household or one rented server has
_HOUR_SECONDS = 3600
_MEGABYTE = 1_000_000
_BYTES_PER_DAY = RateLimitItemPerDay(1_000)


class RateLimits:
    """The counters of this installation: in Redis when there is one, else in this process."""

    def __init__(self, per_minute: int | None, redis_url: str | None) -> None:
        self._own = FixedWindowRateLimiter(_Memory())
        self._shared = None if redis_url is None else FixedWindowRateLimiter(_redis(redis_url))
        self._retry_at = 0.0
        self._item = None if per_minute is None else RateLimitItemPerMinute(per_minute)

    def count(self, action: str) -> None:
        """Count one request of this client.

        Raises:
            Problem: there were too many of them within the minute (429).
        """
        if self._item is not None and not self.hit(self._item, action, client_network()):
            raise Problem(
                Refused(Reason.TOO_MANY_REQUESTS, "Too many requests from this address. Wait a minute."),
                retry_after_seconds=_MINUTE_SECONDS,
            )

    def count_bytes(self, action: str, size: int) -> None:
        """Count what this client sends, in whole megabytes.

        Raises:
            Problem: it was too much within the day (429).
        """
        cost = -(-size // _MEGABYTE)
        if self._item is not None and not self.hit(_BYTES_PER_DAY, action, client_network(), cost=cost):
            raise Problem(
                Refused(Reason.TOO_MANY_REQUESTS, "Too much was sent from this address today."),
                retry_after_seconds=_HOUR_SECONDS,
            )

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count once against `item`; `False` when that was too often. Without Redis this process counts alone."""
        shared = self.hit_shared(item, *identifiers, cost=cost)
        return self._own.hit(item, *identifiers, cost=cost) if shared is None else shared

    def hit_shared(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool | None:
        """Count once in Redis, for all processes; `None` when there is none, or when it does not answer."""
        if self._shared is not None and time.monotonic() >= self._retry_at:
            try:
                return self._shared.hit(item, *identifiers, cost=cost)
            except StorageError:
                self._retry_at = time.monotonic() + _RETRY_SECONDS  # so that not everybody waits, nor fills the log
                log.warning("Redis does not answer: rate limits count in each process alone")
        return None

    def reached(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Whether one more would be too often, without counting."""
        if self._shared is not None and time.monotonic() >= self._retry_at:
            try:
                return not self._shared.test(item, *identifiers)
            except StorageError:
                self._retry_at = time.monotonic() + _RETRY_SECONDS
        return not self._own.test(item, *identifiers)

    @property
    def on(self) -> bool:
        """Whether this installation counts requests at all."""
        return self._item is not None

    def forgive(self, item: RateLimitItem, *identifiers: str) -> None:
        """Forget what was counted against `item`."""
        self._own.clear(item, *identifiers)
        if self._shared is not None:
            try:
                self._shared.clear(item, *identifiers)
            except StorageError:
                log.warning("Redis does not answer: a rate limit could not be reset")


class _Memory(MemoryStorage):
    """Counters whose window never grows: if the clock was put back, it begins anew instead."""

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and return how much that makes within the window of `expiry` seconds."""
        if self.expirations.get(key, 0) > time.time() + expiry:
            self.clear(key)
        return super().incr(key, expiry, amount)


def _redis(url: str) -> RedisStorage:
    return RedisStorage(url, wrap_exceptions=True, socket_connect_timeout=1, socket_timeout=1)


def client_address() -> str:
    """Return the client's address; forwarded headers count only behind configured proxies."""
    return request.remote_addr or "unknown"


def client_network() -> str:
    """Return what counts as one client: an IPv4 address, or the network that an IPv6 client has for itself."""
    address = client_address()
    try:
        own = IPv6Address(address)
    except AddressValueError:
        return address
    return str(own.ipv4_mapped or IPv6Network((own, _IPV6_PREFIX), strict=False))

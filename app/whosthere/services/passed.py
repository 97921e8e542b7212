"""Visits whose proof was good, counted in one process until the chores write them down.

A boot that only reads stays one: what it adds to is in memory. A process that is killed loses some seconds of it, which
no promise depends on.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

_HOUR_MINUTES = 60
_MINUTE_MS = 60_000


class Passed:
    """How many visits each platform had, by the hour, since the chores last looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, int]] = Counter()

    def add(self, platform_id: str, now: int) -> None:
        """Count one visit; `now` in epoch milliseconds."""
        minute = now // _MINUTE_MS
        with self._lock:
            self._counted[platform_id, minute - minute % _HOUR_MINUTES] += 1

    def take(self) -> Mapping[tuple[str, int], int]:
        """Return the number by platform and first minute of the hour (since 1970), and begin anew."""
        with self._lock:
            taken, self._counted = self._counted, Counter()
        return taken

    def put_back(self, platform_id: str, minute: int, number: int) -> None:
        """Keep what could not be written down until the chores come again."""
        with self._lock:
            self._counted[platform_id, minute] += number

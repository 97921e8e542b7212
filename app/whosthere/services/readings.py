"""One reading of the database for all streams of a process that the same news woke.

Fifty agents hear of a message at once. The first one reads the conversation, the others take what it found: what was
read after the news came is as new as what they would read themselves.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_KEPT_MAX = 64


@dataclass(slots=True)
class _Reading(Generic[T]):
    """What was read last, and when that began; one stream reads at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    began: float = float("-inf")
    found: T | None = None


class Readings(Generic[T]):
    """The latest readings of one process, by a key that says everything they depend on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], _Reading[T]] = OrderedDict()

    def since(self, key: tuple[str, ...], moment: float, read: Callable[[], T | None]) -> T | None:
        """Return what `read` returns, or what it returned to somebody for whom it began after `moment`.

        Args:
            moment: by `time.monotonic`: when the news came that the caller answers to.
        """
        reading = self._reading(key)
        with reading.lock:
            if reading.began <= moment:
                began = time.monotonic()
                reading.found = read()
                reading.began = began
            return reading.found

    def _reading(self, key: tuple[str, ...]) -> _Reading[T]:
        with self._lock:
            reading = self._kept.setdefault(key, _Reading())
            self._kept.move_to_end(key)
            if len(self._kept) > _KEPT_MAX:
                self._kept.popitem(last=False)
            return reading

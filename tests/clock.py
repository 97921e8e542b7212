"""A clock that only moves when a test moves it."""

from __future__ import annotations

START_MS = 1_800_000_000_000  # 15 January 2027, 08:00 UTC


class Clock:
    """Callable like the real clock: returns epoch milliseconds."""

    def __init__(self, start_ms: int = START_MS) -> None:
        self._now_ms = start_ms

    def __call__(self) -> int:
        return self._now_ms

    def now(self) -> int:
        """Return epoch milliseconds."""
        return self._now_ms

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, ms: int = 0) -> int:
        """Let time pass and return the new now."""
        passed_seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        self._now_ms += round(passed_seconds * 1000) + ms
        return self._now_ms

"""How often something fleeting is passed on: once in a while for each who says it, whatever they send."""

from __future__ import annotations

import threading
from collections import OrderedDict

EVERY_MS = 2_000
_KEPT_MAX = 10_000


class Throttle:
    """Lets an "on" pass once every two seconds, and an "off" once after each of those."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passed: OrderedDict[tuple[str, ...], tuple[int, bool]] = OrderedDict()

    def passes(self, *who: str, on: bool, now: int) -> bool:
        """Tell whether this is passed on; `now` in epoch milliseconds."""
        with self._lock:
            passed_at, was_on = self._passed.get(who, (None, False))
            early = passed_at is not None and 0 <= now - passed_at < EVERY_MS
            if early if on else not was_on:
                return False
            # Counted from the last "on": switching off and on again does not come round this.
            self._passed[who] = (now if on or passed_at is None else passed_at, on)
            self._passed.move_to_end(who)
            if len(self._passed) > _KEPT_MAX:
                self._passed.popitem(last=False)
            return True

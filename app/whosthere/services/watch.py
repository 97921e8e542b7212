"""What every open stream of a platform has to know, asked once for all of them.

Wake-ups tell streams at once that somebody may not listen any more. A wake-up can be lost; this look, at most two
seconds old and shared by all streams of the process, is what keeps the promise of five seconds then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from whosthere.storage import sessions
from whosthere.storage.database import Database
from whosthere.storage.errors import Unavailable
from whosthere.storage.sessions import Departures
from whosthere.storage.tenancy import Tenant

LOOK_SECONDS = 2.0
_WINDOW_MS = 60_000


@dataclass(frozen=True, slots=True)
class _Look:
    taken_at: float
    departures: Departures


class AccessWatch:
    """The last look at each platform's departures, in this process."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._looks: dict[str, _Look] = {}

    def departures(self, platform_id: str) -> Departures:
        """Return who left the platform lately, at most two seconds late.

        While the database cannot be asked, the last look stands: nothing can be sent meanwhile either.

        Raises:
            Unavailable: there was no look yet.
        """
        with self._lock:
            look = self._looks.get(platform_id)
            if look is not None and time.monotonic() - look.taken_at < LOOK_SECONDS:
                return look.departures
            try:
                with self._database.read() as connection:
                    found = sessions.departures(Tenant(connection, platform_id), self._clock() - _WINDOW_MS)
            except Unavailable:
                if look is None:
                    raise
                found = look.departures  # one failed look for all streams, not one for each
            self._looks[platform_id] = _Look(time.monotonic(), found)
            return found

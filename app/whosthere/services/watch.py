"""Who of all that listen in this process may not listen any more, looked up for all of them at once.

Wake-ups tell streams at once that somebody may not listen any more. A wake-up can be lost; this look, every two seconds
and one for all streams of a platform, is what keeps the promise of five seconds then.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from whosthere.storage import sessions
from whosthere.storage.database import Database
from whosthere.storage.errors import Unavailable
from whosthere.storage.sessions import Departures
from whosthere.storage.tenancy import Tenant

log = logging.getLogger("whosthere.realtime")

LOOK_SECONDS = 2.0
_WINDOW_MS = 60_000


class Listener(Protocol):
    """What may have to stop listening."""

    @property
    def platform_id(self) -> str:
        """The platform it listens to."""

    def may_have_ended(self, departures: Departures | None, now: int) -> bool:
        """Whether it has to look for itself; `departures` is `None` while nobody can say who left."""

    def wake(self) -> None:
        """Let it look for itself."""


class AccessWatch:
    """Looks after every listener of this process, in one thread that lives as long as there are any."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self.looking = False

    def enter(self, listener: Listener) -> None:
        """Look after this one from now on."""
        with self._lock:
            self._listeners.add(listener)
            if not self.looking:
                threading.Thread(target=self._run, name="whosthere-watch", daemon=True).start()
                self.looking = True  # not if there is no thread left: the next listener tries again

    def leave(self, listener: Listener) -> None:
        """Forget this one."""
        with self._lock:
            self._listeners.discard(listener)

    def look(self) -> None:
        """Wake whoever may have to stop, asking the database once for each platform."""
        found: dict[str, list[Listener]] = defaultdict(list)
        with self._lock:
            for listener in self._listeners:
                found[listener.platform_id].append(listener)
        now = self._clock()
        for platform_id, listeners in found.items():
            departures = self._departures(platform_id, now)
            for listener in listeners:
                if listener.may_have_ended(departures, now):
                    listener.wake()

    def _departures(self, platform_id: str, now: int) -> Departures | None:
        try:
            with self._database.read() as connection:
                return sessions.departures(Tenant(connection, platform_id), now - _WINDOW_MS)
        except Unavailable:
            return None  # nothing can be sent meanwhile either

    def _run(self) -> None:
        pause = threading.Event()
        while self._anybody():
            pause.wait(LOOK_SECONDS)
            try:
                self.look()
            except Exception:  # whatever it is, the next look must happen
                log.exception("a look at who may not listen any more failed")

    def _anybody(self) -> bool:
        with self._lock:
            self.looking = bool(self._listeners)
            return self.looking

"""What nobody asks for and somebody has to do: send mail, tell who is away, wake what was snoozed, sweep.

One thread in each process that serves; several processes do no harm to each other, since each thing is taken by one.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterable

from whosthere.core.notices import DAY_MS
from whosthere.services import diagnostics, erasure, export_jobs, failure_log, inbox_actions, mail, notices
from whosthere.services.purge import OUTBOX_DAYS
from whosthere.services.runtime import Runtime
from whosthere.services.smtp import NotSent
from whosthere.storage import expired, platforms
from whosthere.storage.errors import Unavailable
from whosthere.storage.expired import Global, Kind
from whosthere.storage.platforms import Platform

PAUSE_SECONDS = 15.0
_SWEEP_MS = 3_600_000
_SWEEP_ROWS = 500
_STOP_SECONDS = 2.0
_BUSY_SECONDS = 0.05  # between two parts of a long work: others write, too
_BATCHES = 20

log = logging.getLogger("whosthere.chores")


def do_due(runtime: Runtime) -> None:
    """Do what is due by now; trouble with one platform keeps nobody else from their turn."""
    failure_log.tell(runtime)
    diagnostics.tell_passed(runtime)
    with runtime.database.read() as connection:
        everybody = platforms.all_of(connection)
    _for_each(everybody, lambda platform: _serve(runtime, platform))
    try:  # last, since a mail server may take its time; and one that cannot be reached is not asked again at once
        mail.deliver_secrets(runtime)
        _for_each(everybody, lambda platform: mail.deliver(runtime, platform.id))
    except NotSent as error:
        log.warning("mail waits: %s", error.reason)


def _for_each(everybody: Iterable[Platform], work: Callable[[Platform], object]) -> None:
    for platform in everybody:
        try:
            work(platform)
        except (Unavailable, NotSent):
            raise
        except Exception:  # whatever it is, the next platform must have its turn
            log.exception("the chores of platform %s failed", platform.id)


def _serve(runtime: Runtime, platform: Platform) -> None:
    inbox_actions.wake_due(runtime, platform.id)
    notices.tell(runtime, platform)


def erase(runtime: Runtime) -> bool:
    """Do a part of what is left of every erasure; return whether there is more.

    A part of each kind at a time: whoever waits for mail must not wait for a million messages.
    """
    with runtime.database.read() as connection:
        everybody = platforms.all_of(connection)
    left: list[str] = []

    def go_on(platform: Platform) -> None:
        if erasure.go_on(runtime, platform.id, batches_max=_BATCHES):
            left.append(platform.id)

    _for_each(everybody, go_on)
    return bool(left)


def sweep(runtime: Runtime) -> None:
    """Remove a part of what grows by itself: counters of tries to sign in, mail of long ago."""
    now = runtime.clock()
    runtime.database.transact(
        lambda connection: expired.delete_some_global(connection, Global.SIGN_IN_TRIES, now, _SWEEP_ROWS)
    )
    with runtime.database.read() as connection:
        everybody = platforms.all_of(connection)
    before = now - OUTBOX_DAYS * DAY_MS
    for platform in everybody:
        with runtime.reading(platform.id) as tenant:
            old = expired.number(tenant, Kind.OUTBOX, before)
        if old:
            runtime.writing(platform.id, lambda tenant: expired.delete_some(tenant, Kind.OUTBOX, before, _SWEEP_ROWS))


class Chores:
    """The thread that does them, from `start` until `stop`, or until the runtime is gone."""

    def __init__(self, runtime: Runtime, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._runtime = weakref.ref(runtime)  # a host may drop its middleware without a word
        self._pause_seconds = pause_seconds
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._started = False
        self._swept_at = 0
        self._busy = False

    def start(self) -> None:
        """Begin, unless that has happened."""
        if not self._started:
            self._begin()

    def _begin(self) -> None:
        with self._lock:
            if self._started or self._stopped.is_set():
                return
            thread = threading.Thread(target=self._run, name="whosthere-chores", daemon=True)
            thread.start()
            self._thread = thread
            self._started = True  # not if there is no thread left: the next request tries again

    def stop(self) -> None:
        """End soon; what was taken and not finished is done by another process, or after the next start."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.wait(_BUSY_SECONDS if self._busy else self._pause_seconds) and self._turn():
            pass
        self._write_down()

    def _write_down(self) -> None:
        """Keep what this process has only counted, before it ends."""
        runtime = self._runtime()
        try:
            if runtime is not None:
                failure_log.tell(runtime)
                diagnostics.tell_passed(runtime)
        except Exception as error:  # whatever it is, the process ends
            log.warning("the last counters are lost: %s", error)

    def _turn(self) -> bool:
        runtime = self._runtime()
        if runtime is None or runtime.hub.closing:
            return False
        self._busy = False
        try:
            do_due(runtime)
            self._busy = any([erase(runtime), export_jobs.go_on(runtime)])  # both, each a part
            now = runtime.clock()
            if not 0 <= now - self._swept_at < _SWEEP_MS:
                sweep(runtime)
                export_jobs.sweep(runtime)
                self._swept_at = now
        except Unavailable as error:
            log.warning("chores wait for the database: %s", error)
        except Exception:  # whatever it is, the next turn must come
            log.exception("chores failed")
        return True

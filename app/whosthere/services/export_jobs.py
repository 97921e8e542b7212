"""Exports that the desk prepares: what a request has no time for is done by the chores (docs/privacy.md, "Exporting").

Each is a draft in the instance folder, of one person and for the agent who asked for it. It is gone when it has been
taken along, when somebody throws it away, when the person is erased or something of theirs is taken back, or a day
after it was finished.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from whosthere.core.reasons import Refused
from whosthere.services.archive import Parts, stream_zip
from whosthere.services.export import Export, Gone, begin, look_again
from whosthere.services.export_draft import FRESH_MS, open_parts, state_of, write
from whosthere.services.journal import Actor
from whosthere.services.people import NOT_FOUND
from whosthere.services.runtime import Runtime
from whosthere.storage import drafts
from whosthere.storage.errors import Unavailable

log = logging.getLogger("whosthere.exports")

REQUEST_SECONDS = 2.0
"""How long one request works on an export before it leaves the rest to the chores."""
PART_SECONDS = 1.0

_STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an export has come."""

    done: int
    total: int
    finished: bool
    stopped: bool


def take(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Iterator[bytes] | Refused | None:
    """Return the archive in pieces if it can be ready at once; `None` if it is being prepared.

    Raises:
        Gone: while it is read, if the person was erased meanwhile.
        Unavailable: there is no room to prepare it.
    """
    export = begin(runtime, platform_id, record_id, actor=actor)
    if isinstance(export, Refused):
        return export
    folder = _folder(runtime, platform_id, record_id)
    if not runtime.files.has_room():
        raise Unavailable("the disk is nearly full: no exports are prepared")
    try:
        with drafts.hold(folder) as draft:
            (folder / _STOPPED).unlink(missing_ok=True)
            if not write(draft, export, actor=actor, enough=_after(REQUEST_SECONDS)):
                return None
            return _given_out(folder, export, open_parts(draft))
    except drafts.Held:
        return None
    except Gone:
        return NOT_FOUND
    except OSError as error:
        raise Unavailable(f"an export cannot be stored: {error.strerror}") from error


def standing(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Standing | None:
    """Return how far somebody's export of a person has come; `None` if they have none."""
    folder = _folder(runtime, platform_id, record_id)
    state = state_of(drafts.read_mark(folder))
    if state is None or state.actor != actor.name:
        return None
    return Standing(state.done, max(state.done, state.total), state.finished, (folder / _STOPPED).exists())


def stop(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> None:
    """Have somebody's own export wait until they ask for it again."""
    if standing(runtime, platform_id, record_id, actor=actor) is not None:
        (_folder(runtime, platform_id, record_id) / _STOPPED).touch(0o600)


def resume(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> None:
    """Let somebody's own export go on."""
    if standing(runtime, platform_id, record_id, actor=actor) is not None:
        (_folder(runtime, platform_id, record_id) / _STOPPED).unlink(missing_ok=True)


def discard(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> None:
    """Throw somebody's own export away."""
    if standing(runtime, platform_id, record_id, actor=actor) is not None:
        forget(runtime, platform_id, record_id)


def forget(runtime: Runtime, platform_id: str, record_id: str) -> None:
    """Remove whatever was prepared of a person."""
    drafts.remove(_folder(runtime, platform_id, record_id))


def go_on(runtime: Runtime) -> bool:
    """Do a part of the first export that waits; return whether there is more."""
    return any(_part(runtime, folder) for folder, _ in drafts.listed(runtime.exports))


def sweep(runtime: Runtime) -> None:
    """Remove what nobody has come for in a day."""
    before = runtime.clock() - FRESH_MS
    for folder, kept_at in drafts.listed(runtime.exports):
        if kept_at < before:
            drafts.remove(folder)


def _part(runtime: Runtime, folder: Path) -> bool:
    state = state_of(drafts.read_mark(folder))
    if state is None or state.finished or (folder / _STOPPED).exists() or not runtime.files.has_room():
        return False
    export = look_again(runtime, state.platform_id, state.record_id)
    try:
        if isinstance(export, Refused):
            raise Gone
        with drafts.hold(folder) as draft:
            return not write(draft, export, actor=Actor(state.actor), enough=_after(PART_SECONDS))
    except drafts.Held:
        return False
    except Gone:
        drafts.remove(folder)
    except OSError as error:
        log.warning("an export waits: %s", error.strerror)
    return False


def _given_out(folder: Path, export: Export, parts: Parts) -> Iterator[bytes]:
    """Yield the archive; what was taken along whole is not kept."""
    yield from stream_zip(export, parts)
    drafts.remove(folder)


def _after(seconds: float) -> Callable[[], bool]:
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends


def _folder(runtime: Runtime, platform_id: str, record_id: str) -> Path:
    return runtime.exports / platform_id / record_id

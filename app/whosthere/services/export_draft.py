"""What was said, as a draft that grows: whatever interrupts an export, it goes on where it was (docs/privacy.md).

Only what is long is drafted; who the person is, is read when the archive is packed. A draft is gone on with for a day,
and only if nothing of what it holds was taken back, purged or moved to somebody else meanwhile: else it begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, BinaryIO

from whosthere.core.anonymous import DAY_MS
from whosthere.services import booklet, dossier
from whosthere.services.export import Begins, Export, Gone, Place, Says, Step
from whosthere.services.journal import Actor
from whosthere.storage.departed import FIRST
from whosthere.storage.drafts import Draft

Progress = Callable[[int, int], None]
"""Told as messages are written: how many, and how many there were when it began. Raise to stop."""

FRESH_MS = DAY_MS
JSON, HTML = "said.json", "said.html"
_PARTS = (JSON, HTML)
_TOLD_EVERY = 200
_KEPT_EVERY = 2000


@dataclass(frozen=True, slots=True)
class State:
    """What a draft says of itself.

    Attributes:
        platform_id, record_id: whom it is about.
        actor: who asked for it.
        begun_at: epoch milliseconds.
        total: how many messages there were then.
        last_record_seq: which of them was the last one.
        traces: what changes when content is taken back, or conversations move between records.
        done: how many messages it holds.
        old: how many of them are not newer than the last one.
        talks: how many conversations it holds; the last one may not be whole.
        conversation_id, seq: the place it has come to.
    """

    platform_id: str
    record_id: str
    actor: str
    begun_at: int
    total: int
    last_record_seq: int
    traces: str
    done: int = 0
    old: int = 0
    talks: int = 0
    conversation_id: str = FIRST
    seq: int | None = None
    finished: bool = False

    def after(self, step: Step) -> State:
        """Return the state when one more step is written."""
        match step:
            case Begins(conversation, _):
                return replace(self, talks=self.talks + 1, conversation_id=conversation.id, seq=0)
            case Says(message, _):
                old = self.old + (message.record_seq <= self.last_record_seq)
                return replace(self, done=self.done + 1, old=old, seq=message.seq)
            case _:
                return replace(self, seq=None)

    def to_mark(self) -> Mapping[str, Any]:
        """Return it as it is stored."""
        return asdict(self)


def state_of(mark: Mapping[str, Any] | None) -> State | None:
    """Return what a draft says of itself; `None` for one that says nothing, or was written by another version."""
    try:
        return State(**mark or {})
    except TypeError:
        return None


def write(
    draft: Draft,
    export: Export,
    *,
    actor: Actor,
    progress: Progress = lambda done, total: None,
    enough: Callable[[], bool] = lambda: False,
) -> bool:
    """Go on with a draft, or begin it anew if it is another one or has become false; return whether it is finished.

    Args:
        enough: asked after every step; the next call goes on.

    Raises:
        Gone: the person was erased meanwhile; the draft is removed.
    """
    try:
        return _Writing(draft, export, progress, _resumed(draft, export, actor)).run(enough)
    except (Gone, FileNotFoundError) as error:  # whoever erases somebody removes their drafts, too
        draft.remove()
        raise Gone from error


def open_parts(draft: Draft) -> tuple[BinaryIO, BinaryIO]:
    """Open what a finished draft holds, for JSON and for the page; close both."""
    return draft.path(JSON).open("rb"), draft.path(HTML).open("rb")


def _resumed(draft: Draft, export: Export, actor: Actor) -> State:
    anew = State(
        export.platform_id,
        export.record_id,
        actor.name,
        export.now,
        export.messages_number,
        export.last_record_seq,
        _traces(export),
    )
    known = state_of(draft.mark)
    if known is not None and _goes_on(known, anew, export) and draft.resume(_PARTS):
        return known
    draft.restart(_PARTS)
    return anew


def _goes_on(known: State, anew: State, export: Export) -> bool:
    """Whether everything that is in a draft could still be read now."""
    if not 0 <= anew.begun_at - known.begun_at < FRESH_MS:
        return False
    if (known.platform_id, known.record_id, known.actor) != (anew.platform_id, anew.record_id, anew.actor):
        return False
    numbers = export.numbers_until(Place(known.conversation_id, known.seq), known.last_record_seq)
    return known.traces == anew.traces and numbers == (known.talks, known.old)


def _traces(export: Export) -> str:
    merges = sorted(f"{entry.id} {entry.undone_at}" for entry in export.merges)
    return "\n".join([str(export.redactions_number), *merges])


@dataclass(slots=True)
class _Writing:
    draft: Draft
    export: Export
    progress: Progress
    state: State

    def run(self, enough: Callable[[], bool]) -> bool:
        """Write step after step; keep it now and then, and in the end."""
        unkept = 0
        if not self.state.finished:
            for step in self.export.steps(Place(self.state.conversation_id, self.state.seq)):
                self.draft.write(JSON, dossier.said(self.export, step))
                self.draft.write(HTML, booklet.said(self.export, step))
                self.state = self.state.after(step)
                unkept += 1
                if isinstance(step, Says) and self.state.done % _TOLD_EVERY == 0:
                    self._tell()
                if enough():
                    self._keep()
                    return False
                if unkept == _KEPT_EVERY:
                    unkept = 0
                    self._keep()
            self.state = replace(self.state, finished=True)
            self._keep()
        self._tell()
        return True

    def _keep(self) -> None:
        self.draft.keep(self.state.to_mark())

    def _tell(self) -> None:
        self.progress(self.state.done, max(self.state.done, self.state.total))

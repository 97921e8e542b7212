"""Erasing a person (docs/privacy.md, "Erasing").

The first transaction takes the record's identity away, so that from then on nobody is let in as this person and nobody
on the team finds them. What they left is emptied in small transactions after it. Interrupted anywhere, the erasure goes
on by itself (`services.chores`). Somebody may stop it; then it waits until it is asked for again, or for a purge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from whosthere.core.anonymous import DAY_MS
from whosthere.core.reasons import Refused
from whosthere.core.redaction import folded
from whosthere.core.resolution import Record
from whosthere.realtime.hub import access_topic, platform_topic, record_topic
from whosthere.services import claims, export_jobs
from whosthere.services.journal import Actor, note
from whosthere.services.people import NOT_FOUND
from whosthere.services.runtime import Runtime
from whosthere.storage import audit, erasure, ledger, platforms, sessions, users
from whosthere.storage.departed import FIRST
from whosthere.storage.erasure import Extent, Marked
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

BATCH = 500
SWEPT_AGAIN_MS = DAY_MS
"""What somebody was writing when an erasure came to its end is found by the purges of the next day."""

_LEDGER_MAX = 1000

Progress = Callable[[int, int], None]
"""Told after every batch of messages: how many are done, and how many there were. Raise to stop."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """How far an erasure came; `extent` is what there was of the person when this call began."""

    finished: bool
    extent: Extent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an erasure that was begun stands, and what is left."""

    finished: bool
    stopped: bool
    extent: Extent


def standing(runtime: Runtime, platform_id: str, record_id: str) -> Standing | Refused:
    """Return where the erasure of a person stands; a person whom nobody erases has none."""
    with runtime.reading(platform_id) as tenant:
        marks = erasure.marks(tenant, record_id)
        if marks is None or marks.deleted_at is None:
            return NOT_FOUND
        return Standing(marks.erased_at is not None, marks.stopped_at is not None, erasure.extent(tenant, record_id))


def stop(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Refused | None:
    """Have the rest of an erasure wait; the person stays closed to everybody."""
    now = runtime.clock()
    return runtime.writing(platform_id, lambda tenant: _stop(runtime, tenant, record_id, actor, now, stopped=True))


def resume(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Refused | None:
    """Let an erasure go on that was stopped."""
    now = runtime.clock()
    return runtime.writing(platform_id, lambda tenant: _stop(runtime, tenant, record_id, actor, now, stopped=False))


def _stop(runtime: Runtime, tenant: Tenant, record_id: str, actor: Actor, now: int, *, stopped: bool) -> Refused | None:
    marks = erasure.marks(tenant, record_id)
    if marks is None or marks.deleted_at is None:
        return NOT_FOUND
    if marks.erased_at is None and (marks.stopped_at is not None) != stopped:
        for one in (*erasure.added(tenant, record_id), record_id):
            erasure.stop(tenant, one, now if stopped else None)
        action = "user.erasure_stopped" if stopped else "user.erasure_resumed"
        note(runtime, tenant, actor, action, now, user=record_id)
    return None


def extent(runtime: Runtime, platform_id: str, record_id: str) -> Extent | Refused:
    """Return what an erasure would remove."""
    with runtime.reading(platform_id) as tenant:
        if erasure.marks(tenant, record_id) is None:
            return NOT_FOUND
        return erasure.extent(tenant, record_id)


def erase(
    runtime: Runtime,
    platform_id: str,
    record_id: str,
    *,
    actor: Actor,
    progress: Progress = lambda done, total: None,
    batch: int = BATCH,
    batches_max: int | None = None,
    claims_too: bool = False,
) -> Erasure | Refused:
    """Erase a person for good; one that is erased already stays so.

    Args:
        claims_too: whether to take their identifiers out of other records, too, that merely claim them.
        batch: how much one transaction does at most.
        batches_max: after how many of them to stop; the next call goes on.
    """
    now = runtime.clock()
    targets = runtime.writing(platform_id, lambda tenant: _close(runtime, tenant, record_id, actor, now, claims_too))
    if isinstance(targets, Refused):
        return targets
    for one in targets:
        export_jobs.forget(runtime, platform_id, one)
        runtime.hub.publish(record_topic(platform_id, one))
    runtime.hub.publish(access_topic(platform_id))
    runtime.hub.publish(platform_topic(platform_id))
    found = extent(runtime, platform_id, record_id)
    if isinstance(found, Refused):
        return found
    budget = _Budget(batches_max)
    finished = all(_Sweep(runtime, platform_id, one, batch, budget, progress, found.messages).run() for one in targets)
    if finished:
        runtime.database.scrub()
    return Erasure(finished, found)


def unfinished_number(runtime: Runtime, platform_id: str) -> int:
    """Return how many erasures on a platform have not come to their end."""
    with runtime.reading(platform_id) as tenant:
        return len(erasure.unfinished(tenant))


def finish_all(runtime: Runtime, platform_id: str, *, batch: int = BATCH) -> int:
    """Bring every erasure on a platform to its end, and return how many it were.

    Those that came to it within a day are looked after once more.
    """
    with runtime.reading(platform_id) as tenant:
        stopped = erasure.unfinished(tenant)
        recent = erasure.finished_since(tenant, runtime.clock() - SWEPT_AGAIN_MS)
    for record_id in (*stopped, *recent):
        _Sweep(runtime, platform_id, record_id, batch, _Budget(None), lambda done, total: None, 0).run()
    return len(stopped)


def go_on(runtime: Runtime, platform_id: str, *, batch: int = BATCH, batches_max: int) -> bool:
    """Do a part of what interrupted erasures on a platform have left; return whether there is more."""
    with runtime.reading(platform_id) as tenant:
        going = erasure.going(tenant)
    budget = _Budget(batches_max)
    done = [_Sweep(runtime, platform_id, one, batch, budget, lambda done, total: None, 0).run() for one in going]
    if any(done):
        runtime.database.scrub()
    return not all(done)


def _close(
    runtime: Runtime, tenant: Tenant, record_id: str, actor: Actor, now: int, claims_too: bool
) -> list[str] | Refused:
    """Close the record, and the anonymous users that became part of it; return those whose erasure is to go on."""
    if erasure.marks(tenant, record_id) is None:
        return NOT_FOUND
    everybody = [*erasure.added(tenant, record_id), record_id]
    person = users.find(tenant, record_id)
    if person is not None:
        platforms.raise_access(tenant.connection, tenant.platform_id)
        _forget_named(tenant, person)
        about = {"claims": claims.forget(tenant, person.record)} if claims_too else {}
        for one in everybody:
            erasure.close(tenant, one, now)
        if person.anonymous:
            sessions.end_anonymous(tenant, record_id, now)  # its token must not begin the same user anew
        note(runtime, tenant, actor, "user.erased", now, user=record_id, **about)
    going = [one for one in everybody if _goes_on(erasure.marks(tenant, one))]
    for one in going:
        erasure.stop(tenant, one, None)
    return going


def _forget_named(tenant: Tenant, person: User) -> None:
    """Take the person out of what is not theirs and names them all the same."""
    record = person.record
    entries = ledger.of_record(tenant, record.id, _LEDGER_MAX)
    former = [one.email for one in entries] + [one.before.get("claimed_email") for one in entries]
    erasure.forget_samples(tenant, folded([*_names(person), *former]))
    audit.forget(tenant, record.user_id, [one for one in (record.email, *former) if one])
    if record.user_id is not None:
        erasure.forget_undone(tenant, record.user_id)


def _goes_on(marks: Marked | None) -> bool:
    return marks is not None and marks.erased_at is None


def _names(person: User) -> list[str | None]:
    record: Record = person.record
    named = (record.user_id, record.email, record.claimed_user_id, record.claimed_email)
    return [*named, record.name, person.contact_name, person.contact_email]


@dataclass(slots=True)
class _Budget:
    """How many transactions may still be begun; `None` for any number."""

    left: int | None

    def take(self) -> bool:
        if self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(slots=True)
class _Sweep:
    """The emptying of one closed record: conversations first, since that is what ends them."""

    runtime: Runtime
    platform_id: str
    record_id: str
    batch: int
    budget: _Budget
    progress: Progress
    total: int
    done: int = field(default=0)

    def run(self) -> bool:
        """Empty what is left; `False` when the budget did not last."""
        for step in (self._heads, self._messages, self._files):
            if not step():
                return False
        if not self.budget.take():
            return False
        now = self.runtime.clock()
        self.runtime.writing(self.platform_id, lambda tenant: erasure.finish(tenant, self.record_id, now))
        return True

    def _heads(self) -> bool:
        after = FIRST
        while self.budget.take():
            ids = self.runtime.writing(self.platform_id, partial(self._empty_heads, after=after))
            if len(ids) < self.batch:
                return True
            after = ids[-1]
        return False

    def _empty_heads(self, tenant: Tenant, after: str) -> Sequence[str]:
        return erasure.empty_heads(tenant, self.record_id, after, self.batch)

    def _messages(self) -> bool:
        after = 0
        while self.budget.take():
            ids, after = self.runtime.writing(self.platform_id, partial(self._empty, after=after))
            self.done += len(ids)
            if ids:
                self.progress(self.done, max(self.done, self.total))
            if len(ids) < self.batch:
                return True
        return False

    def _empty(self, tenant: Tenant, after: int) -> tuple[Sequence[str], int]:
        return erasure.empty_messages(tenant, self.record_id, after, self.batch)

    def _files(self) -> bool:
        while self.budget.take():
            with self.runtime.reading(self.platform_id) as tenant:
                ids = list(erasure.files(tenant, self.record_id, self.batch))
            for one in ids:  # before the rows, which say what is still to be removed
                self.runtime.files.remove(self.platform_id, one)
            if ids:
                self.runtime.writing(self.platform_id, partial(erasure.remove_files, ids=ids))
            if len(ids) < self.batch:
                return True
        return False

"""What has expired is ended and removed (docs/operating.md, "Purging").

In small transactions: visitors are served meanwhile, and a purge that was interrupted is continued by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from whosthere.core.anonymous import DAY_MS
from whosthere.core.conversation import RESOLVED_DAYS, Actor, State
from whosthere.core.policy import ANONYMOUS_DAYS_MAX
from whosthere.realtime.hub import platform_topic, record_topic
from whosthere.services import erasure, leftovers, retention
from whosthere.services.conversations import change_state
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, departed, expired, platforms, sessions
from whosthere.storage.conversations import Conversation
from whosthere.storage.departed import Limits
from whosthere.storage.expired import Global, Kind
from whosthere.storage.platforms import Platform
from whosthere.storage.retention import keep_age
from whosthere.storage.tenancy import Tenant

DIAGNOSTICS_DAYS = 90
OUTBOX_DAYS = 30
REVOCATION_DAYS = 1  # beyond the session's end: a clock that is put back must not open it again
TOMBSTONE_DAYS = ANONYMOUS_DAYS_MAX + 1  # longer than any token of an ended anonymous user could still count
BATCH = 500
_ENDED_TOGETHER = 100  # conversations, each with an event in its log: visitors wait no longer than for other batches
_MINUTE_MS = 60_000

Progress = Callable[[str, int, int], None]
"""Told after every batch: what is purged, how much of it is done, how much there was."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One kind of expired thing.

    Attributes:
        number: counts what there is to do.
        batch: does a part from a position on; returns how much, and the position to go on from, `None` at the end.
    """

    name: str
    number: Callable[[], int]
    batch: Callable[[str], tuple[int, str | None]]


def purge(
    runtime: Runtime, *, dry_run: bool = False, progress: Progress = lambda name, done, total: None, batch: int = BATCH
) -> dict[str, int]:
    """End and remove what has expired, and return how much of each kind it was.

    Args:
        dry_run: count only.
        batch: how much one transaction does at most.
    """
    now = runtime.clock()
    with runtime.database.read() as connection:
        everybody = platforms.all_of(connection)
    purged: dict[str, int] = {}
    for step in _steps(runtime, everybody, now, batch):
        total = step.number()
        done = total if dry_run else _run(step, total, progress)
        purged[step.name] = purged.get(step.name, 0) + done
    if not dry_run:
        runtime.database.scrub()
    return purged


def _run(step: _Step, total: int, progress: Progress) -> int:
    done = 0
    position: str | None = departed.FIRST
    while position is not None:
        number, position = step.batch(position)
        done += number
        if number:
            progress(step.name, done, max(done, total))
    return done


def _steps(runtime: Runtime, everybody: list[Platform], now: int, batch: int) -> Iterator[_Step]:
    for platform in everybody:
        # Before the tombstones: what they ended is dealt with while they still say so.
        yield _conversations(runtime, platform, now, batch)
        yield _resolved(runtime, platform, now, batch)
        yield _erasures(runtime, platform, batch)
        yield _closed(runtime, platform, now, batch)
        yield _unsent(runtime, platform, now, batch)
        yield _silent(runtime, platform, now, batch)
        yield _strays(runtime, platform, now)
        for kind, before in _ages(now).items():
            yield _old(runtime, platform, kind, before, batch)
    for each in Global:
        yield _of_nobody(runtime, each, now, batch)
    yield _Step("interruptedUploads", lambda: 0, lambda _: (runtime.files.remove_abandoned(now - DAY_MS), None))


def _ages(now: int) -> dict[Kind, int]:
    """Until when each kind is kept, in the unit of its own age column."""
    return {
        Kind.REVOKED_SESSIONS: now - REVOCATION_DAYS * DAY_MS,
        Kind.ENDED_ANONYMOUS: now - TOMBSTONE_DAYS * DAY_MS,
        Kind.REFUSAL_COUNTS: (now - DIAGNOSTICS_DAYS * DAY_MS) // _MINUTE_MS,
        Kind.REFUSAL_SAMPLES: now // DAY_MS - DIAGNOSTICS_DAYS,
        Kind.OUTBOX: now - OUTBOX_DAYS * DAY_MS,
    }


def _old(runtime: Runtime, platform: Platform, kind: Kind, before: int, batch: int) -> _Step:
    def number() -> int:
        with runtime.reading(platform.id) as tenant:
            return expired.number(tenant, kind, before)

    def delete(_: str) -> tuple[int, str | None]:
        deleted = runtime.writing(platform.id, lambda tenant: expired.delete_some(tenant, kind, before, batch))
        return deleted, _again(deleted, batch)

    return _Step(kind.value, number, delete)


def _silent(runtime: Runtime, platform: Platform, now: int, batch: int) -> _Step:
    """Anonymous users who are over and never said a word."""
    limits = _limits(platform, now)

    def number() -> int:
        with runtime.reading(platform.id) as tenant:
            return departed.silent_number(tenant, limits)

    def forget(after: str) -> tuple[int, str | None]:
        with runtime.reading(platform.id) as tenant:  # looking for them may take long, and holds up nobody here
            ids = departed.silent(tenant, limits, after, batch)
        if not ids:
            return 0, None
        return runtime.writing(platform.id, lambda tenant: departed.forget_silent(tenant, limits, ids)), ids[-1]

    return _Step("anonymousUsers", number, forget)


def _conversations(runtime: Runtime, platform: Platform, now: int, batch: int) -> _Step:
    """Conversations of anonymous users who are over: agents keep them to read, nobody writes into them any more."""
    limits = _limits(platform, now)
    together = min(batch, _ENDED_TOGETHER)

    def number() -> int:
        with runtime.reading(platform.id) as tenant:
            return departed.open_number(tenant, limits)

    def end(after: str) -> tuple[int, str | None]:
        with runtime.reading(platform.id) as tenant:  # looking for them may take long, and holds up nobody here
            ids = departed.still_open(tenant, limits, after, together)
        if not ids:
            return 0, None
        ended = runtime.writing(platform.id, partial(_end_among, runtime, ids=ids, limits=limits, now=now))
        runtime.hub.publish(platform_topic(platform.id))
        return ended, ids[-1]

    return _Step("anonymousConversations", number, end)


def _resolved(runtime: Runtime, platform: Platform, now: int, batch: int) -> _Step:
    """Conversations that were resolved long ago: the question whether that helped has stood long enough."""
    before = now - RESOLVED_DAYS * DAY_MS
    together = min(batch, _ENDED_TOGETHER)

    def number() -> int:
        with runtime.reading(platform.id) as tenant:
            return conversations.resolved_number(tenant, before)

    def end(after: str) -> tuple[int, str | None]:
        with runtime.reading(platform.id) as tenant:  # as above
            ids = conversations.resolved(tenant, before, after, together)
        if not ids:
            return 0, None

        def work(tenant: Tenant) -> list[Conversation]:
            found = [conversations.find(tenant, one) for one in ids]
            still = [one for one in found if one and one.state == State.RESOLVED and one.updated_at < before]
            for conversation in still:
                _end(runtime, tenant, conversation, now)
            return still

        ended = runtime.writing(platform.id, work)
        for record_id in {conversation.record_id for conversation in ended}:
            runtime.hub.publish(record_topic(platform.id, record_id))
        runtime.hub.publish(platform_topic(platform.id))
        return len(ended), ids[-1]

    return _Step("resolvedConversations", number, end)


def _erasures(runtime: Runtime, platform: Platform, batch: int) -> _Step:
    """Erasures that were stopped."""
    return _Step(
        "erasures",
        lambda: erasure.unfinished_number(runtime, platform.id),
        lambda _: (erasure.finish_all(runtime, platform.id, batch=batch), None),
    )


def _closed(runtime: Runtime, platform: Platform, now: int, batch: int) -> _Step:
    """Closed conversations that the platform does not keep any longer."""
    return _Step(
        "oldConversations",
        lambda: retention.old_number(runtime, platform, now),
        lambda after: retention.delete_old(runtime, platform, now, batch, after),
    )


def _unsent(runtime: Runtime, platform: Platform, now: int, batch: int) -> _Step:
    def remove(_: str) -> tuple[int, str | None]:
        removed = leftovers.remove_unsent(runtime, platform.id, now, batch)
        return removed, _again(removed, batch)

    return _Step("unsentAttachments", lambda: leftovers.unsent_number(runtime, platform.id, now), remove)


def _strays(runtime: Runtime, platform: Platform, now: int) -> _Step:
    return _Step(
        "strayFiles",
        lambda: sum(1 for _ in leftovers.strays(runtime, platform.id, now)),
        lambda _: (leftovers.remove_strays(runtime, platform.id, now), None),
    )


def _end_among(runtime: Runtime, tenant: Tenant, *, ids: Sequence[str], limits: Limits, now: int) -> int:
    still = departed.open_among(tenant, limits, ids)
    for conversation in filter(None, [conversations.find(tenant, one) for one in still]):
        # For good: a policy that allows more days tomorrow does not bring somebody back whose conversation was ended.
        sessions.end_anonymous(tenant, conversation.record_id, now)
        _end(runtime, tenant, conversation, now)
    return len(still)


def _end(runtime: Runtime, tenant: Tenant, conversation: Conversation, now: int) -> None:
    change_state(runtime, tenant, conversation, State.ENDED, by=Actor.SYSTEM, now=now)
    if conversation.state != State.OPEN:
        keep_age(tenant, conversation.id, conversation.updated_at)


def _of_nobody(runtime: Runtime, kind: Global, now: int, batch: int) -> _Step:
    def number() -> int:
        with runtime.database.read() as connection:
            return expired.global_number(connection, kind, now)

    def delete(_: str) -> tuple[int, str | None]:
        deleted = runtime.database.transact(lambda connection: expired.delete_some_global(connection, kind, now, batch))
        return deleted, _again(deleted, batch)

    return _Step(kind.value, number, delete)


def _limits(platform: Platform, now: int) -> Limits:
    policy = platform.policy
    idle = policy.anonymous_idle_days
    return Limits(
        created_until=now - policy.anonymous_days * DAY_MS,
        seen_until=-1 if idle is None else now - idle * DAY_MS,
    )


def _again(done: int, batch: int) -> str | None:
    return departed.FIRST if done == batch else None

"""What agents do with a conversation beside answering it: assign, tag, snooze, put among the spam.

Each is one transaction, can be repeated, and is told to the team. The visitor learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from whosthere.core.reasons import Reason, Refused
from whosthere.core.tags import refuse_tags, unique
from whosthere.realtime.hub import platform_topic
from whosthere.services import inbox
from whosthere.services.agents import Identity
from whosthere.services.conversations import NOT_FOUND
from whosthere.services.inbox_signals import changed
from whosthere.services.runtime import Runtime
from whosthere.storage import colleagues, handling, users
from whosthere.storage import inbox as cases
from whosthere.storage.inbox import Case
from whosthere.storage.tenancy import Tenant

SNOOZE_MS_MAX = 366 * 86_400_000
_DUE_MAX = 500
_NO_COLLEAGUE = Refused(Reason.INVALID_FIELD, "Nobody with this id serves the platform.", "agentId")
_NOT_SNOOZED = Refused(Reason.TRANSITION_NOT_ALLOWED, "Only an open conversation that is not spam can be snoozed.")

Input = TypeVar("Input")


def assign(
    runtime: Runtime, identity: Identity, conversation_id: str, agent_id: str | Refused | None
) -> Case | Refused:
    """Make the conversation a colleague's, one's own, or nobody's (`None`)."""

    def act(tenant: Tenant, case: Case, wanted: str | None) -> Refused | None:
        if wanted is not None and colleagues.find(tenant, wanted) is None:
            return _NO_COLLEAGUE
        if case.conversation.assignee_id != wanted:
            handling.assign(tenant, conversation_id, wanted)
        return None

    return _change(runtime, identity, conversation_id, agent_id, act)


def set_tags(
    runtime: Runtime, identity: Identity, conversation_id: str, tags: Sequence[str] | Refused
) -> Case | Refused:
    """Replace the conversation's tags."""
    return _retag(runtime, identity, conversation_id, tags, lambda before, given: given)


def add_tag(runtime: Runtime, identity: Identity, conversation_id: str, tag: str | Refused) -> Case | Refused:
    """Give the conversation one more tag."""
    given = tag if isinstance(tag, Refused) else (tag,)
    return _retag(runtime, identity, conversation_id, given, lambda before, given: (*before, *given))


def remove_tag(runtime: Runtime, identity: Identity, conversation_id: str, tag: str | Refused) -> Case | Refused:
    """Take a tag off the conversation."""
    given = tag if isinstance(tag, Refused) else (tag,)
    return _retag(
        runtime, identity, conversation_id, given, lambda before, given: [one for one in before if one not in given]
    )


def _retag(
    runtime: Runtime,
    identity: Identity,
    conversation_id: str,
    given: Sequence[str] | Refused,
    result: Callable[[Sequence[str], Sequence[str]], Sequence[str]],
) -> Case | Refused:
    def act(tenant: Tenant, case: Case, tags: Sequence[str]) -> Refused | None:
        before = handling.lock_tags(tenant, conversation_id)
        after = unique(result(before, tags))
        if after == before:
            return None
        refused = refuse_tags(after)
        if refused is None:
            handling.set_tags(tenant, conversation_id, before, after)
        return refused

    return _change(runtime, identity, conversation_id, given, act)


def snooze(runtime: Runtime, identity: Identity, conversation_id: str, until: int | Refused) -> Case | Refused:
    """Put an open conversation out of sight until an instant, or until its visitor writes (epoch milliseconds)."""
    now = runtime.clock()

    def act(tenant: Tenant, case: Case, until: int) -> Refused | None:
        if not now < until <= now + SNOOZE_MS_MAX:
            return Refused(Reason.INVALID_FIELD, "until lies ahead, by a year at most.", "until")
        return None if handling.snooze(tenant, conversation_id, until) else _NOT_SNOOZED

    return _change(runtime, identity, conversation_id, until, act)


def wake(runtime: Runtime, identity: Identity, conversation_id: str) -> Case | Refused:
    """Bring a snoozed conversation back; any other stays where it is."""
    now = runtime.clock()

    def act(tenant: Tenant, case: Case, _: None) -> None:
        handling.wake(tenant, conversation_id, now)

    return _change(runtime, identity, conversation_id, None, act)


def set_spam(runtime: Runtime, identity: Identity, conversation_id: str, spam: bool | Refused) -> Case | Refused:
    """Put the conversation among the spam, or back into the inbox."""
    now = runtime.clock()

    def act(tenant: Tenant, case: Case, spam: bool) -> None:
        if spam:
            handling.mark_spam(tenant, conversation_id)
        else:
            handling.unmark_spam(tenant, conversation_id, now)

    return _change(runtime, identity, conversation_id, spam, act)


def mark_spam(runtime: Runtime, identity: Identity, conversation_id: str) -> Case | Refused:
    """Put the conversation among the spam."""
    return set_spam(runtime, identity, conversation_id, True)


def unmark_spam(runtime: Runtime, identity: Identity, conversation_id: str) -> Case | Refused:
    """Put the conversation back into the inbox."""
    return set_spam(runtime, identity, conversation_id, False)


def wake_due(runtime: Runtime, platform_id: str) -> int:
    """Bring the snoozed conversations of a platform back whose time has come; return how many."""
    now = runtime.clock()

    def work(tenant: Tenant) -> list[str]:
        due = handling.due(tenant, now, _DUE_MAX)
        return [one for one in due if handling.wake_due(tenant, one, now)]

    with runtime.reading(platform_id) as tenant:
        if not handling.due(tenant, now, 1):
            return 0  # nothing to write, and that is so nearly always
    woken = runtime.writing(platform_id, work)
    for conversation_id in woken:
        runtime.hub.publish(platform_topic(platform_id), changed(conversation_id))
    return len(woken)


def _change(
    runtime: Runtime,
    identity: Identity,
    conversation_id: str,
    given: Input | Refused,
    act: Callable[[Tenant, Case, Input], Refused | None],
) -> Case | Refused:
    """Find the conversation, judge what was given for it, act in one transaction, and tell the team of a change."""
    case = inbox.find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    if isinstance(given, Refused):
        return given

    def work(tenant: Tenant) -> tuple[Case, Case] | Refused:
        before = cases.find(tenant, conversation_id)
        # Locked, so that nothing is added to a person who is being erased at this moment.
        if before is None or users.lock(tenant, before.conversation.record_id) is None:
            return NOT_FOUND
        refused = act(tenant, before, given)
        after = cases.find(tenant, conversation_id)
        return refused or (NOT_FOUND if after is None else (before, after))

    outcome = runtime.writing(case.platform_id, work)
    if isinstance(outcome, Refused):
        return outcome
    before, after = outcome
    if before.conversation != after.conversation:
        runtime.hub.publish(platform_topic(case.platform_id), changed(conversation_id))
    return after

"""A visitor's conversations: list, look at, start, read, rate, reopen, end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from whosthere.core.conversation import Actor, State, refuse_rating, refuse_transition
from whosthere.core.reasons import Reason, Refused
from whosthere.core.resolution import Record
from whosthere.core.visibility import sees
from whosthere.realtime.hub import platform_topic, record_topic
from whosthere.services.access import Caller, Credential, admit, authorize
from whosthere.services.attachments import are_those_of, chosen, send
from whosthere.services.inbox_signals import said
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, messages, sessions, users
from whosthere.storage.attachments import Attachment
from whosthere.storage.conversations import Conversation, Position
from whosthere.storage.messages import Draft, Message
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit

PAGE_SIZE = 25
Refuses = Callable[[Caller], Refused | None]
_EVENTS = {State.OPEN: "reopened", State.RESOLVED: "resolved", State.REJECTED: "rejected", State.ENDED: "ended"}

NOT_FOUND = Refused(Reason.NOT_FOUND, "There is no such conversation.")
ACTIVE = Refused(Reason.CONVERSATION_ACTIVE, "There is an open conversation already.", "unlessActive")


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message of a conversation, checked by the edge.

    Attributes:
        unless_active: start it only if the visitor has no open one.
    """

    text: str
    client_message_id: str
    tags: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    page_url: str | None = None
    attachments: Sequence[str] = ()
    unless_active: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """What a visitor thinks of a conversation, 1 to 5."""

    rating: int
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A conversation that was started now (`fresh`) or by an earlier try with the same clientMessageId."""

    conversation: Conversation
    message: Message
    fresh: bool


def listed(runtime: Runtime, credential: Credential, before: Position | Refused) -> list[Conversation] | Refused:
    """Return one page (and one more, if there is more) of the caller's conversations, newest first."""
    with runtime.reading(credential.session.platform_id) as tenant:
        caller = authorize(tenant, credential, runtime.clock())
        if isinstance(caller, Refused):
            return caller
        if isinstance(before, Refused):
            return before
        return conversations.of_record(tenant, caller.record_id, before, PAGE_SIZE + 1)


def one(runtime: Runtime, credential: Credential, conversation_id: str) -> Conversation | Refused:
    """Return one of the caller's conversations; anybody else's is simply not there."""
    with runtime.reading(credential.session.platform_id) as tenant:
        found = reach(tenant, credential, conversation_id, runtime.clock())
        return found if isinstance(found, Refused) else found[1]


def start(
    runtime: Runtime, credential: Credential, opening: Opening | Refused, refuses: Refuses = lambda caller: None
) -> Started | Refused:
    """Start a conversation; repeating it with the same clientMessageId finds the same one.

    Args:
        refuses: says why a caller may not start one more now (`services.challenge.Turnstile`).
    """
    now = runtime.clock()
    started = runtime.writing(
        credential.session.platform_id, lambda tenant: _start(runtime, tenant, credential, opening, now, refuses)
    )
    if isinstance(started, Started) and started.fresh:
        head = started.conversation
        announce(runtime, credential.session.platform_id, head.record_id, head.id)
    return started


def _start(
    runtime: Runtime, tenant: Tenant, credential: Credential, opening: Opening | Refused, now: int, refuses: Refuses
) -> Started | Refused:
    caller = authorize(tenant, credential, now)
    if isinstance(caller, Refused):
        return caller
    if isinstance(opening, Refused):
        return opening
    earlier = conversations.started_by(tenant, caller.record_id, opening.client_message_id)
    if earlier is not None:
        return _again(tenant, earlier, opening)
    refused = refuses(caller)
    if refused is not None:
        return refused
    own = caller.record_id
    if caller.user is None:
        users.add(tenant, Record(id=own), Visit(now, page_url=opening.page_url), anonymous=True)
    if opening.unless_active:
        users.lock(tenant, caller.record_id)  # of two tabs at once, one starts and the other is told
        if conversations.has_any(tenant, caller.record_id, State.OPEN):
            return ACTIVE
    files = chosen(tenant, opening.attachments, author_id=own, record_id=own, conversation_id=None)
    if isinstance(files, Refused):
        return files
    conversation_id = runtime.new_id()
    message = messages.start(
        tenant,
        conversation_id=conversation_id,
        record_id=caller.record_id,
        draft=visitor_draft(runtime, caller, opening.text, opening.client_message_id, files),
        tags=list(opening.tags),
        fields=dict(opening.fields),
        page_url=opening.page_url or (caller.user.page_url if caller.user else None),
        now=now,
    )
    send(tenant, files, message)
    conversation = conversations.find(tenant, conversation_id)
    if conversation is None:
        raise LookupError("a conversation vanished in the transaction that stored it")
    return Started(conversation, message, fresh=True)


def _again(tenant: Tenant, earlier: Conversation, opening: Opening) -> Started | Refused:
    first = messages.after(tenant, earlier.id, 0, 1)[0]
    if first.body != opening.text or not are_those_of(first, opening.attachments):
        return Refused(
            Reason.IDEMPOTENCY_CONFLICT,
            "This clientMessageId already started a conversation with other content.",
            "clientMessageId",
        )
    return Started(earlier, first, fresh=False)


def mark_read(runtime: Runtime, credential: Credential, conversation_id: str, seq: int | Refused) -> Refused | None:
    """Move the caller's read mark forward; going back, or beyond the end, changes nothing."""
    now = runtime.clock()

    def mark(tenant: Tenant) -> bool | Refused:
        found = reach(tenant, credential, conversation_id, now)
        if isinstance(found, Refused):
            return found
        if isinstance(seq, Refused):
            return seq
        return conversations.read_by_user(tenant, conversation_id, min(seq, found[1].last_seq))

    moved = runtime.writing(credential.session.platform_id, mark)
    if isinstance(moved, Refused):
        return moved
    if moved:  # nobody wakes every agent of a platform by saying the same again and again
        runtime.hub.publish(platform_topic(credential.session.platform_id), said(conversation_id))
    return None


def rate(
    runtime: Runtime, credential: Credential, conversation_id: str, rating: Rating | Refused
) -> Conversation | Refused:
    """Keep what the caller thinks of a resolved conversation; it can change as long as that is resolved."""
    now = runtime.clock()

    def store(tenant: Tenant) -> Conversation | Refused:
        found = reach(tenant, credential, conversation_id, now)
        if isinstance(found, Refused):
            return found
        if isinstance(rating, Refused):
            return rating
        _, conversation = found
        refused = refuse_rating(State(conversation.state))
        if refused is not None:
            return refused
        if (conversation.rating, conversation.rating_comment) != (rating.rating, rating.comment):
            was = conversation.state
            conversations.rate(tenant, conversation_id, was=was, rating=rating.rating, comment=rating.comment, now=now)
        return conversations.find(tenant, conversation_id) or conversation

    outcome = runtime.writing(credential.session.platform_id, store)
    if isinstance(outcome, Conversation):
        runtime.hub.publish(platform_topic(credential.session.platform_id), said(conversation_id))
    return outcome


def set_state(
    runtime: Runtime, credential: Credential, conversation_id: str, state: State | Refused
) -> Conversation | Refused:
    """Reopen a resolved conversation of the caller, or end it; one that is in that state already stays as it is."""
    now = runtime.clock()

    def change(tenant: Tenant) -> Conversation | Refused:
        found = reach(tenant, credential, conversation_id, now)
        if isinstance(found, Refused):
            return found
        if isinstance(state, Refused):
            return state
        _, conversation = found
        return change_state(runtime, tenant, conversation, state, by=Actor.USER, now=now)

    outcome = runtime.writing(credential.session.platform_id, change)
    if isinstance(outcome, Conversation):
        announce(runtime, credential.session.platform_id, outcome.record_id, conversation_id)
    return outcome


def change_state(
    runtime: Runtime, tenant: Tenant, conversation: Conversation, wanted: State, *, by: Actor, now: int
) -> Conversation | Refused:
    """Put a conversation into another state, with the event in its log, and return it as it is then."""
    refused = refuse_transition(by, State(conversation.state), wanted)
    if refused is not None or conversation.state == wanted:
        return refused or conversation
    event = Draft(runtime.new_id(), "system", "", event=_EVENTS[wanted])
    messages.append(
        tenant,
        event,
        conversation_id=conversation.id,
        record_id=conversation.record_id,
        was=conversation.state,
        state=wanted,
        now=now,
    )
    return conversations.find(tenant, conversation.id) or conversation


def reach(
    tenant: Tenant, credential: Credential, conversation_id: str, now: int
) -> tuple[Caller, Conversation] | Refused:
    """Return the caller and the conversation, if the caller may see it; a stranger's id is like an unknown one."""
    facts, conversation = sessions.facts_and_conversation(tenant, credential.session, conversation_id)
    caller = admit(tenant, credential, facts, now)
    if isinstance(caller, Refused):
        return caller
    if conversation is None or not sees(caller.session, owner_id=conversation.record_id, policy=caller.platform.policy):
        return NOT_FOUND
    return caller, conversation


def visitor_draft(
    runtime: Runtime, caller: Caller, text: str, client_message_id: str, files: Sequence[Attachment] = ()
) -> Draft:
    """Return a message of the caller that carries the assurance it is written with."""
    record = None if caller.user is None else caller.user.record
    return Draft(
        id=runtime.new_id(),
        author_kind="user",
        body=text,
        author_id=caller.record_id,
        author_name=None if record is None else record.name,
        assurance=caller.session.assurance.value,
        key_name=caller.key_name,
        client_message_id=client_message_id,
        attachments=[one.shown for one in files] or None,
    )


def announce(runtime: Runtime, platform_id: str, record_id: str, conversation_id: str) -> None:
    """Wake the visitor's streams, and tell the agents' which conversation it is about; only after the commit."""
    runtime.hub.publish(record_topic(platform_id, record_id))
    runtime.hub.publish(platform_topic(platform_id), said(conversation_id))

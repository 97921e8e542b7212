"""What agents do: look through conversations, read, reply, note, and change their state.

An agent reaches the platforms they are a member of. A conversation of any other is simply not there.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from whosthere.core.conversation import Actor, State, refuse_message
from whosthere.core.reasons import Refused
from whosthere.realtime.hub import agent_topic, platform_topic, record_topic
from whosthere.services import mentions, reading
from whosthere.services.agents import Identity
from whosthere.services.attachments import chosen, send
from whosthere.services.conversations import NOT_FOUND, announce, change_state
from whosthere.services.inbox_signals import called as signal_called
from whosthere.services.inbox_signals import changed
from whosthere.services.messages import SAME_ID_OTHER_TEXT, Posted, Span, Text, again
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, inbox, messages, users
from whosthere.storage.conversations import Position
from whosthere.storage.inbox import Case, Note
from whosthere.storage.messages import Draft, Message
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

T = TypeVar("T")

PAGE_SIZE = 50
EARLIER_MAX = 10


@dataclass(frozen=True, slots=True)
class Thread:
    """A part of a conversation's log, with the notes on all of it."""

    case: Case
    messages: list[Message]
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Noted:
    """A note that was stored now (`fresh`) or by an earlier try with the same clientMessageId."""

    note: Note
    fresh: bool


def people(
    runtime: Runtime, identity: Identity, before: Position, platform_id: str | None, *, count: int = PAGE_SIZE
) -> list[User]:
    """Return a page (and one more, if there is more) of the people of the agent's platforms, newest first."""
    pages = _of_each_platform(runtime, identity, platform_id, lambda tenant: inbox.people(tenant, before, count + 1))
    merged = heapq.merge(*pages, key=lambda user: (user.created_at, user.record.id), reverse=True)
    return list(merged)[: count + 1]


def _of_each_platform(
    runtime: Runtime, identity: Identity, platform_id: str | None, ask: Callable[[Tenant], list[T]]
) -> list[list[T]]:
    """Ask one platform after the other: no query ever spans two tenants."""
    wanted = [own for own in identity.platform_ids if platform_id in (None, own)]
    with runtime.database.read() as connection:
        return [ask(Tenant(connection, own)) for own in wanted]


def find(runtime: Runtime, identity: Identity, conversation_id: str) -> Case | Refused:
    """Return one conversation of the agent's platforms."""
    with runtime.database.read() as connection:
        for platform_id in identity.platform_ids:
            case = inbox.find(Tenant(connection, platform_id), conversation_id)
            if case is not None:
                return case
    return NOT_FOUND


def told(runtime: Runtime, identity: Identity, conversation_id: str, moment: float) -> Case | None:
    """Return one conversation of the agent's platforms, as it was at `moment` or later; `None` when there is none.

    Args:
        moment: by `time.monotonic`: when the agent's stream was told of it. Agents who are told together read once.
    """
    for platform_id in identity.platform_ids:

        def read(platform_id: str = platform_id) -> Case | None:
            with runtime.reading(platform_id) as tenant:
                return inbox.find(tenant, conversation_id)

        case = runtime.cases.since((platform_id, conversation_id), moment, read)
        if case is not None:
            return case
    return None


def earlier(runtime: Runtime, case: Case) -> list[Case]:
    """Return the person's other conversations, newest first."""
    with runtime.reading(case.platform_id) as tenant:
        found = inbox.of_record(tenant, case.conversation.record_id, EARLIER_MAX + 1)
    return [other for other in found if other.conversation.id != case.conversation.id][:EARLIER_MAX]


def thread(runtime: Runtime, identity: Identity, conversation_id: str, span: Span | Refused) -> Thread | Refused:
    """Return messages after a `seq` (and one more, if there is more), and the notes."""
    case = find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    if isinstance(span, Refused):
        return span
    with runtime.reading(case.platform_id) as tenant:
        log = messages.after(tenant, conversation_id, span.after, span.count + 1)
        return Thread(case, log, inbox.notes_of(tenant, conversation_id))


def tail(runtime: Runtime, case: Case, count: int, *, before: int | None = None) -> Thread:
    """Return the newest messages of a conversation, or the newest before a `seq`, oldest first, and their notes."""
    end = case.conversation.last_seq + 1 if before is None else before
    with runtime.reading(case.platform_id) as tenant:
        log = messages.before(tenant, case.conversation.id, end, count)
        notes = inbox.notes_of(tenant, case.conversation.id)
    first = log[0].seq if log else end
    return Thread(
        case, log, [note for note in notes if first <= note.after_seq and (before is None or note.after_seq < before)]
    )


def reply(runtime: Runtime, identity: Identity, conversation_id: str, text: Text | Refused) -> Posted | Refused:
    """Answer the visitor; repeating it with the same clientMessageId finds the same message. Writing reopens."""
    now = runtime.clock()

    def post(tenant: Tenant, case: Case, text: Text) -> Posted | Refused:
        return _post(runtime, tenant, identity, case, text, now)

    return _acting(runtime, identity, conversation_id, text, post)


def _post(runtime: Runtime, tenant: Tenant, identity: Identity, case: Case, text: Text, now: int) -> Posted | Refused:
    conversation_id, record_id = case.conversation.id, case.conversation.record_id
    found = messages.sent(tenant, conversation_id, identity.agent.id, text.client_message_id)
    if found is not None:
        return again(found, text)
    own = identity.agent.id
    files = chosen(tenant, text.attachments, author_id=own, record_id=record_id, conversation_id=conversation_id)
    if isinstance(files, Refused):
        return files
    state = State(case.conversation.state)
    if state is State.RESOLVED:
        change_state(runtime, tenant, case.conversation, State.OPEN, by=Actor.AGENT, now=now)
    elif (closed := refuse_message(state)) is not None:
        return closed
    draft = Draft(
        id=runtime.new_id(),
        author_kind="agent",
        body=text.text,
        author_id=identity.agent.id,
        author_name=identity.agent.name,
        client_message_id=text.client_message_id,
        attachments=[one.shown for one in files] or None,
    )
    message = messages.append(
        tenant,
        draft,
        conversation_id=conversation_id,
        record_id=record_id,
        was=State.OPEN,
        state=State.OPEN,
        now=now,
    )
    send(tenant, files, message)
    return Posted(message, fresh=True)


def note(runtime: Runtime, identity: Identity, conversation_id: str, text: Text | Refused) -> Noted | Refused:
    """Leave a note that only the team sees, and call those it names."""
    now = runtime.clock()
    called: list[str] = []

    def write(tenant: Tenant, case: Case, text: Text) -> Noted | Refused:
        found = inbox.noted(tenant, conversation_id, identity.agent.id, text.client_message_id)
        if found is not None:
            return Noted(found, fresh=False) if found.body == text.text else SAME_ID_OTHER_TEXT
        agent = identity.agent
        fresh = Note(runtime.new_id(), case.conversation.last_seq, agent.id, agent.name, text.text, now)
        inbox.add_note(tenant, fresh, conversation_id, text.client_message_id)
        called[:] = mentions.store(runtime, tenant, fresh, conversation_id)
        return Noted(fresh, fresh=True)

    outcome = _acting(runtime, identity, conversation_id, text, write, tell=_tell_team)
    if isinstance(outcome, Noted) and outcome.fresh:
        for agent_id in called:
            runtime.hub.publish(agent_topic(agent_id), signal_called(conversation_id))
    return outcome


def set_state(runtime: Runtime, identity: Identity, conversation_id: str, state: State | Refused) -> Case | Refused:
    """Resolve, reject or reopen a conversation."""
    now = runtime.clock()

    def change(tenant: Tenant, case: Case, state: State) -> Case | Refused:
        outcome = change_state(runtime, tenant, case.conversation, state, by=Actor.AGENT, now=now)
        return outcome if isinstance(outcome, Refused) else Case(case.platform_id, outcome, case.user)

    return _acting(runtime, identity, conversation_id, state, change)


def mark_read(runtime: Runtime, identity: Identity, conversation_id: str, seq: int | Refused) -> Case | Refused:
    """Move the team's read mark forward."""

    def mark(tenant: Tenant, case: Case, seq: int) -> Case | Refused:
        conversations.read_by_agents(tenant, conversation_id, min(seq, case.conversation.last_seq))
        return case

    # Nobody is woken by what changes nothing.
    case = _acting(runtime, identity, conversation_id, seq, mark, tell=lambda runtime, case: None)
    if isinstance(case, Refused) or isinstance(seq, Refused):
        return case
    if min(seq, case.conversation.last_seq) > case.conversation.agent_read_seq:
        _tell_team(runtime, case)
        topic = record_topic(case.platform_id, case.conversation.record_id)
        runtime.hub.publish(topic, reading.signal(conversation_id))
    return case


Input = TypeVar("Input")


def _tell_everybody(runtime: Runtime, case: Case) -> None:
    announce(runtime, case.platform_id, case.conversation.record_id, case.conversation.id)


def _tell_team(runtime: Runtime, case: Case) -> None:
    runtime.hub.publish(platform_topic(case.platform_id), changed(case.conversation.id))


def _acting(
    runtime: Runtime,
    identity: Identity,
    conversation_id: str,
    given: Input | Refused,
    act: Callable[[Tenant, Case, Input], T | Refused],
    *,
    tell: Callable[[Runtime, Case], None] = _tell_everybody,
) -> T | Refused:
    """Find the conversation, judge what was given for it, act in one transaction, and tell who waits for it."""
    case = find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    if isinstance(given, Refused):
        return given

    def work(tenant: Tenant) -> T | Refused:
        present = inbox.find(tenant, conversation_id)
        # Locked, so that nothing is added to a person who is being erased at this moment.
        if present is None or users.lock(tenant, present.conversation.record_id) is None:
            return NOT_FOUND
        return act(tenant, present, given)

    outcome = runtime.writing(case.platform_id, work)
    if not isinstance(outcome, Refused):
        tell(runtime, case)
    return outcome

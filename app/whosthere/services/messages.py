"""A visitor's messages: read the log, write into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whosthere.core.conversation import Actor, State, refuse_message
from whosthere.core.reasons import Reason, Refused
from whosthere.services.access import Credential
from whosthere.services.attachments import are_those_of, chosen, send
from whosthere.services.conversations import announce, change_state, reach, visitor_draft
from whosthere.services.runtime import Runtime
from whosthere.storage import messages
from whosthere.storage.messages import Message
from whosthere.storage.tenancy import Tenant

PAGE_SIZE_MAX = 100

SAME_ID_OTHER_TEXT = Refused(
    Reason.IDEMPOTENCY_CONFLICT,
    "This clientMessageId already belongs to a message with other content.",
    "clientMessageId",
)


@dataclass(frozen=True, slots=True)
class Text:
    """A message to be posted, checked by the edge."""

    text: str
    client_message_id: str
    attachments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that was stored now (`fresh`) or by an earlier try with the same clientMessageId."""

    message: Message
    fresh: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of the log is wanted: after `seq`, at most `count` messages."""

    after: int = 0
    count: int = PAGE_SIZE_MAX


def listed(
    runtime: Runtime, credential: Credential, conversation_id: str, span: Span | Refused
) -> list[Message] | Refused:
    """Return the part of the log (and one message more, if there is more), oldest first."""
    with runtime.reading(credential.session.platform_id) as tenant:
        found = reach(tenant, credential, conversation_id, runtime.clock())
        if isinstance(found, Refused):
            return found
        if isinstance(span, Refused):
            return span
        _, conversation = found
        if conversation.last_seq <= span.after:
            return []  # most polls find nothing new, and know it from the head
        return messages.after(tenant, conversation_id, span.after, span.count + 1)


def post(runtime: Runtime, credential: Credential, conversation_id: str, text: Text | Refused) -> Posted | Refused:
    """Store a message; repeating it with the same clientMessageId finds the same one. Writing reopens."""
    now = runtime.clock()
    posted = runtime.writing(
        credential.session.platform_id,
        lambda tenant: _post(runtime, tenant, credential, conversation_id, text, now),
    )
    if isinstance(posted, Posted) and posted.fresh:
        announce(runtime, credential.session.platform_id, credential.session.record_id, conversation_id)
    return posted


def _post(
    runtime: Runtime,
    tenant: Tenant,
    credential: Credential,
    conversation_id: str,
    text: Text | Refused,
    now: int,
) -> Posted | Refused:
    found = reach(tenant, credential, conversation_id, now)
    if isinstance(found, Refused):
        return found
    if isinstance(text, Refused):
        return text
    caller, conversation = found
    earlier = messages.sent(tenant, conversation_id, caller.record_id, text.client_message_id)
    if earlier is not None:
        return again(earlier, text)
    own = caller.record_id
    files = chosen(tenant, text.attachments, author_id=own, record_id=own, conversation_id=conversation_id)
    if isinstance(files, Refused):
        return files
    state = State(conversation.state)
    if state is State.RESOLVED:
        change_state(runtime, tenant, conversation, State.OPEN, by=Actor.USER, now=now)
    elif (closed := refuse_message(state)) is not None:
        return closed
    message = messages.append(
        tenant,
        visitor_draft(runtime, caller, text.text, text.client_message_id, files),
        conversation_id=conversation_id,
        record_id=conversation.record_id,
        was=State.OPEN,
        state=State.OPEN,
        now=now,
    )
    send(tenant, files, message)
    return Posted(message, fresh=True)


def again(earlier: Message, text: Text) -> Posted | Refused:
    """Return what was stored the first time, or refuse another message under the same clientMessageId."""
    same = earlier.body == text.text and are_those_of(earlier, text.attachments)
    return Posted(earlier, fresh=False) if same else SAME_ID_OTHER_TEXT

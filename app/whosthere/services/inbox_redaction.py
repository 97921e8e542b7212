"""Taking a message or a file back from the inbox: by those whose role allows it (docs/agents.md, "Roles")."""

from __future__ import annotations

from whosthere.core.reasons import Reason, Refused
from whosthere.core.redaction import REDACTED
from whosthere.core.roles import Right
from whosthere.services import inbox, redaction
from whosthere.services.agents import Identity
from whosthere.services.redaction import NO_ATTACHMENT, NO_MESSAGE
from whosthere.services.runtime import Runtime
from whosthere.storage import redaction as stored
from whosthere.storage.inbox import Case
from whosthere.storage.messages import Message

_NOT_YOURS = Refused(Reason.FORBIDDEN, "Admins and owners take messages back.")


def may_redact(identity: Identity, platform_id: str) -> bool:
    """Whether the agent may take content away on a platform."""
    return identity.may(platform_id, Right.REDACT)


def find(runtime: Runtime, identity: Identity, conversation_id: str, message_id: str) -> tuple[Case, Message] | Refused:
    """Return a conversation, and a message of it whose content the agent may take away."""
    case = inbox.find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    if not may_redact(identity, case.platform_id):
        return _NOT_YOURS
    with runtime.reading(case.platform_id) as tenant:
        message = stored.find(tenant, message_id)
    if message is None or message.conversation_id != conversation_id or message.author_kind == "system":
        return NO_MESSAGE
    return case, message


def redact(
    runtime: Runtime, identity: Identity, conversation_id: str, message_id: str, attachment_id: str | None
) -> Refused | None:
    """Take a message back with all it holds, or one of its files; what is gone already stays so.

    Args:
        attachment_id: the file; `None` for the whole message.
    """
    found = find(runtime, identity, conversation_id, message_id)
    if isinstance(found, Refused):
        return found
    case, message = found
    if message.event == REDACTED:
        return None
    if attachment_id is None:
        outcome = redaction.redact_message(runtime, case.platform_id, message_id, actor=identity.actor)
        return outcome if isinstance(outcome, Refused) else None
    if attachment_id not in {shown["id"] for shown in message.attachments or ()}:
        return NO_ATTACHMENT
    return redaction.redact_attachment(runtime, case.platform_id, attachment_id, actor=identity.actor)

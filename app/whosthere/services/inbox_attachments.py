"""Attachments of agents: upload one for a conversation, look at those that were sent."""

from __future__ import annotations

from whosthere.core.reasons import Refused
from whosthere.services import inbox
from whosthere.services.agents import Identity
from whosthere.services.attachments import NOT_FOUND, Opened, Upload, Uploader, keep, opened
from whosthere.services.conversations import NOT_FOUND as NO_CONVERSATION
from whosthere.services.runtime import Runtime
from whosthere.storage import attachments, conversations
from whosthere.storage.attachments import Attachment
from whosthere.storage.tenancy import Tenant


def upload(runtime: Runtime, identity: Identity, conversation_id: str, given: Upload | Refused) -> Attachment | Refused:
    """Keep an agent's file until a reply in this conversation names it."""
    case = inbox.find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    record_id = case.conversation.record_id
    who = Uploader(case.platform_id, "agent", identity.agent.id, record_id, conversation_id)

    def admitted(tenant: Tenant, now: int) -> Refused | None:
        present = conversations.find(tenant, conversation_id)
        return None if present is not None and present.record_id == record_id else NO_CONVERSATION

    return keep(runtime, who, given, admitted)


def fetch(runtime: Runtime, identity: Identity, attachment_id: str) -> Opened | Refused:
    """Open a file that was sent on one of the agent's platforms, or that the agent uploaded."""
    with runtime.database.read() as connection:
        for platform_id in identity.platform_ids:
            found = attachments.find(Tenant(connection, platform_id), attachment_id)
            if found is not None:
                break
        else:
            return NOT_FOUND
    if found.message_id is None and found.author_id != identity.agent.id:
        return NOT_FOUND
    return opened(runtime, platform_id, found)

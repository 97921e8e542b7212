"""What happens on the other side of a conversation, done with the parts that services use."""

from __future__ import annotations

from whosthere.core.conversation import Actor, State
from whosthere.core.reasons import Refused
from whosthere.services.conversations import announce, change_state
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, messages
from whosthere.storage.messages import Draft, Message
from whosthere.storage.tenancy import Tenant

AGENT_ID = "00000000-0000-7000-8000-00000000a9e7"


def reply(runtime: Runtime, platform_id: str, conversation_id: str, text: str) -> Message:
    """Let an agent called Grace write, and wake whoever waits."""
    message = runtime.writing(platform_id, lambda tenant: write_reply(runtime, tenant, conversation_id, text))
    with runtime.reading(platform_id) as tenant:
        conversation = conversations.find(tenant, conversation_id)
    assert conversation is not None
    announce(runtime, platform_id, conversation.record_id, conversation_id)
    return message


def write_reply(runtime: Runtime, tenant: Tenant, conversation_id: str, text: str) -> Message:
    """Write an agent's message within the caller's transaction."""
    conversation = conversations.find(tenant, conversation_id)
    assert conversation is not None
    return messages.append(
        tenant,
        Draft(runtime.new_id(), "agent", text, author_id=AGENT_ID, author_name="Grace"),
        conversation_id=conversation_id,
        record_id=conversation.record_id,
        was=conversation.state,
        state=conversation.state,
        now=runtime.clock(),
    )


def put(runtime: Runtime, platform_id: str, conversation_id: str, state: State) -> None:
    """Resolve, reject, reopen or end a conversation."""
    by = Actor.SYSTEM if state is State.ENDED else Actor.AGENT

    def change(tenant: Tenant) -> None:
        conversation = conversations.find(tenant, conversation_id)
        assert conversation is not None
        outcome = change_state(runtime, tenant, conversation, state, by=by, now=runtime.clock())
        assert not isinstance(outcome, Refused)

    runtime.writing(platform_id, change)

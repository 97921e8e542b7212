"""That somebody writes at this moment: told to whoever may read the conversation, and stored nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whosthere.core.conversation import State
from whosthere.core.reasons import Refused
from whosthere.realtime.hub import platform_topic, record_topic
from whosthere.services import inbox
from whosthere.services.access import Credential
from whosthere.services.agents import Identity
from whosthere.services.conversations import reach
from whosthere.services.inbox_signals import here
from whosthere.services.runtime import Runtime

EXPIRES_SECONDS = 6
_SIGNAL = re.compile(r"typing:([0-9a-f-]{36}):([01])")
_WRITABLE = (State.OPEN, State.RESOLVED)


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody began to write, goes on, or has stopped."""

    conversation_id: str
    author_kind: str
    typing: bool


def by_visitor(
    runtime: Runtime, credential: Credential, conversation_id: str, typing: bool | Refused
) -> Refused | None:
    """Tell the agents that the visitor writes."""
    platform_id = credential.session.platform_id
    now = runtime.clock()
    with runtime.reading(platform_id) as tenant:
        found = reach(tenant, credential, conversation_id, now)
    if isinstance(found, Refused):
        return found
    if isinstance(typing, Refused):
        return typing
    caller, conversation = found
    writable = State(conversation.state) in _WRITABLE
    if writable and runtime.typing.passes(caller.record_id, conversation_id, on=typing, now=now):
        runtime.hub.publish(platform_topic(platform_id), _signal(conversation_id, typing))
    return None


def by_agent(runtime: Runtime, identity: Identity, conversation_id: str, typing: bool | Refused) -> Refused | None:
    """Tell the visitor and the colleagues that an agent writes."""
    case = inbox.find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    if isinstance(typing, Refused):
        return typing
    writable = State(case.conversation.state) in _WRITABLE
    if writable and runtime.typing.passes(identity.agent.id, conversation_id, on=typing, now=runtime.clock()):
        topic = record_topic(case.platform_id, case.conversation.record_id)
        runtime.hub.publish(topic, _signal(conversation_id, typing))
        letter = "t" if typing else "v"
        runtime.hub.publish(platform_topic(case.platform_id), here(letter, conversation_id, identity.agent.id))
    return None


def heard(signals: list[str], author_kind: str) -> list[Typing]:
    """Return what a stream's signals say; whatever else may travel there is left alone."""
    matches = [match for signal in signals if (match := _SIGNAL.fullmatch(signal))]
    return [Typing(match[1], author_kind, match[2] == "1") for match in matches]


def _signal(conversation_id: str, typing: bool) -> str:
    return f"typing:{conversation_id}:{int(typing)}"

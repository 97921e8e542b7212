"""Who of the team is at a conversation: told to colleagues at once, stored nowhere, never told to a visitor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from whosthere.core.reasons import Refused
from whosthere.realtime.hub import platform_topic
from whosthere.services import inbox
from whosthere.services.agents import Identity
from whosthere.services.inbox_signals import heard_here, here
from whosthere.services.runtime import Runtime
from whosthere.storage import colleagues
from whosthere.storage.colleagues import Member

VIEWING_SECONDS = 45
TYPING_SECONDS = 6


class Activity(StrEnum):
    """What an agent does at a conversation. Who hears that somebody arrived says once that they are there, too."""

    ARRIVED = "arrived"
    VIEWING = "viewing"
    TYPING = "typing"
    LEFT = "left"

    @property
    def expires_seconds(self) -> int:
        """How long it is so, if nothing else is heard."""
        return TYPING_SECONDS if self is Activity.TYPING else VIEWING_SECONDS


@dataclass(frozen=True, slots=True)
class Presence:
    """A colleague at a conversation."""

    conversation_id: str
    agent: Member
    activity: Activity


_LETTERS = {activity: activity.value[0] for activity in Activity}
_ACTIVITIES = {letter: activity for activity, letter in _LETTERS.items()}


def tell(runtime: Runtime, identity: Identity, conversation_id: str, activity: Activity | Refused) -> Refused | None:
    """Tell colleagues what the agent does at a conversation, the same thing once every two seconds at most."""
    case = inbox.find(runtime, identity, conversation_id)
    if isinstance(case, Refused):
        return case
    if isinstance(activity, Refused):
        return activity
    own = identity.agent.id
    if runtime.typing.passes("presence", activity, own, conversation_id, on=True, now=runtime.clock()):
        runtime.hub.publish(platform_topic(case.platform_id), here(_LETTERS[activity], conversation_id, own))
    return None


def heard(runtime: Runtime, identity: Identity, signals: list[str], moment: float) -> list[Presence]:
    """Return which colleagues are where, as far as this agent serves the same platform; oneself is not news.

    Args:
        moment: by `time.monotonic`: when the newest of the signals came.
    """
    found: list[Presence] = []
    for letter, conversation_id, agent_id in heard_here(signals):
        case = None if agent_id == identity.agent.id else inbox.told(runtime, identity, conversation_id, moment)
        if case is None:
            continue
        colleague = _colleague(runtime, case.platform_id, agent_id, moment)
        if colleague is not None:
            found.append(Presence(conversation_id, colleague, _ACTIVITIES[letter]))
    return found


def _colleague(runtime: Runtime, platform_id: str, agent_id: str, moment: float) -> Member | None:
    def read() -> Member | None:
        with runtime.reading(platform_id) as tenant:
            return colleagues.find(tenant, agent_id)

    return runtime.colleagues.since((platform_id, agent_id), moment, read)

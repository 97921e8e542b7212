"""That agents have read: told to the visitor's streams at once. How far is in the conversation, and read from there."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIGNAL = re.compile(r"read:([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the team has read a conversation: up to the message with this `seq`."""

    conversation_id: str
    agent_read_seq: int


def signal(conversation_id: str) -> str:
    """Return what wakes the visitor's streams when the mark of the team has moved."""
    return f"read:{conversation_id}"


def heard(signals: list[str]) -> list[str]:
    """Return the conversations whose mark has moved; whatever else may travel there is left alone."""
    return [match[1] for one in signals if (match := _SIGNAL.fullmatch(one))]

"""What rides on wake-ups between agents: that a conversation changed, who is looking at it, whom a note calls.

A signal has at most 50 characters (`realtime.hub.Hub.publish`), so ids travel as their 128 bits.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid

_CHANGED = re.compile(r"changed:([0-9a-f-]{36})")
_SAID = re.compile(r"said:([0-9a-f-]{36})")
_CALLED = re.compile(r"called:([0-9a-f-]{36})")
_HERE = re.compile(r"here:([avtl]):([A-Za-z0-9_-]{43})")


def changed(conversation_id: str) -> str:
    """Return the signal that something about a conversation is different."""
    return f"changed:{conversation_id}"


def heard_changed(signals: list[str]) -> list[str]:
    """Return the ids of the conversations that changed."""
    return [match[1] for signal in signals if (match := _CHANGED.fullmatch(signal))]


def said(conversation_id: str) -> str:
    """Return the signal that something was said in a conversation; what is said in spam is news for nobody."""
    return f"said:{conversation_id}"


def heard_said(signals: list[str]) -> list[str]:
    """Return the ids of the conversations in which something was said."""
    return [match[1] for signal in signals if (match := _SAID.fullmatch(signal))]


def called(conversation_id: str) -> str:
    """Return the signal, for one agent, that a note in a conversation calls them."""
    return f"called:{conversation_id}"


def heard_called(signals: list[str]) -> list[str]:
    """Return the ids of the conversations in which the agent is called."""
    return [match[1] for signal in signals if (match := _CALLED.fullmatch(signal))]


def here(letter: str, conversation_id: str, agent_id: str) -> str:
    """Return the signal that an agent does something, named by a letter, at a conversation."""
    both = uuid.UUID(conversation_id).bytes + uuid.UUID(agent_id).bytes
    return f"here:{letter}:{base64.urlsafe_b64encode(both).decode().rstrip('=')}"


def heard_here(signals: list[str]) -> list[tuple[str, str, str]]:
    """Return letter, conversation and agent of every such signal."""
    return [
        (match[1], str(uuid.UUID(bytes=both[:16])), str(uuid.UUID(bytes=both[16:])))
        for signal in signals
        if (match := _HERE.fullmatch(signal)) and (both := _bytes(match[2]))
    ]


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=")
    except binascii.Error:
        return b""

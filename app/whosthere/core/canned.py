"""Canned replies: what they may be called, and how they are filled in (docs/agents.md, "Canned replies")."""

from __future__ import annotations

import re

from whosthere.core.conversation import refuse_text
from whosthere.core.reasons import Reason, Refused

NAME_PATTERN = "[A-Za-z0-9_-]{1,50}"
_NAME = re.compile(NAME_PATTERN)
_PLACEHOLDER = re.compile(r"( ?)\{(name|agent)\}")


def refuse_name(name: str) -> Refused | None:
    """Say why nothing can be called by this after a slash, or `None`: 1 to 50 letters, digits, `-` and `_` of ASCII."""
    if _NAME.fullmatch(name):
        return None
    return Refused(Reason.INVALID_FIELD, "A name has 1 to 50 letters, digits, hyphens and underscores.", "name")


def refuse_body(body: str) -> Refused | None:
    """Say why this is no reply, or `None`; what is filled in counts when it is sent."""
    refused = refuse_text(body)
    return None if refused is None else Refused(refused.reason, refused.detail.replace("text", "body"), "body")


def fill(body: str, *, name: str, agent: str) -> str:
    """Return a canned reply with its placeholders filled in, in one pass: what a name holds is never filled in again.

    Args:
        name: what the visitor is called; where it is empty, the space before its placeholder goes too.
        agent: what the agent is called.
    """
    known = {"name": name, "agent": agent}

    def filled(match: re.Match[str]) -> str:
        value = known[match[2]]
        return match[1] + value if value else ""

    return _PLACEHOLDER.sub(filled, body)

"""Conversations: their states, who may change them, and what a message may hold (docs/identity.md §7)."""

from __future__ import annotations

from enum import StrEnum

from whosthere.core.reasons import Reason, Refused

TEXT_LENGTH_MAX = 10_000
CLIENT_MESSAGE_ID_LENGTH_MAX = 128
RATING_COMMENT_LENGTH_MAX = 2_000
RESOLVED_DAYS = 14
"""How long a resolved conversation can still be reopened or rated."""


class State(StrEnum):
    """Where a conversation stands. Snoozing and the like are views of the agents, not states."""

    OPEN = "open"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    ENDED = "ended"


class Actor(StrEnum):
    """Who acts on a conversation: its user, an agent, or the system (retention, the end of an anonymous user)."""

    USER = "user"
    AGENT = "agent"
    SYSTEM = "system"


_ALLOWED = frozenset(
    {
        (Actor.USER, State.RESOLVED, State.OPEN),
        (Actor.USER, State.RESOLVED, State.ENDED),
        (Actor.AGENT, State.OPEN, State.RESOLVED),
        (Actor.AGENT, State.RESOLVED, State.OPEN),
        (Actor.AGENT, State.OPEN, State.REJECTED),
        (Actor.AGENT, State.REJECTED, State.OPEN),
        (Actor.SYSTEM, State.OPEN, State.ENDED),
        (Actor.SYSTEM, State.RESOLVED, State.ENDED),
        (Actor.SYSTEM, State.REJECTED, State.ENDED),
    }
)


def refuse_transition(actor: Actor, before: State, after: State) -> Refused | None:
    """Say why `actor` may not move a conversation from `before` to `after`, or `None` if it may.

    Asking for the state it is in already is no refusal and no change, so that a repeated request is harmless.
    """
    if before is after or (actor, before, after) in _ALLOWED:
        return None
    detail = f"A conversation that is {before} cannot become {after} here."
    return Refused(Reason.TRANSITION_NOT_ALLOWED, detail, field="state")


def refuse_message(state: State) -> Refused | None:
    """Say why nothing can be written into a conversation in `state`, or `None` if it is open."""
    if state is State.OPEN:
        return None
    return Refused(Reason.CONVERSATION_CLOSED, f"The conversation is {state}.")


def refuse_rating(state: State) -> Refused | None:
    """Say why a conversation in `state` cannot be rated, or `None`: its rating can change as long as it is resolved."""
    if state is State.RESOLVED:
        return None
    return Refused(Reason.RATING_NOT_ALLOWED, f"The conversation is {state}. A resolved one can be rated.")


def refuse_text(text: object, *, beside_attachments: bool = False) -> Refused | None:
    """Say why `text` is no message, or `None`: 1 to 10,000 code points, not only white space, no U+0000.

    What passes is stored as it was sent, byte for byte. Beside attachments it may say nothing.
    """
    if not isinstance(text, str):
        return _invalid("text", "text must be a string.")
    if not text.strip() and not (beside_attachments and not text):
        return _invalid("text", "text is empty.")
    if len(text) > TEXT_LENGTH_MAX:
        return _invalid("text", f"text is longer than {TEXT_LENGTH_MAX} characters.")
    if "\0" in text:
        return _invalid("text", "text holds U+0000.")
    if not _is_encodable(text):
        return _invalid("text", "text holds half a surrogate pair.")
    return None


def refuse_client_message_id(value: object) -> Refused | None:
    """Say why `value` is no idempotency key, or `None`: a string of 1 to 128 printable characters."""
    if not isinstance(value, str):
        return _invalid("clientMessageId", "clientMessageId must be a string.")
    if not 1 <= len(value) <= CLIENT_MESSAGE_ID_LENGTH_MAX or not value.isprintable():
        detail = f"clientMessageId must be 1 to {CLIENT_MESSAGE_ID_LENGTH_MAX} printable characters."
        return _invalid("clientMessageId", detail)
    return None


def _invalid(field: str, detail: str) -> Refused:
    return Refused(Reason.INVALID_FIELD, detail, field=field)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

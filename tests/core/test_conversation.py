"""Conversations change hands only the allowed ways, and hold only what can be stored as sent."""

from __future__ import annotations

from itertools import product

import pytest

from whosthere.core.conversation import (
    TEXT_LENGTH_MAX,
    Actor,
    State,
    refuse_client_message_id,
    refuse_message,
    refuse_text,
    refuse_transition,
)
from whosthere.core.reasons import Reason

ALLOWED = {
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


@pytest.mark.parametrize(("actor", "before", "after"), list(product(Actor, State, State)))
def test_only_the_named_transitions_are_allowed(actor: Actor, before: State, after: State) -> None:
    refused = refuse_transition(actor, before, after)
    if before is after or (actor, before, after) in ALLOWED:
        assert refused is None
    else:
        assert refused is not None
        assert (refused.reason, refused.field) == (Reason.TRANSITION_NOT_ALLOWED, "state")


@pytest.mark.parametrize("state", list(State))
def test_a_message_goes_into_an_open_conversation_only(state: State) -> None:
    refused = refuse_message(state)
    assert (refused is None) == (state is State.OPEN)
    assert refused is None or refused.reason is Reason.CONVERSATION_CLOSED


@pytest.mark.parametrize(
    "text", ["x", " x ", "x" * TEXT_LENGTH_MAX, "\U0001f680" * TEXT_LENGTH_MAX, "<b>&amp;</b>", "a\r\nb", "\u200b"]
)
def test_an_ordinary_text_passes(text: str) -> None:
    assert refuse_text(text) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t\u3000", "x" * (TEXT_LENGTH_MAX + 1), "a\0b", "\0", "a\ud800", 5, None, True, ["x"], {"a": 1}],
)
def test_what_cannot_be_a_message_is_refused(text: object) -> None:
    refused = refuse_text(text)
    assert refused is not None
    assert (refused.reason, refused.field) == (Reason.INVALID_FIELD, "text")


@pytest.mark.parametrize("value", ["x", "x" * 128, "0190a5f2-7d1c-7000-8000-3f2a1b4c5d6e", "a b", "é"])
def test_an_idempotency_key_is_a_short_printable_string(value: str) -> None:
    assert refuse_client_message_id(value) is None


@pytest.mark.parametrize("value", ["", "x" * 129, "a\n", "a\0", "\ud800", "\u2028", 5, None, False, []])
def test_any_other_idempotency_key_is_refused(value: object) -> None:
    refused = refuse_client_message_id(value)
    assert refused is not None
    assert (refused.reason, refused.field) == (Reason.INVALID_FIELD, "clientMessageId")

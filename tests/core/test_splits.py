"""A helpshift token that fits several pairs of identifiers is known to be ambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import emails, user_ids
from whosthere.core.splits import fits, is_ambiguous

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SOME_UUID = "0190a5f2-7d1c-7000-8000-3f2a1b4c5d6e"


@pytest.mark.parametrize(
    ("user_id", "email", "pattern", "ambiguous"),
    [
        ("u1", "0x@evil.example", None, True),
        ("u10", "x@evil.example", None, True),
        ("u1", None, None, False),
        ("a", "b@example.com", None, True),
        (None, "b@example.com", None, True),
        (None, "ab@example.com", None, True),
        (SOME_UUID, "ada@example.com", None, True),
        (SOME_UUID, "ada@example.com", UUID, False),
        (SOME_UUID, None, UUID, False),
        (None, "ada@example.com", UUID, False),
        (None, f"{SOME_UUID}ada@example.com", UUID, True),
        ("u1", "0x@evil.example", "u[0-9]", False),
        ("u1", "0x@evil.example", "u[0-9]+", True),
        ("u1", "x@evil.example", "u[0-9]+", False),
        ("ada@example.com", None, None, True),
        ("ada@x", None, None, False),
        ("a@b@example.com", None, None, True),
        ("a@b", "c@example.com", None, True),
        ("a@", "c@example.com", "a@", False),
        ("team 7 ", None, None, False),
        ("7", "up@example.com", "[0-9]+", False),
    ],
)
def test_the_table_of_splits(user_id: str | None, email: str | None, pattern: str | None, ambiguous: bool) -> None:
    assert is_ambiguous(user_id, email, pattern) is ambiguous


@given(
    st.none() | user_ids | st.text("ab@.c1", min_size=1, max_size=8),
    st.none() | emails,
    st.sampled_from([None, "[a-z]+", "u[0-9]+", ".*"]),
)
def test_the_boundaries_left_out_could_not_have_fitted(
    user_id: str | None, email: str | None, pattern: str | None
) -> None:
    text = f"{user_id or ''}{email or ''}"
    own = len(user_id or "")
    everywhere = [at for at in range(len(text) + 1) if at != own and fits(text[:at], text[at:], pattern)]
    assert is_ambiguous(user_id, email, pattern) == bool(everywhere)


@pytest.mark.parametrize(
    ("user_id", "email", "fitting"),
    [
        ("ada", "ada@example.com", True),
        ("ada", "", True),
        ("", "ada@example.com", True),
        ("ada ", "ada@example.com", False),
        ("undefined", "ada@example.com", False),
        ("ada", "ada", False),
        ("x" * 751, "", False),
    ],
)
def test_both_parts_follow_the_rules_of_identifiers(user_id: str, email: str, fitting: bool) -> None:
    assert fits(user_id, email, None) is fitting

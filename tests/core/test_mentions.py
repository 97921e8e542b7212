"""A note calls those it names as @address, and nobody else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.mentions import MENTIONS_MAX, mentioned

GRACE = "grace@example.com"


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@grace@example.com", (GRACE,)),
        ("Please look, @grace@example.com.", (GRACE,)),
        ("(@grace@example.com)", (GRACE,)),
        ("@Grace@Example.COM!", (GRACE,)),
        ("@grace@example.com, @linus@example.com: @grace@example.com", (GRACE, "linus@example.com")),
        ("line\n@grace@example.com\n", (GRACE,)),
        ("@grace.o'hara+x@mail.example.com?", ("grace.o'hara+x@mail.example.com",)),
        ("@K\u0041@example.com", ("ka@example.com",)),
        ("@\u212aa@example.com", ("\u212aa@example.com",)),  # the Kelvin sign is no k
        ("grace@example.com", ()),
        ("mail to x@grace@example.com", ()),
        ("@grace", ()),
        ("@ grace@example.com", ()),
        ("@@grace@example.com", ()),
        ("@grace@", ()),
        ("", ()),
    ],
)
def test_an_address_after_an_at_sign_calls(text: str, called: tuple[str, ...]) -> None:
    assert mentioned(text) == called


def test_a_note_calls_twenty_at_most() -> None:
    text = " ".join(f"@a{number}@example.com" for number in range(30))
    assert mentioned(text) == tuple(f"a{number}@example.com" for number in range(MENTIONS_MAX))


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert all("@" in key for key in mentioned(text))


@pytest.mark.parametrize("part", ["@", "@a", "@a@", "@a@b.", " @", "@a@b@c"])
def test_no_text_takes_long_to_read(part: str) -> None:
    began = time.process_time()
    mentioned((part * 10_000)[:10_000])
    assert time.process_time() - began < 5

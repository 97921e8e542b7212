"""Canned replies are filled in once, with plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.canned import fill, refuse_body, refuse_name


@pytest.mark.parametrize(
    ("body", "name", "filled"),
    [
        ("Hello {name}, this is {agent}.", "Ada", "Hello Ada, this is Grace."),
        ("Hello {name}, this is {agent}.", "", "Hello, this is Grace."),
        ("{name}!", "", "!"),
        ("Dear  {name}", "", "Dear "),
        ("{name}", "{agent}", "{agent}"),
        ("{agent} {Name} {order} {} {{name}}", "Ada", "Grace {Name} {order} {} {Ada}"),
        ("{name}", r"\1 \g<0>", r"\1 \g<0>"),
        ("", "Ada", ""),
    ],
)
def test_placeholders_that_are_known_are_filled_in(body: str, name: str, filled: str) -> None:
    assert fill(body, name=name, agent="Grace") == filled


@given(st.text(), st.text(), st.text())
def test_a_body_without_placeholders_stays_as_it_is(body: str, name: str, agent: str) -> None:
    plain = body.replace("{", "(")
    assert fill(plain, name=name, agent=agent) == plain


@pytest.mark.parametrize("name", ["a", "A-1_b", "x" * 50])
def test_a_name_is_what_can_be_typed_after_a_slash(name: str) -> None:
    assert refuse_name(name) is None


@pytest.mark.parametrize("name", ["", "a b", "é", "ａ", "a\n", "/a", "x" * 51, "{name}"])
def test_anything_else_is_no_name(name: str) -> None:
    refused = refuse_name(name)
    assert refused is not None
    assert refused.field == "name"


@pytest.mark.parametrize("body", ["", " \n", "a\0", "x" * 10_001, "\ud800"])
def test_what_could_not_be_sent_is_no_body(body: str) -> None:
    refused = refuse_body(body)
    assert refused is not None
    assert refused.field == "body"
    assert "body" in refused.detail

"""What may be set on a platform: each option with texts that fit and texts that do not."""

from __future__ import annotations

import pytest

from tests.clock import START_MS
from whosthere.core.policy import Policy
from whosthere.services.options import OPTIONS, Invalid, apply, texts
from whosthere.storage.platforms import Platform

SHOP = Platform("shop", "Shop", Policy("shop"), ("https://shop.example.com",), {}, START_MS, 0)


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("name", " Harbour Shop ", "Harbour Shop"),
        ("origins", "", ""),
        ("origins", "https://a.example, https://b.example\nhttps://a.example", "https://a.example,https://b.example"),
        ("origins", "https://*.example.com", "https://*.example.com"),
        ("verification", "report", "report"),
        ("verification", "off", "off"),
        ("user_id_pattern", "[0-9]{6}", "[0-9]{6}"),
        ("user_id_pattern", "", ""),
        ("email_adoption", "off", "off"),
        ("email_adoption", "on", "on"),
        ("anonymous_days", "1", "1"),
        ("anonymous_days", "365", "365"),
        ("anonymous_idle_days", "2", "2"),
        ("anonymous_idle_days", "off", "off"),
        ("anonymous_idle_days", "", "off"),
        ("anonymous_history", "ask", "ask"),
        ("brand_color", "#3B46D6", "#3b46d6"),
        ("brand_color", "", ""),
        ("position", "top-left", "top-left"),
        ("greeting", "Ahoy! 👋", "Ahoy! 👋"),
    ],
)
def test_an_option_is_shown_as_it_was_set(name: str, text: str, shown: str) -> None:
    changed = apply(SHOP, {name: text})
    assert isinstance(changed, Platform)
    assert OPTIONS[name].show(changed) == shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", ""),
        ("name", "x" * 256),
        ("name", "two\nlines"),
        ("origins", "shop.example.com"),
        ("origins", "*"),
        ("origins", "null"),
        ("origins", " ".join(f"https://s{number}.example.com" for number in range(101))),
        ("verification", "strict"),
        ("verification", "ENFORCED"),
        ("user_id_pattern", "("),
        ("user_id_pattern", r"(a)\1"),
        ("email_adoption", "yes"),
        ("anonymous_days", "0"),
        ("anonymous_days", "366"),
        ("anonymous_days", "-1"),
        ("anonymous_days", "7.5"),
        ("anonymous_days", "٧"),
        ("anonymous_days", ""),
        ("anonymous_idle_days", "0"),
        ("anonymous_history", "move"),
        ("brand_color", "red"),
        ("brand_color", "#3b46d6;}"),
        ("position", "middle"),
        ("greeting", "x" * 501),
        ("colour", "#3b46d6"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_by_the_name_of_its_option(name: str, text: str) -> None:
    refused = apply(SHOP, {"greeting": "Ahoy", name: text})
    assert isinstance(refused, Invalid)
    assert [problem.field for problem in refused.problems] == [name]


@pytest.mark.parametrize("name", OPTIONS)
def test_what_is_shown_can_be_set_again_and_changes_nothing(name: str) -> None:
    assert apply(SHOP, {name: texts(SHOP)[name]}) == SHOP


def test_all_problems_are_told_together() -> None:
    values = {"verification": "maybe", "anonymous_days": "none", "anonimous_history": "ask", "greeting": "Ahoy"}
    refused = apply(SHOP, values)
    assert isinstance(refused, Invalid)
    assert [problem.field for problem in refused.problems] == ["verification", "anonymous_days", "anonimous_history"]
    assert "did you mean anonymous_history?" in refused.problems[2].detail


def test_looks_that_nobody_set_here_are_kept() -> None:
    changed = apply(Platform("a", "A", Policy("a"), (), {"future": 1}, 0, 0), {"position": "top-left"})
    assert isinstance(changed, Platform)
    assert changed.appearance == {"future": 1, "position": "top-left"}

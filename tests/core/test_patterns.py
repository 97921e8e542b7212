"""A platform's pattern matches as a whole, in linear time, and says what is wrong with it."""

from __future__ import annotations

import pytest

from whosthere.core.patterns import PATTERN_LENGTH_MAX, BadPattern, matches, problem


@pytest.mark.parametrize(
    ("pattern", "user_id", "fits"),
    [
        (None, "anything at all", True),
        ("[0-9]+", "42", True),
        ("[0-9]+", "42x", False),
        ("[0-9]+", "x42", False),
        ("[0-9]+", "42\r", False),
        ("a|ab", "ab", True),
        ("^ada$", "ada", True),
        ("(?i)ada", "ADA", True),
        ("ada", "ADA", False),
        (".", "\U0001f680", True),
        (r"\p{Greek}+", "αβγ", True),
    ],
)
def test_the_whole_user_id_has_to_match(pattern: str | None, user_id: str, fits: bool) -> None:
    assert matches(pattern, user_id) is fits


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "empty"),
        ("[", "missing ]"),
        ("(?=a)b", "invalid perl operator"),
        (r"(a)\1", "invalid escape"),
        ("a{2000}", "repetition"),
        ("\ud800", "surrogate"),
        ("a" * (PATTERN_LENGTH_MAX + 1), "longer than"),
    ],
)
def test_a_bad_pattern_is_named_and_lets_nobody_in(pattern: str, words: str) -> None:
    assert words in (problem(pattern) or "")
    with pytest.raises(BadPattern, match=words.replace("]", r"\]")):
        matches(pattern, "ada")


def test_a_good_pattern_has_no_problem() -> None:
    assert problem("a" * PATTERN_LENGTH_MAX) is None


def test_a_pattern_that_ruins_backtracking_engines_is_quick() -> None:
    """(a+)+ over 700 letters takes a backtracking engine longer than the universe has been there."""
    assert not matches("(a+)+b", "a" * 700)


def test_a_bad_pattern_is_not_written_to_the_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    problem("[unclosed")
    assert capfd.readouterr().err == ""

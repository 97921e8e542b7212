"""Agents read the assurance in words."""

from __future__ import annotations

import pytest

from whosthere.core.assurance import Assurance


@pytest.mark.parametrize(
    ("assurance", "words"),
    [
        (Assurance.ANONYMOUS, "Anonymous"),
        (Assurance.CLAIMED, "Claimed, not verified"),
        (Assurance.VERIFIED, "Verified"),
    ],
)
def test_each_assurance_has_its_words(assurance: Assurance, words: str) -> None:
    assert assurance.in_words == words


def test_only_one_assurance_reads_as_verified() -> None:
    assert [each for each in Assurance if each.in_words.startswith("Verified")] == [Assurance.VERIFIED]

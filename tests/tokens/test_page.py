"""docs/tokens.md shows the files that the tests ran, all of them, and no others."""

from __future__ import annotations

import re

import pytest

from tests.tokens.languages import LANGUAGES, ROOT, SNIPPETS, Language

PAGE = (ROOT / "docs" / "tokens.md").read_text("utf-8")
SHOWN = dict(re.findall(r"^\[`([^`]+)`\]\(tokens/\1\)\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_page_shows_the_file_that_ran(language: Language) -> None:
    assert SHOWN[language.snippet] == language.path.read_text("utf-8")


def test_every_file_is_run_and_shown() -> None:
    files = {path.relative_to(SNIPPETS).as_posix() for path in SNIPPETS.rglob("*.*") if "__pycache__" not in path.parts}
    assert files == set(SHOWN) == {language.snippet for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_a_language_is_explained_in_three_lines(language: Language) -> None:
    section = PAGE.partition(f"\n### {language.name}\n\n")[2]
    explanation = section.partition("\n\n")[0]
    assert len(explanation.splitlines()) == 3

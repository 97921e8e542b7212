"""docs/tokens.md shows the files that the tests ran, all of them, and no others."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.people import SECRET, Person
from tests.tokens.languages import LANGUAGES, ROOT, SNIPPETS, Language
from whosthere.core.claims import Claim
from whosthere.core.jwt_tokens import IdentityProof, verify
from whosthere.core.keys import Key, Scheme

PAGE = (ROOT / "docs" / "tokens.md").read_text("utf-8")
SHOWN = dict(re.findall(r"^\[`([^`]+)`\]\(tokens/\1\)\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_page_shows_the_file_that_ran(language: Language) -> None:
    assert SHOWN[language.snippet] == language.path.read_text("utf-8")


def test_every_file_is_run_and_shown() -> None:
    files = {path.relative_to(SNIPPETS).as_posix() for path in SNIPPETS.rglob("*.*") if "__pycache__" not in path.parts}
    assert files == set(SHOWN) == {language.snippet for language in LANGUAGES}


def test_the_examples_of_signing_run_and_prove_the_same_person() -> None:
    names: dict[str, Any] = {"SECRET_KEY": SECRET}
    made = []
    for example in re.findall(r"^```python\n(.*?)^```$", PAGE.partition("\n## In your language\n")[0], re.M | re.S):
        exec(example, names)
        made.append(names["token"])
    person = Person("42", "ada@example.com", "Ada Lovelace")
    key = Key("key", "", Scheme.STANDARD, SECRET.encode())
    proof = verify(made[1], Claim(), [key], "platform", time.time_ns() // 1_000_000)
    assert made[0] == person.user_auth_token()
    assert isinstance(proof, IdentityProof)
    assert (proof.user_id, proof.email, proof.name) == (person.user_id, person.email, person.name)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_a_language_is_explained_in_three_lines(language: Language) -> None:
    section = PAGE.partition(f"\n### {language.name}\n\n")[2]
    explanation = section.partition("\n\n")[0]
    assert len(explanation.splitlines()) == 3

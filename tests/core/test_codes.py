"""docs/codes.md lists every code, and docs/identity.md says nothing that is not so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from whosthere.core.findings import ADVICE, CATALOGUE
from whosthere.core.jwt_tokens import identity_token_message
from whosthere.core.reasons import Reason
from whosthere.web.problems import STATUS

ROOT = Path(__file__).parents[2]
CODES = (ROOT / "docs" / "codes.md").read_text("utf-8")
IDENTITY = (ROOT / "docs" / "identity.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of docs/codes.md."""
    section = CODES.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def notices() -> Iterator[tuple[str, str]]:
    """Code and field of every notice that some module makes."""
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice":
                code, field = node.args[0], node.args[1]
                assert isinstance(code, ast.Constant), f"{path}:{node.lineno}: spell the code out"
                yield str(code.value), f"`{field.value!s}`" if isinstance(field, ast.Constant) else "the field"


def test_every_error_is_listed_with_its_status() -> None:
    listed = {code.strip("`"): status for code, status, _ in rows("Errors")}
    assert listed == {reason.value: str(STATUS.get(reason, "")) for reason in Reason}


def test_every_warning_is_listed_with_its_field() -> None:
    assert {(code.strip("`"), field) for code, field, _ in rows("Warnings")} == set(notices())


def test_every_finding_is_listed() -> None:
    listed = {found.partition(" ")[0].strip("`"): "(advice)" in found for found, *_ in rows("Findings")}
    assert listed == {code: code in ADVICE for code in CATALOGUE if code != "identifier_invalid"}


def test_no_code_is_listed_twice() -> None:
    for heading in ("Errors", "Warnings", "Findings"):
        codes = [row[0] for row in rows(heading)]
        assert len(codes) == len(set(codes))


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.startswith("identity_token")])
def test_the_exact_messages_stand_beside_their_codes(reason: Reason) -> None:
    assert f"| `{reason.value}` | `{identity_token_message(reason)}` |" in IDENTITY


EXAMPLES = re.findall(r"^```python\n(.*?)^```", IDENTITY, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run(example: str) -> None:
    exec(compile(example, "docs/identity.md", "exec"), {})


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2

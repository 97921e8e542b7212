"""The documents hold together: every link inside the project leads somewhere."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from whosthere.environment import variable
from whosthere.settings import _SECRETS, Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)


def prose(document: Path) -> str:
    """The text without its code blocks."""
    return _FENCE.sub("", document.read_text("utf-8"))


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    kept = (letter for letter in plain if letter in " -_" or unicodedata.category(letter)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def broken_links(document: Path) -> list[str]:
    broken = []
    for target in _LINK.findall(prose(document)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (
            fragment and file.suffix == ".md" and fragment not in map(anchor, _HEADING.findall(prose(file)))
        ):
            broken.append(target)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_the_page_of_the_settings_knows_each_of_them_its_default_and_whether_it_is_a_secret() -> None:
    page = (ROOT / "docs/configuration.md").read_text("utf-8")
    rows = re.findall(r"^\| `(WHOSTHERE_\w+)`( ¹)? \| (.*?) \|", page, re.MULTILINE)
    said = {name: (bool(secret), default) for name, secret, default in rows}
    made = {  # by the instance folder, where they are not set
        "database_url": "sqlite:////x",
        "secret_key": "x" * 32,
        "encryption_keys": "A" * 43 + "=",
        "instance_path": Path("/x"),
    }
    kept = Settings.model_validate(made).masked()
    for field in Settings.model_fields:
        is_secret, default = said.pop(variable(field))
        assert is_secret == (field in _SECRETS), field
        shown = kept[variable(field)].lower()
        assert field in made or default == ("none" if shown == "not set" else f"`{shown}`"), field
    assert said == {}


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# One `two`: three\n[a](a.md#one-two-three) [b](b.md) [c](#nowhere) [d](https://x.example)\n")
    assert broken_links(document) == ["b.md", "#nowhere"]

"""Script, types and documentation of the page's API name the same config keys, commands and events."""

from __future__ import annotations

import json
import re

import pytest

from tests.page_api import COMMANDS, CONFIG, CONFIG_ROWS, EVENTS, IDENTITY, ROOT, members

STATIC = ROOT / "static"
EMBED = (STATIC / "embed.js").read_text()
LATER = (STATIC / "embed" / "later.js").read_text()
GUIDE = (ROOT / "docs" / "embedding.md").read_text()
IGNORED = {"domain"}


def block(source: str, start: str) -> str:
    """What stands between `start` and the end of that object literal, by its indentation."""
    return source.split(start, 1)[1].split("\n  }", 1)[0]


def test_the_script_knows_the_commands_of_the_types() -> None:
    entry = re.compile(r"^    (\w+)(?=\(|:)", re.MULTILINE)
    known = {*entry.findall(block(EMBED, "(chat.commands = {")), *entry.findall(block(LATER, "const commands = {"))}
    known |= set(re.findall(r"commands\.(\w+) = commands\.", EMBED))
    assert known == set(COMMANDS)


def test_the_script_reads_the_config_keys_of_the_types() -> None:
    listed = re.search(r"const identity = (\[.*?\]);", EMBED)
    assert listed is not None
    assert json.loads(listed[1]) == list(IDENTITY)
    scripts = "".join(path.read_text() for path in (STATIC / "embed").glob("*.js")) + EMBED
    read = set(re.findall(r'\b(?:read|text)\("(\w+)"', scripts)) | set(IDENTITY)
    assert read == set(CONFIG) - IGNORED
    options = set(re.findall(r'read\("widgetOptions", "(\w+)"\)', scripts))
    assert options == set(members("WidgetOptions"))


def test_script_and_panel_tell_events_of_the_types() -> None:
    scripts = [EMBED, LATER, *(path.read_text() for path in (STATIC / "panel").glob("*.js"))]
    told = {name for text in scripts for name in re.findall(r'\bemit\("(\w+)"', text)}
    assert told <= set(EVENTS)


@pytest.mark.parametrize("name", [*COMMANDS, *EVENTS, *CONFIG_ROWS])
def test_the_guide_explains(name: str) -> None:
    assert f"`{name}`" in GUIDE


def test_the_package_has_the_version_of_the_server() -> None:
    from whosthere import __version__

    package = json.loads((ROOT / "packages" / "whosthere" / "package.json").read_text())
    assert package["version"] == __version__
    assert "dependencies" not in package
    assert {name for name in package["files"] if not (ROOT / "packages" / "whosthere" / name).is_file()} == set()

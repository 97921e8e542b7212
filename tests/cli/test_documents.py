"""docs/command-line.md names every command and every option, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from whosthere.cli.root import root
from whosthere.services.options import OPTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `([a-z]+)`\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def leaves(command: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield names, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, *names, name)


COMMANDS = list(leaves(root))


def test_every_command_has_its_section() -> None:
    assert list(SECTIONS) == list(dict.fromkeys(names[0] for names, _ in COMMANDS))


@pytest.mark.parametrize(("names", "command"), COMMANDS, ids=[" ".join(names) for names, _ in COMMANDS])
def test_every_command_and_every_option_is_named(names: tuple[str, ...], command: click.Command) -> None:
    section = SECTIONS[names[0]]
    assert len(names) == 1 or names[-1] in section
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "as_json":
            assert any(option in section for option in parameter.opts), parameter.opts


def test_no_option_is_named_that_does_not_exist() -> None:
    known = {
        option
        for _, command in COMMANDS
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) - {"--help"}
    assert named <= known


def test_every_option_of_a_platform_is_in_the_table() -> None:
    table = re.findall(r"^\| `([a-z_]+)` \|", SECTIONS["platform"], re.MULTILINE)
    assert table == list(OPTIONS)

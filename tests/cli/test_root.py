"""The command line explains itself and says what is wrong."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.cli.conftest import CommandLine
from whosthere.cli.root import root

COMMANDS = ("demo", "serve", "platform", "key", "agent", "apikey", "user", "token", "db", "config", "purge")
GROUPS = {
    "platform": ("create", "list", "set", "show"),
    "key": ("delete", "end", "list", "new"),
    "agent": ("create", "token"),
    "apikey": ("create", "list", "revoke"),
    "user": ("end-sessions", "erase", "export", "find", "unseal"),
    "token": ("explain", "sign"),
    "db": ("status", "upgrade"),
    "config": ("check",),
}


def test_the_help_names_every_command(lite: CommandLine) -> None:
    printed = lite.done("--help")
    assert [line.split()[0] for line in printed.partition("Commands:")[2].strip().splitlines()] == list(COMMANDS)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_names_its_commands(lite: CommandLine, group: str) -> None:
    printed = lite.done(group, "-h")
    names = {line.split()[0] for line in printed.partition("Commands:")[2].strip().splitlines()}
    assert set(GROUPS[group]) <= names


def test_the_version_is_that_of_the_installed_package(lite: CommandLine) -> None:
    assert lite.done("--version") == f"whosthere {version('whosthere')}\n"


def test_the_package_can_be_run_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "whosthere", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("whosthere ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("plattform",),
        ("platform", "rename"),
        ("platform", "create"),
        ("platform", "set", "Shop"),
        ("platform", "set", "Shop", "verification"),
        ("platform", "set", "Shop", "=off"),
        ("platform", "set", "Shop", "anonymous_days=7", "anonymous-days=8"),
        ("key", "new", "Shop", "--scheme", "md5"),
        ("key", "end", "Shop", "2027-01", "someday"),
        ("token", "sign", "Shop", "--user-id", "ada", "--expires-in", "60"),
        ("token", "sign", "Shop", "--user-id", "ada", "--jwt", "--expires-in", "0"),
        ("serve", "--port", "70000"),
        ("serve", "--workers", "0"),
    ],
)
def test_what_makes_no_sense_exits_with_2(lite: CommandLine, arguments: tuple[str, ...]) -> None:
    assert "Usage:" in lite.misunderstood(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("platform", "list"),
        ("platform", "create", "Shop"),
        ("key", "list", "Shop"),
        ("purge",),
        ("token", "sign", "Shop", "--user-id", "ada"),
        ("serve",),
    ],
)
def test_an_empty_database_is_refused_with_the_command_that_helps(
    empty: CommandLine, arguments: tuple[str, ...]
) -> None:
    assert "run: whosthere db upgrade" in empty.refused(*arguments)


def test_all_problems_of_the_configuration_are_told_and_no_secret(lite: CommandLine) -> None:
    result = lite.run("platform", "list", WHOSTHERE_SECRET_KEY="too-short", WHOSTHERE_RATE_LIMIT="often")
    assert result.exit_code == 1
    assert "WHOSTHERE_SECRET_KEY" in result.stderr
    assert "WHOSTHERE_RATE_LIMIT" in result.stderr
    assert "too-short" not in result.output


def test_a_database_that_cannot_be_reached_is_told_without_its_password(lite: CommandLine) -> None:
    url = "postgresql://ada:hunter2@127.0.0.1:1/whosthere"
    result = lite.run("platform", "list", WHOSTHERE_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "The database cannot be used" in result.stderr
    assert "hunter2" not in result.output


def test_every_command_has_a_line_of_help() -> None:
    import click

    context = click.Context(root)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str()

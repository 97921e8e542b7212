"""The command line over a fresh database of each kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ENCRYPTION_KEY
from whosthere.cli.root import root


def variables(database_url: str, folder: Path) -> dict[str, str]:
    """The environment of an installation."""
    return {
        "WHOSTHERE_DATABASE_URL": database_url,
        "WHOSTHERE_INSTANCE_PATH": str(folder),
        "WHOSTHERE_SECRET_KEY": "a key that signs the sessions of the tests",
        "WHOSTHERE_ENCRYPTION_KEYS": ENCRYPTION_KEY,
    }


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands as somebody would who types them."""

    environ: Mapping[str, str]

    def run(self, *arguments: str, stdin: str | bytes | None = None, **more: str) -> Result:
        """Run one command; `more` are further environment variables."""
        return CliRunner().invoke(root, list(arguments), input=stdin, env={**self.environ, **more})

    def done(self, *arguments: str, stdin: str | bytes | None = None) -> str:
        """Run a command that has to succeed and return what it printed."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str, stdin: str | bytes | None = None) -> Any:
        """Run a command that has to succeed with `--json` and return its answer."""
        return json.loads(self.done(*arguments, "--json", stdin=stdin))

    def refused(self, *arguments: str, stdin: str | bytes | None = None) -> str:
        """Run a command that has to be refused, and return what it said on stderr."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        return result.stderr

    def misunderstood(self, *arguments: str) -> str:
        """Run a command that makes no sense, and return what it said on stderr."""
        result = self.run(*arguments)
        assert result.exit_code == 2, result.output
        return result.stderr


@pytest.fixture
def cli(database_url: str, tmp_path: Path) -> CommandLine:
    """The command line over a fresh database of each kind."""
    return CommandLine(variables(database_url, tmp_path / "instance"))


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> CommandLine:
    """The command line over SQLite, for what no database makes a difference to."""
    return CommandLine(variables(sqlite_url, tmp_path / "instance"))


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> CommandLine:
    """The command line over a database without any table, once of each kind."""
    return CommandLine(variables(empty_database_url, tmp_path / "instance"))


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("WHOSTHERE_")]:
        monkeypatch.delenv(name)

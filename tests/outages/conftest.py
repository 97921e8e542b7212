"""Installations that are served for real, and what it takes to cut their power."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, variables
from tests.outages.site import Site, open_site

Serve = Callable[..., Site]


@pytest.fixture
def cli(database_url: str, tmp_path: Path) -> CommandLine:
    """The command line over a fresh database of each kind."""
    return CommandLine(variables(database_url, tmp_path / "instance") | {"WHOSTHERE_RATE_LIMIT": "off"})


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Call it with a command line and arguments to have that installation served until the test ends."""
    with ExitStack() as stack:
        yield lambda cli, *arguments, **more: stack.enter_context(
            open_site(cli, tmp_path / "server", *arguments, **more)
        )

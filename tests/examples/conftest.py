"""The three examples, each started once, under a sub-path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.sites import Example, example


@pytest.fixture(scope="session")
def shop(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The running book shop (Flask)."""
    with example("flask", "tests.examples.both:flask()", _sqlite_template, tmp_path_factory.mktemp("shop")) as site:
        yield site


@pytest.fixture(scope="session")
def club(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The running rowing club (Django)."""
    app = "tests.examples.both:other('app.wsgi')"
    with example("django", app, _sqlite_template, tmp_path_factory.mktemp("club")) as site:
        yield site


@pytest.fixture(scope="session")
def tern(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The running documentation (plain WSGI)."""
    app = "tests.examples.both:other('app')"
    with example("wsgi", app, _sqlite_template, tmp_path_factory.mktemp("tern")) as site:
        yield site

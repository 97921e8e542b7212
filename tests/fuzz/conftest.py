"""One installation of each kind of database answers every request; every test opens shops of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import hypothesis.core
import pytest
import schemathesis
from flask import Flask
from hypothesis.internal.conjecture import engine
from hypothesis.strategies._internal import collections

from tests.conftest import ENCRYPTION_KEY
from tests.fuzz.surface import CONFIG, Surface, closed
from tests.shop import open_shop
from tests.team import hash_quickly, hire
from tests.web.server.endpoints import open_backend
from whosthere.settings import load_settings
from whosthere.web import create_app
from whosthere.wiring import build_runtime


@pytest.fixture(scope="session")
def apps(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Flask]]:
    """The application over a database of each kind: making up a request takes longer than answering it twice."""
    with ExitStack() as stack:
        folders = {kind: tmp_path_factory.mktemp(kind) for kind in ("sqlite", "postgresql")}
        yield [
            stack.enter_context(_running(_database_url(request, kind, folder), folder))
            for kind, folder in folders.items()
        ]


@contextmanager
def _running(database_url: str, folder: Path) -> Iterator[Flask]:
    settings = load_settings(
        {},
        database_url=database_url,
        instance_path=folder,
        secret_key="a key that signs the sessions of the tests",
        encryption_keys=ENCRYPTION_KEY,
        rate_limit=None,
    )
    runtime = build_runtime(settings)
    yield create_app(settings, runtime=runtime)
    runtime.hub.close()
    runtime.database.close()


def _database_url(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        template: Path = request.getfixturevalue("_sqlite_template")
        return f"sqlite:///{shutil.copy(template, folder / 'whosthere.sqlite3')}"
    template_name: str = request.getfixturevalue("_postgres_template")
    url: str = request.getfixturevalue("postgres").create(f"surface_{folder.name}", template=template_name)
    return url


@pytest.fixture(autouse=True)
def _hypothesis_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give Hypothesis back what Schemathesis changes about it, or other tests would not print what failed them."""
    monkeypatch.setattr(hypothesis.core, "RepresentationPrinter", hypothesis.core.RepresentationPrinter)
    for module in (engine, collections):
        monkeypatch.setattr(module, "BUFFER_SIZE", module.BUFFER_SIZE)


@pytest.fixture
def surfaces(apps: list[Flask], monkeypatch: pytest.MonkeyPatch) -> list[Surface]:
    """Each application with what its document says, a new shop, and Grace of that shop."""
    hash_quickly(monkeypatch)
    return [_surface(app) for app in apps]


def _surface(app: Flask) -> Surface:
    runtime = app.extensions["whosthere.runtime"]
    shop = open_shop(runtime)
    grace = hire(runtime, shop.id, email=f"grace-{shop.id}@example.com")
    described: dict[str, Any] = app.test_client().get("/openapi.json").json
    schema = schemathesis.openapi.from_dict(closed(described), config=CONFIG)
    return Surface(app, shop, grace, open_backend(app.test_client(), shop).key.secret, schema)

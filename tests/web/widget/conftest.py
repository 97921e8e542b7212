"""One installation of each kind of database serves all tests of the widget API; every test opens shops of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.clock import Clock
from tests.conftest import ENCRYPTION_KEY
from tests.listening import Stream, listening
from tests.people import ADA
from tests.rows import Rows
from tests.servers import LiveServer, serve
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.web.widget.endpoints import BOOT, Call, Endpoint
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings, load_settings
from whosthere.web import create_app
from whosthere.wiring import build_runtime

Listen = Callable[..., AbstractContextManager[Stream]]


@dataclass(frozen=True, slots=True)
class House:
    """A running installation, with the clock that it goes by."""

    settings: Settings
    clock: Clock
    runtime: Runtime
    app: Flask


def _house(database_url: str, folder: Path) -> Iterator[House]:
    settings = load_settings(
        {},
        database_url=database_url,
        instance_path=folder,
        secret_key="a key that signs the sessions of the tests",
        encryption_keys=ENCRYPTION_KEY,
        rate_limit=None,
    )
    clock = Clock()
    runtime = build_runtime(settings, clock=clock)
    if runtime.database.is_sqlite:  # these tests ask nothing about durability, and waiting for a disk takes long
        event.listen(runtime.database.engine, "connect", lambda driver, _: driver.execute("PRAGMA synchronous=OFF"))
    app = create_app(settings, runtime=runtime)
    app.testing = True
    yield House(settings, clock, runtime, app)
    runtime.hub.close()
    runtime.database.close()


@pytest.fixture(scope="session")
def _sqlite_house(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    file = shutil.copy(_sqlite_template, folder / "whosthere.sqlite3")
    yield from _house(f"sqlite:///{file}", folder)


@pytest.fixture(scope="session")
def _postgres_house(
    request: pytest.FixtureRequest, _postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    url = request.getfixturevalue("postgres").create("widget_house", template=_postgres_template)
    yield from _house(url, tmp_path_factory.mktemp("house"))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest) -> House:
    """The shared installation, once on each kind of database."""
    name = {"sqlite": "_sqlite_house", "postgresql": "_postgres_house"}[request.param]
    found: House = request.getfixturevalue(name)
    return found


@pytest.fixture
def clock(house: House) -> Clock:
    """The clock of the shared installation; it only ever goes forward."""
    return house.clock


@pytest.fixture
def runtime(house: House) -> Runtime:
    """The running parts of the shared installation."""
    return house.runtime


@pytest.fixture
def settings(house: House) -> Settings:
    """The settings of the shared installation."""
    return house.settings


@pytest.fixture
def app(house: House) -> Flask:
    """The shared application."""
    return house.app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Calls the shared application without a socket."""
    return app.test_client()


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    """A platform of this test alone, with the default policy."""
    return open_shop(runtime)


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    """The rows of this test's platform."""
    return Rows(runtime.database, shop.id)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    """Ada, verified."""
    return shop.visitor(client, ADA.proven())


@pytest.fixture
def call(ada: Visitor, shop: Shop) -> Call:
    """Call an endpoint as Ada, about a conversation of hers; the body is sent as it is."""
    conversation_id = ada.start()["conversation"]["id"]

    def send(endpoint: Endpoint, body: bytes | None, content_type: str = "application/json", **more: str) -> Any:
        # A boot with a session would revoke that, which is no side effect of bad input.
        own = {"Origin": ada.headers["Origin"]} if endpoint is BOOT else ada.headers
        headers = own | more | ({"Content-Type": content_type} if content_type else {})
        return ada.client.open(endpoint.url(conversation_id), method=endpoint.method, headers=headers, data=body)

    return send


@pytest.fixture
def server(app: Flask) -> Iterator[LiveServer]:
    """The shared application on a real socket."""
    with serve(app) as running:
        yield running


@pytest.fixture
def listen(server: LiveServer) -> Listen:
    """Call it with a visitor to open its stream."""

    def opened(visitor: Visitor, last_event_id: str | None = None) -> AbstractContextManager[Stream]:
        resuming = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        return listening(server.port, f"{WIDGET}/stream", visitor.headers | resuming)

    return opened

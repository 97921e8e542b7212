"""Fixtures that every test may use: databases, Redis, a browser, a clock, servers."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from wsgiref.types import WSGIApplication

import hypothesis
import pytest

from tests import loopback, servers
from tests.clock import Clock
from whosthere.settings import Settings, load_settings
from whosthere.storage.database import Database
from whosthere.storage.migrate import upgrade

if TYPE_CHECKING:  # imported by the fixtures that need them: most tests need neither a browser nor the web
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext, Page
    from xdist.remote import Producer
    from xdist.scheduler.protocol import Scheduling

    from tests.shop import Shop
    from whosthere.services.runtime import Runtime

T = TypeVar("T")

ENCRYPTION_KEY = base64.urlsafe_b64encode(b"the tests' own key, of 32 bytes.").decode()
TEMPLATE = "whosthere_template"
SHARED_MEMORY = Path("/dev/shm")
SCRATCH_BYTES = 4_000_000_000
CHROMIUM_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

hypothesis.settings.register_profile("whosthere", deadline=None, print_blob=True)
hypothesis.settings.load_profile("whosthere")
_numbers = count(1)


def pytest_configure() -> None:
    """Keep the whole run on this machine, and its thousands of small databases in memory where there is room."""
    loopback.guard()
    usable = "TMPDIR" not in os.environ and SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK)
    if usable and shutil.disk_usage(SHARED_MEMORY).free > SCRATCH_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(SHARED_MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Share the tests out one by one, but those that share something dear go to one worker together."""
    from tests.scheduling import Together

    return Together(config, log)


def absent(program: str) -> None:
    """Skip loudly; on CI, where everything has to be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing on this machine", pytrace=False)
    pytest.skip(f"{program} is missing: see tests/prepare")


@contextmanager
def present(server: AbstractContextManager[T]) -> Iterator[T]:
    """Enter `server`, or skip when its program is not installed."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server)
        except servers.Missing as missing:
            absent(str(missing))
        yield running


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until the test advances it."""
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A PostgreSQL cluster for this run (not durable; see `servers.postgres(fsync=True)`)."""
    with present(servers.postgres()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _postgres_template(postgres: servers.Postgres) -> str:
    database = Database(postgres.create(TEMPLATE), pool_size=1)
    upgrade(database)
    database.close()  # a template must not be in use while it is copied
    return TEMPLATE


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "whosthere.sqlite3"
    database = Database(f"sqlite:///{path}", pool_size=1)
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with the schema of this release."""
    return f"sqlite:///{shutil.copy(_sqlite_template, tmp_path / 'whosthere.sqlite3')}"


@pytest.fixture
def postgres_url(postgres: servers.Postgres, _postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the schema of this release."""
    name = f"whosthere_{next(_numbers)}"
    yield postgres.create(name, template=_postgres_template)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the schema of this release, once of each kind."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    cluster: servers.Postgres = request.getfixturevalue("postgres")
    name = f"whosthere_{next(_numbers)}"
    yield cluster.create(name)
    cluster.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with the schema of this release, once of each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _redis() -> Iterator[str]:
    with present(servers.redis()) as url:
        yield url


@pytest.fixture
def redis_url(_redis: str) -> str:
    """The URL of an empty Redis."""
    import redis

    with redis.Redis.from_url(_redis) as client:
        client.flushall()
    return _redis


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings over a fresh database of each kind, without rate limits."""
    return load_settings(
        {},
        database_url=database_url,
        instance_path=tmp_path / "instance",
        secret_key="a key that signs the sessions of the tests",
        encryption_keys=ENCRYPTION_KEY,
        rate_limit=None,
    )


@pytest.fixture
def runtime(settings: Settings, clock: Clock) -> Iterator[Runtime]:
    """The running parts over a fresh database of each kind."""
    from tests.once import spell_statements_once
    from whosthere.wiring import build_runtime

    spell_statements_once()
    built = build_runtime(settings, clock=clock)
    yield built
    built.hub.close()
    built.database.close()


@pytest.fixture
def app(settings: Settings, runtime: Runtime) -> Flask:
    """The application over a fresh database of each kind."""
    from tests.once import compile_routes_once, compile_templates_once
    from whosthere.web import create_app

    compile_routes_once()
    created = create_app(settings, runtime=runtime)
    compile_templates_once(created)
    created.testing = True
    return created


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Calls the application without a socket."""
    return app.test_client()


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    """A platform with the default policy, one `standard` key and one origin."""
    from tests.shop import open_shop

    return open_shop(runtime)


@pytest.fixture
def live_server() -> Iterator[Callable[[WSGIApplication], servers.LiveServer]]:
    """Call it with a WSGI application to have that on a real socket until the test ends."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(servers.serve(app))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        absent("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own: no cookies, no storage."""
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """A tab in a profile of its own."""
    return browser_context.new_page()

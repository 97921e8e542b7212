"""Fixtures of the middleware's tests: one installation with one platform, and hosts to embed it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import pytest

from tests.clock import Clock
from tests.conftest import ENCRYPTION_KEY
from tests.shop import Shop, open_shop
from whosthere import ChatMiddleware
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings, load_settings
from whosthere.wiring import build_runtime

Embed = Callable[..., ChatMiddleware]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Settings over a fresh SQLite file: what differs between databases is tested below the middleware."""
    return load_settings(
        {},
        database_url=sqlite_url,
        instance_path=tmp_path / "instance",
        secret_key="a key that signs the sessions of the tests",
        encryption_keys=ENCRYPTION_KEY,
        rate_limit=None,
    )


@pytest.fixture
def runtime(settings: Settings, clock: Clock) -> Iterator[Runtime]:
    """The same installation, seen from beside the host."""
    built = build_runtime(settings, clock=clock)
    yield built
    built.hub.close()
    built.database.close()


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    """The one platform, with one `standard` key."""
    return open_shop(runtime)


@pytest.fixture
def embed(settings: Settings, clock: Clock) -> Iterator[Embed]:
    """Call it with a host to put the chat into it."""
    made: list[ChatMiddleware] = []

    def embedded(app: WSGIApplication, mount: str = "/support", **options: Any) -> ChatMiddleware:
        made.append(ChatMiddleware(app, mount, options.pop("settings", settings), clock=clock, **options))
        return made[-1]

    yield embedded
    for middleware in made:
        running = middleware.chat.extensions["whosthere.runtime"]
        running.hub.close()
        running.database.close()

"""Fixtures for tests with a real browser: a street with a shop on it, and a stage for every trick of a page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import servers
from tests.browser.stage import OPEN_SHADOW, Stage, Website
from tests.browser.street import Street, build
from tests.clock import Clock
from tests.conftest import ENCRYPTION_KEY
from tests.shop import open_shop
from whosthere.services.runtime import Runtime
from whosthere.settings import load_settings
from whosthere.web import create_app
from whosthere.wiring import build_runtime

expect.set_options(timeout=60_000)  # a slow machine is no failure


@pytest.fixture
def clock() -> Clock:
    """A clock that begins at the browser's own time, and stands still until the test advances it."""
    return Clock(time.time_ns() // 1_000_000)


@pytest.fixture
def street(app: Flask, runtime: Runtime, live_server: Callable[[WSGIApplication], servers.LiveServer]) -> Street:
    """A chat server and a shop of another origin, both on real sockets."""
    return build(app, runtime, live_server)


@pytest.fixture
def stage(
    sqlite_url: str, tmp_path: Path, clock: Clock, live_server: Callable[[WSGIApplication], servers.LiveServer]
) -> Iterator[Stage]:
    """A chat server on SQLite and a shop of another origin, whose pages a test writes itself."""
    settings = load_settings(
        {},
        database_url=sqlite_url,
        instance_path=tmp_path / "stage",
        secret_key="a key that signs the sessions of the tests",
        encryption_keys=ENCRYPTION_KEY,
        rate_limit=None,
    )
    runtime = build_runtime(settings, clock=clock)
    website = Website()
    site = live_server(website)
    near, far = site.url, site.at("shop.localhost")
    chat = live_server(create_app(settings, runtime=runtime))
    yield Stage(open_shop(runtime, origins=(near, far)), website, near, far, chat)
    runtime.hub.close()
    runtime.database.close()


@pytest.fixture
def tabs(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Call it for a tab in a browser profile of its own; keyword arguments are those of the profile."""
    contexts: list[BrowserContext] = []

    def tab(**options: Any) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(60_000)
        context.add_init_script(OPEN_SHADOW)
        contexts.append(context)
        return context.new_page()

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """A tab; the shadow root of the launcher is open to the test."""
    browser_context.add_init_script(OPEN_SHADOW)
    return browser_context.new_page()

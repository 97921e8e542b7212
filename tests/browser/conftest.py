"""Fixtures of the tests in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.stage import OPEN_SHADOW, Stage, Website
from tests.servers import LiveServer
from tests.shop import open_shop
from whosthere.services.runtime import Runtime
from whosthere.web import create_app


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough for what a browser can see."""
    return sqlite_url


@pytest.fixture
def stage(runtime: Runtime, settings: object, live_server: Callable[[WSGIApplication], LiveServer]) -> Stage:
    """A chat server and a shop of another site; the shop's origin is on the platform's list."""
    website = Website()
    site_url = live_server(website).at("shop.localhost")
    shop = open_shop(runtime, origins=(site_url,))
    chat = live_server(create_app(settings, runtime=runtime))  # type: ignore[arg-type]
    return Stage(shop, website, site_url, chat)


@pytest.fixture
def tabs(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Call it for a tab in a browser profile of its own; keyword arguments are those of the profile."""
    contexts: list[BrowserContext] = []

    def tab(**options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
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

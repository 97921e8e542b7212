"""A shop with an agent called Grace and a visitor called Ada, and Grace's browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.browser.inbox.moves import ready
from tests.browser.street import Street
from tests.people import ADA
from tests.shop import Shop, Visitor, open_shop
from tests.team import PASSWORD, Colleague, hash_quickly, hire
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime

Tabs = Callable[..., Page]
DESKTOP = {"width": 1440, "height": 860}


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what differs between databases is tested without a browser."""
    return sqlite_url


@pytest.fixture
def shop(street: Street, runtime: Runtime) -> Shop:
    """A platform that lets claimed visitors in, so that every assurance can be seen."""
    return open_shop(runtime, verification=Verification.REPORT)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    """An agent of the shop."""
    return hire(runtime, shop.id)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    """Ada, verified."""
    return shop.visitor(client, ADA.proven())


@pytest.fixture
def sit_down(street: Street, grace: Colleague, tabs: Tabs) -> Callable[..., Page]:
    """Call it to sign Grace (or `who`) in in a browser of her own and go to a page of the inbox."""

    def sign_in(path: str = "", who: Colleague = grace, **options: Any) -> Page:
        page = tabs(**{"viewport": DESKTOP, **options})
        page.goto(f"{street.chat}/agent/{path}")
        page.fill("#email", who.email)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector("#rows")
        if options.get("java_script_enabled", True):
            ready(page)
        return page

    return sign_in

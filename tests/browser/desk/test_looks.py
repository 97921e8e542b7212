"""Every state of the desk, in light and dark: axe-core finds nothing, nothing overflows; pictures on request."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.browser.desk.bureau import furnish, sign_in
from tests.browser.desk.states import STATES
from tests.browser.inbox.test_states import AXE, findings
from tests.browser.street import Street
from tests.clock import Clock
from tests.conftest import absent
from tests.team import hash_quickly, hire
from whosthere.services.runtime import Runtime

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PICTURES = os.environ.get("WHOSTHERE_PICTURES")
"""A folder for pictures of the states; see contact_sheet.py."""
ONLY = [name for name in os.environ.get("WHOSTHERE_STATES", "").split("|") if name]
PHONE = 390
SCREENS = ((1440, 900), (PHONE, 844))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what differs between databases is tested without a browser."""
    return sqlite_url


def test_everybody_can_use_every_page(
    street: Street,
    runtime: Runtime,
    client: FlaskClient,
    clock: Clock,
    tabs: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One browser walks through them all."""
    if not AXE.exists():
        absent("axe-core (npm)")
    hash_quickly(monkeypatch)
    desk = furnish(runtime, client, clock)
    desk.chat = street.chat
    page, outside = (tabs(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") for _ in range(2))
    for tab in (page, outside):
        tab.add_init_script(path=AXE)
    sign_in(page, desk, desk.grace.email)
    problems: list[Any] = []
    for name, scene in STATES.items():
        if not ONLY or name in ONLY:
            scene(page, desk)
            problems += looked_at(page, name)
    sign_in(outside, desk, hire(runtime, desk.shop.id, "sam@example.com", name="Sam Carter").email)
    problems += looked_at(outside, "closed")
    assert not problems, "\n".join(map(str, problems))


def looked_at(page: Page, name: str) -> list[Any]:
    """Return what is wrong with a page: in the hand for axe-core, there and at a desk for what overflows."""
    problems: list[Any] = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark") if width == PHONE or PICTURES else ():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if width == PHONE:
                problems += [(name, scheme, found) for found in findings(page, scheme)]
            if PICTURES:
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            problems.append((name, width, f"{wide} px too wide"))
    return problems

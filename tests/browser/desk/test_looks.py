"""Every state of the desk, in light and dark: axe-core finds nothing, nothing overflows; pictures on request."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.browser.desk.bureau import Bureau, furnish, sign_in
from tests.browser.desk.states import ALIKE, STATES
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
LOST = """() => document.querySelector(".desk nav ul")
    && document.querySelectorAll(".desk nav [aria-current=page]").length !== 1"""
SMALL = """() => [...document.querySelectorAll(".desk a.button, .desk button")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < (one.closest(".copy") ? 36 : 44))
    .map((one) => one.textContent)"""
"""What a thumb can hit is 44 px high, or 36 px beside text to be copied."""
SCREENS = ((320, 640), (1440, 900), (PHONE, 844))


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
        if name in ONLY or (not ONLY and (PICTURES or name not in ALIKE)):
            scene(page, desk)
            problems += looked_at(page, name)
    by_keyboard(page, desk)
    sign_in(outside, desk, hire(runtime, desk.shop.id, "sam@example.com", name="Sam Carter").email)
    problems += looked_at(outside, "closed")
    assert not problems, "\n".join(map(str, problems))


def by_keyboard(page: Page, desk: Bureau) -> None:
    """The skip link comes first, and leads past the navigation; the title says where this is."""
    desk.go(page, "keys")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="End or delete").first).to_be_focused()
    expect(page).to_have_title("Keys · Harbour Shop · Whosthere")


def looked_at(page: Page, name: str) -> list[Any]:
    """Return what is wrong with a page: in the hand for axe-core, there and at a desk for what overflows."""
    problems: list[Any] = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark") if width == PHONE or (PICTURES and width > PHONE) else ():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if width == PHONE:
                problems += [(name, scheme, found) for found in findings(page, scheme)]
            if PICTURES:
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            problems.append((name, width, f"{wide} px too wide"))
    problems += [(name, "too small for a thumb", label) for label in page.evaluate(SMALL)]
    if page.evaluate(LOST):
        problems.append((name, "the navigation does not say where this is"))
    return problems

"""From an empty desk to a verified visitor on an own page: what a stranger does in the first three minutes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.stage import Stage
from tests.people import ADA
from tests.team import PASSWORD, hash_quickly, hire

pytestmark = pytest.mark.browser

THREE_MINUTES_SECONDS = 180


def test_the_first_verified_visitor_takes_three_minutes(
    stage: Stage, tabs: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    grace = hire(stage.shop.runtime, stage.shop.id, role="owner")
    began = time.monotonic()
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    desk = tabs(viewport={"width": 1440, "height": 900})
    desk.on("console", hear)
    desk.goto(f"{stage.chat.url}/admin/platforms/new")
    desk.fill("#email", grace.email)
    desk.fill("#password", PASSWORD)
    desk.press("#password", "Enter")
    desk.fill("#name", "Harbour App")
    desk.fill("#origins", stage.site_url)
    if desk.locator("#password").count():
        desk.fill("#password", PASSWORD)
    desk.get_by_role("button", name="Create platform").click()
    secret = desk.get_by_label("Secret key", exact=True).inner_text()
    snippet = desk.get_by_label("Snippet", exact=True).inner_text()
    progress = desk.locator("#progress")
    expect(progress).to_contain_text("Waiting for your page.")

    stage.website.pages["/"] = (f"<!doctype html><title>Shop</title><body>{snippet}</body>", [])
    page = tabs()
    page.goto(f"{stage.site_url}/")
    expect(progress).to_contain_text("Your page has reached us.")
    expect(progress).to_contain_text("Nobody verified yet.")

    identity = json.dumps({**ADA.config(), "userAuthToken": "x"})
    stage.website.pages["/"] = (signed(snippet, identity), [])
    page.reload()
    expect(progress).to_contain_text("The token is not spelled as any live key expects.")
    stage.website.pages["/"] = (signed(snippet, json.dumps(ADA.proven(secret))), [])
    page.reload()
    expect(progress).to_contain_text("A key last proved a visitor")
    assert time.monotonic() - began < THREE_MINUTES_SECONDS
    assert not said, said


def signed(snippet: str, identity: str) -> str:
    """The page with its snippet, and who is signed in."""
    config = f"<script>Object.assign(window.whosthereConfig, {identity})</script>"
    first, end, rest = snippet.partition("</script>")
    return f"<!doctype html><title>Shop</title><body>{first}{end}{config}{rest}</body>"


def test_looks_change_while_somebody_chooses_them(
    stage: Stage, tabs: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    grace = hire(stage.shop.runtime, stage.shop.id, role="admin")
    said: list[str] = []
    desk = tabs(viewport={"width": 390, "height": 844})
    desk.on("console", lambda message: said.append(message.text))
    desk.goto(f"{stage.chat.url}/admin/platforms/{stage.shop.id}/appearance")
    desk.fill("#email", grace.email)
    desk.fill("#password", PASSWORD)
    desk.press("#password", "Enter")
    preview = desk.locator("#preview")
    desk.fill("#greeting", "Ahoy!")
    expect(preview).to_contain_text("Ahoy!", timeout=60_000)
    desk.fill("#brand_color", "#ffee00")
    expect(preview).to_contain_text("Dark · #ffee00", timeout=60_000)
    for page in ("setup", "verification", "keys", "appearance", "people", "doctor", "log"):
        desk.goto(f"{stage.chat.url}/admin/platforms/{stage.shop.id}/{page}")
        wider = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{page} is {wider} px wider than a phone"
    assert not said, said

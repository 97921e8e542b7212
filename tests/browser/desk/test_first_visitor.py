"""From an empty machine to a verified visitor on an own page: what a stranger does in the first three minutes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, Website
from tests.cli.conftest import CommandLine
from tests.cli.serving import serving
from tests.people import ADA
from tests.servers import LiveServer
from tests.team import PASSWORD, hash_quickly, hire

pytestmark = pytest.mark.browser

THREE_MINUTES_SECONDS = 180
TWICE = """() => [1, 2].map(() => document.querySelector("#looks")
    .dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true })))"""
"""What happens to a form that is sent twice: whether each goes out."""


def test_the_first_verified_visitor_takes_three_minutes(
    tmp_path: Path, tabs: Callable[..., Page], live_server: Callable[[WSGIApplication], LiveServer]
) -> None:
    """The commands are those of the README, on a machine that has nothing; the rest is clicked."""
    began = time.monotonic()
    website = Website()
    site = live_server(website).url
    environ = {"WHOSTHERE_INSTANCE_PATH": str(tmp_path / "instance")}
    line = CommandLine(environ)
    line.done("db", "upgrade")
    created = line.done("platform", "create", "My shop", "--origin", site)
    secret = re.search(r"Secret +(\S+) ", created)
    hired = line.done("agent", "create", "you@example.com", "--platform", "My shop", "--role", "admin")
    password, door = re.search(r"Password +(\S+) ", hired), re.search(r"Sign in +http://[^/]+(/\S+)", hired)
    assert secret is not None
    assert password is not None
    assert door is not None
    said: list[str] = []
    desk = tabs(viewport={"width": 1440, "height": 900})
    desk.on("console", lambda message: said.append(message.text))
    with serving(environ, tmp_path / "server") as server:
        desk.goto(f"http://127.0.0.1:{server.port}{door[1]}")
        desk.fill("#email", "you@example.com")
        desk.fill("#password", password[1])
        desk.press("#password", "Enter")
        snippet = desk.get_by_label("Snippet", exact=True).inner_text()
        progress = desk.locator("#progress")
        expect(progress).to_contain_text("Waiting for your page.")

        website.pages["/"] = (f"<!doctype html><title>Shop</title><body>{snippet}</body>", [])
        page = tabs()
        page.goto(f"{site}/")
        expect(progress).to_contain_text("Your page has reached us.")
        expect(progress).to_contain_text("Nobody verified yet.")

        identity = json.dumps({**ADA.config(), "userAuthToken": "x"})
        website.pages["/"] = (signed(snippet, identity), [])
        page.reload()
        expect(progress).to_contain_text("The token is not the spelling of a SHA-256 digest.")
        website.pages["/"] = (signed(snippet, json.dumps(ADA.proven(secret[1]))), [])
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
    assert desk.evaluate(TWICE) == [True, False], "a second click sends nothing"
    for page in ("setup", "verification", "keys", "appearance", "people", "doctor", "log"):
        desk.goto(f"{stage.chat.url}/admin/platforms/{stage.shop.id}/{page}")
        wider = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{page} is {wider} px wider than a phone"
    assert not said, said

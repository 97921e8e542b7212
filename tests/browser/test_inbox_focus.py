"""What has the focus in the inbox keeps it, what is left behind is nobody's, and every target can be hit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.servers import LiveServer
from tests.shop import Shop, Visitor
from tests.team import PASSWORD, Colleague, hash_quickly, hire
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser

Enter = Callable[..., Page]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough for what a browser can see."""
    return sqlite_url


@pytest.fixture
def grace(runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Colleague:
    """An agent of the shop."""
    hash_quickly(monkeypatch)
    return hire(runtime, shop.id)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    """Ada, verified."""
    return shop.visitor(client, ADA.proven())


@pytest.fixture
def enter(app: Flask, grace: Colleague, live_server: Any, tabs: Enter) -> Enter:
    """Call it to sign Grace in, in a browser of her own, by keyboard."""
    server: LiveServer = live_server(app)

    def sign_in(path: str = "", page: Page | None = None, **options: Any) -> Page:
        page = page or tabs(**options)
        page.goto(f"{server.url}/agent/{path}")
        expect(page.locator("#email")).to_be_focused()
        page.keyboard.type(grace.email)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".keys:not([hidden])", state="attached")
        return page

    return sign_in


def path_of(started: dict[str, Any]) -> str:
    return f"conversations/{started['conversation']['id']}"


def test_a_row_keeps_the_focus_when_it_changes_and_moves(
    enter: Enter, client: FlaskClient, shop: Shop, ada: Visitor, clock: Clock
) -> None:
    started = ada.start("The older one")
    shop.visitor(client, BOB.proven()).start("The newer one")
    page = enter()
    rows = page.locator("a.row")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    clock.advance(seconds=1)
    ada.send("POST", f"/{path_of(started)}/messages", {"text": "Up I go", "clientMessageId": "up"})
    expect(rows.nth(0)).to_contain_text("Up I go")
    expect(rows.nth(0)).to_be_focused()


def test_the_button_that_was_pressed_leaves_the_focus_to_its_successor(enter: Enter, ada: Visitor) -> None:
    page = enter(path_of(ada.start()))
    page.get_by_role("button", name="Resolve").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reopen")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()


def test_resolving_leaves_half_a_sentence_where_it_was(enter: Enter, ada: Visitor) -> None:
    page = enter(path_of(ada.start()))
    page.keyboard.press("r")
    page.keyboard.type("Half a sent")
    page.evaluate("window.same = true")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.locator("#text")).to_have_value("Half a sent")
    assert page.evaluate("window.same") is True


def test_a_step_that_somebody_else_took_already_is_told(enter: Enter, ada: Visitor, grace: Colleague) -> None:
    started = ada.start()
    page = enter(path_of(started))
    page.route("**/fragments/**", lambda route: route.abort())  # this page has not heard of it yet
    grace.call(ada.client, "PUT", f"/{path_of(started)}/state", {"state": "rejected"})
    page.keyboard.press("e")
    expect(page.locator("#link")).to_have_text("A conversation that is rejected cannot become resolved here.")


def test_whoever_signs_in_next_finds_no_draft(enter: Enter, ada: Visitor) -> None:
    path = path_of(ada.start())
    page = enter(path)
    page.keyboard.press("r")
    page.keyboard.type("Between us")
    page.reload()
    expect(page.locator("#text")).to_have_value("Between us")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#email")).to_be_visible()
    assert page.evaluate("JSON.stringify(sessionStorage)").count("Between") == 0
    enter(path, page)
    expect(page.locator("#text")).to_have_value("")


@pytest.mark.parametrize("width", [320, 1440])
def test_every_target_is_large_enough_to_hit(enter: Enter, ada: Visitor, width: int) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels."""
    page = enter(viewport={"width": width, "height": 800})
    for path in ("", path_of(ada.start()), "nothing"):
        page.goto(page.url.partition("/agent/")[0] + f"/agent/{path}")
        for target in page.locator("a:visible, button:visible, .tabs span:visible").all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["height"], box["width"]) >= 24, target.inner_text()

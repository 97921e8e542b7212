"""Pages that replace what the script stands on, servers that answer nonsense, and several tabs and platforms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell, texts
from tests.people import ADA, BOB
from tests.rows import Rows
from tests.servers import until
from tests.shop import open_shop
from whosthere.storage.tables import conversations

pytestmark = pytest.mark.browser

LAUNCHER = "#whosthere button"
FRAME = "#whosthere iframe"
BOOT = "**/api/v1/widget/boot"
BEFORE = (
    "Array.prototype.toJSON = () => '[]'; Array.prototype.each = 1; Object.prototype.extend = () => 1",
    "Array.prototype.includes = () => { throw 1; }; Array.prototype.flat = Array.prototype.find = undefined",
    "String.prototype.at = () => { throw 1; }; Promise.prototype.done = 1; window.Symbol.polyfill = true",
)
AFTER = (
    "JSON.stringify = JSON.parse = () => { throw 1; }",
    "window.JSON = undefined",
    "window.fetch = () => { throw new Error('no fetch'); }",
    "window.fetch = async () => new Response('<html>')",
    "Array.prototype.map = Array.prototype.filter = Array.prototype.forEach = () => { throw 1; }",
    "window.Request = window.Response = window.Headers = undefined",
)


@pytest.fixture
def errors(page: Page) -> list[str]:
    """What was thrown into the page."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize("trick", BEFORE)
def test_a_page_that_changed_the_language_before(stage: Stage, page: Page, errors: list[str], trick: str) -> None:
    stage.visit(page, {"tags": ["a"]}, before=trick)
    say(opened(page), "works")
    assert stage.said() == ["works"]
    assert errors == []


@pytest.mark.parametrize("trick", AFTER)
def test_a_page_that_replaces_its_own_tools_afterwards(stage: Stage, page: Page, errors: list[str], trick: str) -> None:
    stage.visit(page, {})
    page.evaluate(f"() => {{ {trick}; }}")
    tell(page, "login", ADA.proven())
    tell(page, "open")
    frame = panel(page)
    expect(frame.locator("#who")).to_contain_text("Ada")
    say(frame, "works")
    assert errors == []


@pytest.mark.parametrize(
    "trick", ["window.fetch = () => { throw 1; }", "window.fetch = undefined", "JSON.stringify = 5"]
)
def test_a_page_without_tools_gets_a_warning(stage: Stage, page: Page, errors: list[str], trick: str) -> None:
    page.goto(stage.put("/", {}, before=trick))
    assert heard(page, "warning")["code"] == "boot_failed"
    assert errors == []


WRONG: tuple[dict[str, Any], ...] = (
    {"body": "<html>", "content_type": "text/html"},
    {"body": ""},
    {"body": "null"},
    {"body": "[]"},
    {"body": '{"session": {}}'},
    {"body": '{"session": {"token": "t"}, "user": {}, "widget": null, "warnings": 5}'},
    {"status": 401, "body": "<html>"},
    {"status": 404, "body": "<html>"},
    {"status": 429, "body": "{}", "headers": {"Retry-After": "Wed, 21 Oct 2065 07:28:00 GMT"}},
    {"status": 500, "body": "{}"},
    {"status": 503, "body": "<html>", "headers": {"Retry-After": "1"}},
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.get('status', 200)} {wrong['body'][:20]}")
def test_a_server_that_answers_nonsense_is_asked_again_later(
    stage: Stage, page: Page, errors: list[str], wrong: dict[str, Any]
) -> None:
    page.clock.install()
    asked: list[int] = []
    allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}

    def answer(route: Route) -> None:
        asked.append(1)
        headers = {**allowed, **wrong.get("headers", {})}
        route.fulfill(**{"content_type": "application/json", **wrong, "headers": headers})

    page.route(BOOT, answer)
    page.goto(stage.put("/", {}))
    until(lambda: page.wait_for_timeout(10) or asked)
    page.wait_for_timeout(50)
    assert len(asked) == 1  # and no storm
    page.unroute_all()
    until(lambda: page.clock.run_for(1000) or page.evaluate("events.some(([name]) => name === 'ready')"), seconds=60)
    say(opened(page), "at last")
    assert errors == []


def test_a_server_that_does_not_answer_harms_nobody(stage: Stage, page: Page, errors: list[str]) -> None:
    page.route(BOOT, lambda route: None)
    page.goto(stage.put("/", {}))
    page.wait_for_function("typeof Whosthere === 'function' && !Array.isArray(Whosthere.q)")
    for command in ("open", "hide", "show", "close", "logout", "reset", "update", "toggle", "destroy"):
        tell(page, command)
    assert page.locator("#whosthere").count() == 0
    assert errors == []


@pytest.mark.parametrize("where", ["head", "late"])
def test_the_script_may_come_before_the_body_or_long_after(stage: Stage, page: Page, where: str) -> None:
    config = json.dumps({"platformId": stage.shop.id})
    script = f'<script id="whosthere-embed" src="{stage.chat.url}/embed.js"></script>'
    head = script if where == "head" else ""
    stage.website.pages["/"] = (f"<!doctype html><script>whosthereConfig={config}</script>{head}<body>Shop", [])
    page.goto(stage.site_url + "/")
    if where == "late":
        page.evaluate(
            """src => document.head.append(Object.assign(document.createElement("script"), { src }))""",
            f"{stage.chat.url}/embed.js",
        )
    expect(page.locator(LAUNCHER)).to_be_visible()


def test_a_page_that_replaces_its_body_keeps_the_chat(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "before")
    page.evaluate("document.documentElement.replaceChild(document.createElement('body'), document.body)")
    expect(page.locator(LAUNCHER)).to_be_visible()
    expect(page.frame_locator(FRAME).locator(".bubble")).to_have_text("before")


def test_two_platforms_on_one_page_know_nothing_of_each_other(stage: Stage, page: Page) -> None:
    sales = open_shop(stage.shop.runtime, origins=(stage.site_url,))
    other = json.dumps({"platformId": sales.id, **BOB.proven(), "widgetOptions": {"position": "bottom-left"}})
    more = f"<script>window.salesConfig={other}</script>"
    more += f'<script async data-name="Sales" src="{stage.chat.url}/embed.js"></script>'
    stage.visit(page, ADA.proven(), body=more)
    page.wait_for_function("window.Sales?.q")
    page.evaluate("Sales('open')")
    expect(page.frame_locator("#sales iframe").locator("#who")).to_contain_text("Bob")
    tell(page, "open")
    expect(page.frame_locator(FRAME).locator("#who")).to_contain_text("Ada")
    page.evaluate("Sales('destroy')")
    assert page.locator("#sales").count() == 0
    say(panel(page), "still here")
    assert stage.said() == ["still here"]


def test_a_reset_in_one_tab_makes_all_tabs_the_same_new_visitor(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "as somebody")
    other = page.context.new_page()
    stage.visit(other, {})
    assert texts(opened(other)) == ["as somebody"]
    tell(page, "reset")
    for tab in (page, other):
        heard(tab, "userChanged")
        expect(tab.frame_locator(FRAME).locator("#greeting")).to_be_visible()
        expect(tab.frame_locator(FRAME).locator(".bubble")).to_have_count(0)
    say(panel(page), "as nobody")
    say(panel(other), "the same nobody")
    found = Rows(stage.shop.runtime.database, stage.shop.id).all(conversations)
    assert len({conversation.record_id for conversation in found}) == 2


def test_a_reset_is_not_lost_when_a_login_follows_at_once(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "as somebody")
    page.evaluate("config => { Whosthere('reset'); Whosthere('login', config); }", ADA.proven())
    expect(panel(page).locator("#who")).to_contain_text("Ada")
    tell(page, "logout")
    heard(page, "userChanged", where=lambda payload: payload["originalState"] == "logged-in")
    say(panel(page), "as nobody")
    assert texts(panel(page)) == ["as nobody"]


def test_a_reset_is_not_lost_when_the_page_is_left_at_once(stage: Stage, page: Page) -> None:
    """Even if the server hears nothing of it just then: the next visit from this browser is somebody new."""
    stage.visit(page, {})
    say(opened(page), "as somebody")
    page.route("**/api/v1/widget/boot", lambda route: route.abort())
    tell(page, "reset")
    page.goto("about:blank")
    page.unroute("**/api/v1/widget/boot")
    stage.visit(page, {})
    say(opened(page), "as nobody")
    assert texts(panel(page)) == ["as nobody"]


def test_a_getter_that_throws_is_one_warning(stage: Stage, page: Page, errors: list[str]) -> None:
    config = (
        f"Object.freeze({{platformId: {stage.shop.id!r}, get tags() {{ throw 1; }}, get userName() {{ throw 1; }}}})"
    )
    stage.visit(page, config)
    say(opened(page), "works")
    codes = [payload["message"].split(":")[0] for payload in payloads(page, "warning") if "unread" in payload["code"]]
    assert sorted(codes) == ["tags", "userName"]
    assert errors == []


def test_a_full_storage_keeps_the_visitor_for_as_long_as_the_page(stage: Stage, page: Page) -> None:
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    stage.visit(page, {}, before=full)
    say(opened(page), "remember me")
    with page.expect_response(BOOT):
        tell(page, "update")
    expect(page.frame_locator(FRAME).locator(".bubble")).to_have_text("remember me")
    say(panel(page), "once more")
    assert len(stage.conversations()) == 1

"""The embed script as websites use it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell, texts
from tests.people import ADA, BOB, OTHER_SECRET
from tests.servers import until

pytestmark = pytest.mark.browser


def test_there_is_one_request_before_the_first_click(stage: Stage, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(stage.chat.url) else None)
    stage.visit(page, ADA.proven())
    page.wait_for_load_state("networkidle")
    assert asked == [f"{stage.chat.url}/embed.js", f"{stage.chat.url}/api/v1/widget/boot"]


def test_a_forged_token_shows_no_launcher_and_says_why_on_request(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(OTHER_SECRET))
    assert heard(page, "userAuthFailure") == {"message": "invalid user auth token"}
    assert page.locator("#whosthere button:visible").count() == 0
    frame = opened(page)
    assert frame.inner_text("#trouble-title") == "We couldn’t confirm it’s you"
    assert frame.inner_text("#trouble-code") == "invalid user auth token"
    expect(frame.locator("#composer")).to_be_hidden()


@pytest.mark.parametrize(("event", "config"), [("ready", ADA.proven()), ("userAuthFailure", ADA.config())])
def test_what_happened_before_a_listener_came_is_told_to_it_once(
    stage: Stage, page: Page, event: str, config: dict[str, Any]
) -> None:
    stage.visit(page, config)
    page.evaluate("event => { window.late = []; Whosthere('addEventListener', event, (p) => late.push(p)); }", event)
    assert len(page.evaluate("late")) == 1


def test_a_listener_that_throws_stops_nobody_and_a_removed_one_hears_nothing(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    page.evaluate(
        """() => { window.heard = []; const gone = () => heard.push("gone");
          Whosthere("addEventListener", "widgetToggle", () => { throw new Error("mine"); });
          Whosthere("addEventListener", "widgetToggle", gone); Whosthere("removeEventListener", "widgetToggle", gone);
          Whosthere("addEventListener", "widgetToggle", () => heard.push("last")); }"""
    )
    opened(page)
    assert page.evaluate("heard") == ["last"]


def test_open_close_toggle_hide_and_show(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    launcher = page.locator("#whosthere button")
    frame = page.locator("#whosthere iframe")
    opened(page)
    expect(launcher).to_have_attribute("aria-expanded", "true")
    tell(page, "toggle")
    expect(frame).not_to_be_visible()
    tell(page, "toggle")
    expect(frame).to_be_visible()
    tell(page, "hide")
    expect(frame).not_to_be_visible()
    expect(launcher).not_to_be_visible()
    tell(page, "show")
    expect(frame).to_be_visible()
    tell(page, "close")
    expect(frame).not_to_be_visible()
    assert [payload["visible"] for payload in payloads(page, "widgetToggle")] == [True, False, True, False, True, False]


def test_logout_ends_the_session_at_the_server_and_in_every_tab(stage: Stage, page: Page) -> None:
    ended: list[int] = []
    page.context.on(
        "response", lambda answer: ended.append(answer.status) if answer.request.method == "DELETE" else None
    )
    stage.visit(page, ADA.proven())
    say(opened(page), "for Ada's eyes")
    other = page.context.new_page()
    stage.visit(other, ADA.proven())
    tell(page, "logout")
    for tab in (page, other):
        assert heard(tab, "userChanged")["originalState"] == "logged-in"
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    assert "for Ada's eyes" not in frame.content()
    assert "Ada" not in frame.inner_text("body")
    until(lambda: page.wait_for_timeout(10) or ended == [204, 204])


WATCH = """
window.seen = new Set();
new MutationObserver(() => seen.add(document.documentElement.textContent)).observe(document, {
  childList: true, subtree: true, characterData: true });
"""


@pytest.mark.parametrize("how", ["login", "update"])
def test_a_change_of_user_leaves_no_trace_of_the_former_one(stage: Stage, page: Page, how: str) -> None:
    """What Ada wrote is in no frame that lives at any time after the page said that Bob is there."""
    stage.visit(page, ADA.proven())
    say(opened(page), "for Ada's eyes")
    page.context.add_init_script(WATCH)
    bob = json.dumps(BOB.proven())
    page.evaluate(
        f"Whosthere('login', {bob})"
        if how == "login"
        else f"Object.assign(whosthereConfig, {bob}); Whosthere('update');"
    )
    assert [frame for frame in page.frames if "/frame?" in frame.url and not frame.is_detached()] == []
    heard(page, "userChanged")
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    say(frame, "it is Bob")
    assert not any("Ada" in text for text in frame.evaluate("[...seen]"))
    assert texts(frame) == ["it is Bob"]


def test_a_boot_that_answers_with_somebody_else_takes_the_frame_away_first(stage: Stage, page: Page) -> None:
    """A getToken that changes its mind: nobody told the script, the server did."""
    stage.visit(
        page,
        f"{{platformId: {json.dumps(stage.shop.id)}, userId: 'ada', getToken: () => window.now}}",
        before=f"window.now={json.dumps(ADA.proven())}",
    )
    say(opened(page), "for Ada's eyes")
    page.evaluate("bob => { window.now = bob; }", BOB.proven())
    page.evaluate(
        """() => { window.order = []; const root = document.querySelector("#whosthere").shadowRoot;
          new MutationObserver((all) => { for (const one of all) for (const node of one.removedNodes)
            if (node.tagName === "IFRAME") order.push("frame gone"); }).observe(root, { childList: true });
          const look = () => order.push(root.querySelector("iframe") ? "frame" : "none");
          Whosthere("addEventListener", "userChanged", look); }"""
    )
    tell(page, "update")
    heard(page, "userChanged")
    assert page.evaluate("order")[:1] != ["frame"]
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    assert texts(frame) == []


def test_update_with_the_same_user_keeps_the_panel_and_what_was_not_sent(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.fill("#text", "not yet")
    frame.evaluate("window.same = true")
    with page.expect_response("**/boot"):
        tell(page, "update")
    page.wait_for_timeout(100)
    assert frame.evaluate("window.same")
    expect(frame.locator("#text")).to_have_value("not yet")
    say(frame, "sent with the new session")

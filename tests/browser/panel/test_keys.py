"""The panel without a mouse, and for those who listen to it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.panel.moves import begin, pick
from tests.browser.stage import Stage, heard, opened, panel, say
from tests.people import ADA
from whosthere.core.conversation import State

pytestmark = pytest.mark.browser

WHERE = "document.activeElement.id || document.activeElement.name || document.activeElement.className"


def tree(page: Page, frame: Frame) -> dict[str, dict[str, Any]]:
    """The accessibility tree of the panel: properties by role."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    found: dict[str, dict[str, Any]] = {}
    frames = session.send("Page.getFrameTree")["frameTree"].get("childFrames", [])
    for one in frames:
        for node in session.send("Accessibility.getFullAXTree", {"frameId": one["frame"]["id"]})["nodes"]:
            role = node.get("role", {}).get("value")
            properties = {entry["name"]: entry["value"].get("value") for entry in node.get("properties", [])}
            found.setdefault(role, {"name": node.get("name", {}).get("value"), **properties})
    return found


def test_the_log_is_a_polite_live_region(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    expect(frame.locator("#log")).to_have_attribute("aria-live", "polite")
    log = tree(page, frame)["log"]
    assert log["name"] == "Conversation"
    assert log["live"] == "polite"
    assert log["relevant"] == "additions"


def test_a_whole_conversation_with_the_keyboard_alone(stage: Stage, page: Page) -> None:
    """From the launcher to the rating and back: every focus can be seen, none is lost."""
    stage.visit(page, ADA.proven())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    expect(frame.locator("#text")).to_be_focused()
    page.keyboard.type("Hello?")
    page.keyboard.press("Enter")
    frame.wait_for_selector(".me .meta:has-text('Sent')")
    stage.put_state(stage.newest(), State.RESOLVED)
    frame.wait_for_selector("#helped")
    before = []
    while frame.evaluate(WHERE) != "helped":
        page.keyboard.press("Shift+Tab")
        before.append(frame.evaluate(WHERE))
        assert len(before) < 6, before
    page.keyboard.press("Enter")
    expect(frame.locator("#card [value='1']")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert (
        frame.evaluate("getComputedStyle(document.querySelector('.marks label:has(:checked)')).outlineStyle") == "solid"
    )
    page.keyboard.press("Tab")
    page.keyboard.type("Thank you")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert heard(page, "csatSubmit") == {"rating": 5, "additionalFeedback": "Thank you"}
    expect(frame.locator("#another")).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator("#text")).to_be_focused()
    page.keyboard.press("Escape")
    heard(page, "widgetToggle", where=lambda payload: not payload["visible"])
    assert page.evaluate("document.activeElement.id") == "whosthere"


def test_escape_leaves_the_list_before_the_panel(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    way = frame.locator("#conversations")
    expect(way).to_be_visible()  # it comes with the conversation that has just begun
    way.focus()
    expect(way).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator(".conversation")).to_be_focused()
    page.keyboard.press("Escape")
    expect(frame.locator("#text")).to_be_focused()
    assert heard(page, "widgetToggle") == {"visible": True}


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 480), (390, 380)])
def test_everything_can_be_reached_at_400_percent_and_above_a_keyboard(
    stage: Stage, page: Page, width: int, height: int
) -> None:
    """1280 × 1024 pixels at 400 % are 320 × 256; a phone's keyboard leaves about 390 × 380."""
    page.set_viewport_size({"width": width, "height": height})
    frame = begin(stage, page, "W" * 200)
    pick(frame, ("a name that is really very long for a file.txt", "text/plain", b"x"))
    frame.wait_for_selector(".chip small")
    for selector in ("#close", "#more", ".chip button", "#attach", "#send", ".me .bubble"):
        part = frame.locator(selector).first
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport()
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_last_message_stays_in_sight_when_the_keyboard_comes(stage: Stage, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    frame = begin(stage, page, "first")
    for number in range(12):
        say(frame, f"message {number}")
    page.set_viewport_size({"width": 390, "height": 420})
    expect(frame.locator(".me").last).to_be_in_viewport()


def test_nothing_moves_for_who_wants_no_motion(stage: Stage, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    stage.visit(page, ADA.proven())
    frame = opened(page)
    say(frame, "Hello?")
    stage.put_state(stage.newest(), State.RESOLVED)
    frame.wait_for_selector("#helped")
    frame.evaluate("document.getElementById('typing').hidden = false")
    assert (
        frame.evaluate("document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 0).length")
        == 0
    )


def test_a_phones_keyboard_leaves_the_composer_in_sight(stage: Stage, page: Page) -> None:
    """The part of the window that can be seen shrinks; the panel, which covers the window, shrinks with it."""
    page.add_init_script(
        """const seen = Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0, scale: 1 });
        Object.defineProperty(window, "visualViewport", { value: seen });"""
    )
    page.set_viewport_size({"width": 390, "height": 780})
    frame = begin(stage, page)
    change = "by => { Object.assign(visualViewport, by); visualViewport.dispatchEvent(new Event('resize')); }"
    page.evaluate(change, {"height": 430, "offsetTop": 50})
    expect(page.locator("#whosthere iframe")).to_have_css("height", "430px")
    expect(page.locator("#whosthere iframe")).to_have_css("top", "50px")
    expect(frame.locator(".me").last).to_be_in_viewport()
    page.evaluate(change, {"height": 780, "offsetTop": 0})
    expect(page.locator("#whosthere iframe")).to_have_css("height", "780px")

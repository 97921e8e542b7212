"""“Redact…” by keyboard, and what colleagues and the visitor see of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inbox.moves import live, start
from tests.shop import Shop, Visitor
from tests.team import hire
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser


def test_a_message_is_taken_back_by_keyboard_and_gone_for_colleagues_at_once(
    sit_down: Callable[..., Page], runtime: Runtime, shop: Shop, ada: Visitor
) -> None:
    path = f"conversations/{start(ada, 'My card is 4000')}"
    colleague = sit_down(path)
    live(colleague)
    page = sit_down(path, hire(runtime, shop.id, "olga@example.com", name="Olga", role="owner"))
    live(page)
    question = page.locator("#redaction")

    page.focus("#thread")
    while "redact" not in (page.evaluate("document.activeElement.className") or ""):
        page.keyboard.press("Tab")
    for leave in ("Escape", "Enter"):  # the second time on “Keep it”, which has the focus
        page.keyboard.press("Enter")
        expect(question).to_contain_text("My card is 4000")
        expect(page.locator("[data-keep]")).to_be_focused()
        page.keyboard.press(leave)
        expect(question).to_be_hidden()
        expect(page.locator("a.redact")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-keep]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("li.user")).to_contain_text("This message was removed.")
    expect(page.locator("#thread")).to_be_focused()
    expect(page.locator("a.redact")).to_have_count(0)
    expect(colleague.locator("li.user")).to_contain_text("This message was removed.")
    expect(colleague.locator("body")).not_to_contain_text("4000")

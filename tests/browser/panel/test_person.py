"""What visitors tell about themselves, what they are offered, and what they may do with their own data."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panel.moves import adjust, begin
from tests.browser.stage import Stage, heard, opened, panel, say, tell, texts
from tests.people import ADA
from tests.rows import Rows
from tests.servers import until
from whosthere.storage.tables import users

pytestmark = pytest.mark.browser

NOBODY_ASKS: dict[str, Any] = {
    "the page gave both": ADA.proven(),
    "full privacy": {"fullPrivacy": True},
}


def row(stage: Stage) -> Any:
    return Rows(stage.shop.runtime.database, stage.shop.id).all(users)[-1]


def test_name_and_email_are_asked_once_and_prove_nothing(stage: Stage, page: Page) -> None:
    """A mistake is said; what is right is kept as claimed; the next page does not ask again."""
    frame = begin(stage, page, config={})
    expect(frame.locator("#card .lead")).to_have_text("How can we reach you?")
    expect(frame.locator("#card")).to_contain_text("it doesn’t sign you in")
    frame.get_by_label("Your name").fill("Ada")
    frame.get_by_label("Your email address").fill("ada at example.com")
    frame.press("#card [name=email]", "Enter")
    expect(frame.locator("#card .wrong")).to_have_text("Please check this address.")
    expect(frame.get_by_label("Your email address")).to_be_focused()
    frame.get_by_label("Your email address").fill("ada@example.com")
    frame.press("#card [name=email]", "Enter")
    expect(frame.locator("#card")).to_be_hidden()
    expect(frame.locator("#text")).to_be_focused()
    assert frame.locator("#who").is_hidden()
    page.reload()
    heard(page, "ready")
    frame = opened(page)
    say(frame, "Me again")
    expect(frame.locator("#card")).to_be_hidden()


def test_only_what_is_missing_is_asked_and_a_no_is_remembered(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, config=ADA.proven(userName=None))
    expect(frame.get_by_label("Your name")).to_be_visible()
    expect(frame.locator("#card input")).to_have_count(1)
    frame.get_by_role("button", name="Not now").click()
    expect(frame.locator("#card")).to_be_hidden()
    page.reload()
    heard(page, "ready")
    frame = opened(page)
    say(frame, "Me again")
    expect(frame.locator(".panel")).to_have_attribute("data-card", "")


@pytest.mark.parametrize("who", NOBODY_ASKS)
def test_nobody_is_asked_when(stage: Stage, page: Page, who: str) -> None:
    frame = begin(stage, page, config=NOBODY_ASKS[who])
    say(frame, "And another thing")
    expect(frame.locator(".panel")).to_have_attribute("data-card", "")


def test_what_the_page_told_is_left_with_the_first_message_and_not_asked(stage: Stage, page: Page) -> None:
    told: list[Any] = []
    page.on("request", lambda one: told.append(one.post_data_json) if one.url.endswith("/contact") else None)
    stage.visit(page, {})
    tell(page, "identify", {"name": "Ada"})
    frame = opened(page)
    assert told == []
    say(frame, "Hello?")
    expect(frame.locator("#card input")).to_have_count(1)
    expect(frame.locator("#card [name=email]")).to_be_visible()
    assert told == [{"name": "Ada"}]


@pytest.mark.parametrize("accept", [True, False])
def test_what_was_begun_without_logging_in_is_offered(stage: Stage, page: Page, accept: bool) -> None:
    """The panel never has the token that proves who wrote it; the answer goes through the page's script."""
    adjust(stage, anonymous_history="ask")
    begin(stage, page, "Before I signed in", {})
    stage.visit(page, ADA.proven())
    frame = opened(page)
    expect(frame.locator("#offer")).to_contain_text("1 conversation in this browser")
    with page.expect_response("**/history-offer"):
        frame.get_by_role("button", name="Yes, add" if accept else "No, leave out").click()
    expect(frame.locator("#card")).to_be_hidden()
    if accept:
        frame.wait_for_selector(".me:has-text('Before I signed in')")
    token = f"localStorage['whosthere:{stage.shop.id}']"
    until(lambda: page.wait_for_timeout(10) or (page.evaluate(token) is None) is accept)
    stage.visit(page, ADA.proven())
    frame = opened(page)
    expect(frame.locator(".panel")).to_have_attribute("data-card", "")
    assert texts(frame) == (["Before I signed in"] if accept else [])


def test_the_conversation_is_downloaded_as_text(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, "Where is it?")
    stage.reply(stage.newest(), "On its way,\nI promise.")
    frame.wait_for_selector(".them")
    frame.click("#more")
    with page.expect_download() as download:
        frame.get_by_role("button", name="Download this conversation").click()
    text = download.value.path().read_bytes().decode()
    assert download.value.suggested_filename.startswith("conversation-20")
    assert text.startswith("Conversation with Shop\r\n\r\n[")
    assert "] You\r\nWhere is it?\r\n\r\n[" in text
    assert text.endswith("] Grace\r\nOn its way,\r\nI promise.\r\n")


@pytest.mark.parametrize("config", [{}, ADA.proven()], ids=["anonymous", "signed in"])
def test_a_browser_forgets_its_visitor_after_a_confirmation(stage: Stage, page: Page, config: dict[str, Any]) -> None:
    frame = begin(stage, page, config=config)
    frame.fill("#text", "a draft")
    frame.click("#more")
    frame.get_by_role("button", name="Forget me").click()
    expect(frame.get_by_role("dialog", name="Forget you on this browser?")).to_be_visible()
    expect(frame.get_by_role("button", name="Cancel")).to_be_focused()
    frame.press("dialog", "Escape")
    expect(frame.locator("dialog")).to_have_count(0)
    expect(frame.locator("#more")).to_be_focused()
    frame.press("#more", "Enter")
    frame.get_by_role("button", name="Forget me").click()
    frame.click("#forget")
    heard(page, "userChanged")
    assert heard(page, "widgetToggle") == {"visible": False}
    frame = opened(page)
    assert texts(frame) == []
    expect(frame.locator("#text")).to_have_value("")
    kept = frame.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
    assert "a draft" not in kept


def test_the_menu_is_closed_by_escape_and_by_leaving_it(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.click("#more")
    expect(frame.locator("#menu button")).to_have_count(1)  # there is nothing to download
    frame.press("#menu button", "Escape")
    expect(frame.locator("#menu")).to_have_count(0)
    expect(frame.locator("#more")).to_be_focused()
    frame.click("#more")
    frame.click("#log")
    expect(frame.locator("#menu")).to_have_count(0)
    assert panel(page).locator("#more").get_attribute("aria-expanded") == "false"

"""The life of a conversation: resolved, rated, ended, reopened, rejected, and the next one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panel.moves import begin
from tests.browser.stage import Stage, heard, opened, payloads, say
from tests.people import ADA
from tests.rows import Rows
from whosthere.core.conversation import State
from whosthere.storage.tables import conversations

pytestmark = pytest.mark.browser


def newest(stage: Stage) -> object:
    return Rows(stage.shop.runtime.database, stage.shop.id).all(conversations)[-1]


def test_it_helped_is_rated_and_ends_and_the_next_one_begins(stage: Stage, page: Page) -> None:
    """The page hears of each step; agents read the rating with its comment."""
    frame = begin(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    expect(frame.locator("#card .lead")).to_have_text("Did this help?")
    frame.click("#helped")
    assert frame.evaluate("document.activeElement.name") == "rating"
    frame.click("#card .rating .button:not(.quiet)")  # nothing is chosen yet
    expect(frame.locator("#card [name=rating]").first).to_be_focused()
    frame.check("#card [value='4']", force=True)
    frame.fill("#card textarea", "  quick & kind  ")
    frame.click("#card .rating .button:not(.quiet)")
    expect(frame.locator("#card")).to_contain_text("You rated this 4 out of 5. Thank you!")
    assert heard(page, "csatSubmit") == {"rating": 4, "additionalFeedback": "quick & kind"}
    assert heard(page, "conversationEnd") == heard(page, "chatEnd") == {}
    row = newest(stage)
    assert (row.state, row.rating, row.rating_comment) == ("ended", 4, "quick & kind")  # type: ignore[attr-defined]
    expect(frame.locator("#text")).to_be_hidden()
    frame.click("#another")
    expect(frame.locator("#text")).to_be_focused()
    say(frame, "Something else")
    assert len(stage.conversations()) == 2


def test_a_rating_can_be_skipped(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    frame.click("#helped")
    frame.click("#card .quiet")
    heard(page, "conversationEnd")
    expect(frame.locator("#card .lead")).to_have_text("This conversation has ended.")
    assert payloads(page, "csatSubmit") == []
    assert newest(stage).rating is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", ["button", "writing"])
def test_it_did_not_help_opens_it_again(stage: Stage, page: Page, way: str) -> None:
    frame = begin(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    frame.wait_for_selector("#reopen")
    if way == "button":
        frame.click("#reopen")
        expect(frame.locator("#text")).to_be_focused()
    else:
        say(frame, "It still rattles")
    heard(page, "conversationReopened")
    expect(frame.locator("#card")).to_be_hidden()
    assert newest(stage).state == "open"  # type: ignore[attr-defined]


def test_the_question_waits_for_the_next_visit(stage: Stage, page: Page) -> None:
    begin(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    heard(page, "conversationResolved")
    page.reload()
    heard(page, "ready")
    expect(opened(page).locator("#helped")).to_be_visible()


def test_what_fails_says_so_and_can_be_tried_again(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    page.route("**/state", lambda route: route.fulfill(status=500, json={"code": "oops"}))
    frame.click("#reopen")
    expect(frame.locator("#card .wrong")).to_have_text("That didn’t work. Please try again.")
    page.unroute_all()
    frame.click("#reopen")
    expect(frame.locator("#card")).to_be_hidden()


def test_a_draft_outlives_a_rejection(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    frame.fill("#text", "half a sent")
    stage.put_state(stage.newest(), State.REJECTED)
    expect(frame.locator("#card .lead")).to_have_text("The team has closed this conversation.")
    frame.click("#another")
    expect(frame.locator("#text")).to_have_value("half a sent")


def test_states_are_told_where_there_are_no_streams(stage: Stage, page: Page) -> None:
    """Whoever polls hears of them with the next look."""
    page.route("**/stream", lambda route: route.fulfill(status=503, json={"code": "streams_unavailable"}))
    frame = begin(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    heard(page, "conversationResolved")
    expect(frame.locator("#helped")).to_be_visible()


def test_two_tabs_that_begin_at_once_write_into_one_conversation(stage: Stage, page: Page) -> None:
    """The server says that there is an open one; the message goes there, once."""
    page.context.route("**/stream", lambda route: route.abort())  # neither hears of the other
    stage.visit(page, ADA.proven())
    one = opened(page)
    other = page.context.new_page()
    stage.visit(other, ADA.proven())
    two = opened(other)
    say(one, "from the first")
    say(two, "from the second")
    assert len(stage.conversations()) == 1
    assert stage.said() == ["from the first", "from the second"]

"""The chat as visitors use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell, texts
from tests.clock import Clock
from tests.people import ADA, BOB
from tests.servers import until
from whosthere.core.conversation import State

pytestmark = pytest.mark.browser


def test_a_visitor_writes_and_the_answer_arrives_live(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    assert frame.inner_text("#who").split("\n")[0].strip() == "Signed in as Ada Lovelace"
    assert "Verified" in frame.inner_text("#who")
    say(frame, "Where is my order?")
    stage.reply(stage.newest(), "On its way.")
    frame.wait_for_selector(".them:has-text('On its way.')")
    assert texts(frame) == ["Where is my order?", "On its way."]
    assert heard(page, "conversationStart") == {"message": "Where is my order?"}
    assert heard(page, "messageAdd") == {"type": "text", "body": "Where is my order?"}
    assert heard(page, "agentMessageReceived")["body"] == "On its way."


def test_a_reload_keeps_the_conversation(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "I have no account")
    page.reload()
    heard(page, "ready")
    frame = opened(page)
    frame.wait_for_selector(".me")
    assert texts(frame) == ["I have no account"]


def test_a_message_is_one_node_from_sending_to_sent_and_said_once(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.evaluate(
        """() => { window.added = []; new MutationObserver((changes) => {
          for (const change of changes) for (const node of change.addedNodes)
            if (node.matches?.(".message")) window.added.push(node);
        }).observe(document.getElementById("messages"), { childList: true, subtree: true }); }"""
    )
    say(frame, "Once")
    assert frame.evaluate("window.added.length === 1 && window.added[0].isConnected")
    assert frame.get_attribute("#log", "role") == "log"
    expect(frame.locator("#log")).to_have_attribute("aria-live", "polite")


def test_an_answer_that_comes_while_the_panel_is_closed_is_counted_and_then_read(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    say(opened(page), "Hello?")
    tell(page, "close")
    assert heard(page, "widgetToggle") == {"visible": False}
    stage.reply(stage.newest(), "Yes?")
    assert heard(page, "newUnreadMessages") == {"unreadCount": 1}
    launcher = page.locator("#whosthere button")
    expect(launcher).to_have_attribute("aria-label", "Chat with Shop, unread: 1")
    expect(page.locator("#whosthere span")).to_have_text("1")
    assert payloads(page, "agentMessageReceived") == []
    launcher.click()
    expect(launcher).to_have_attribute("aria-label", "Chat with Shop")
    heard(page, "agentMessageReceived")
    assert len(payloads(page, "agentMessageReceived")) == 1


def test_unread_messages_are_counted_before_the_panel_was_ever_opened(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    say(opened(page), "Hello?")
    tell(page, "close")
    page.goto("about:blank")
    stage.reply(stage.newest(), "Yes?")
    stage.visit(page, ADA.proven())
    assert heard(page, "newUnreadMessages") == {"unreadCount": 1}
    assert not [frame for frame in page.frames if "/frame" in frame.url]


def test_a_resolved_conversation_costs_no_request_and_a_reopened_one_is_polled_when_the_panel_rests(
    stage: Stage, page: Page
) -> None:
    stage.visit(page, ADA.proven())
    say(opened(page), "Hello?")
    conversation_id = stage.newest()
    stage.put_state(conversation_id, State.RESOLVED)
    heard(page, "conversationResolved")
    page.goto("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(stage.chat.url) else None)
    page.clock.install()
    stage.visit(page, ADA.proven())
    page.clock.run_for(20_000)
    assert [url.partition("?")[0].rpartition("/")[2] for url in asked] == ["embed.js", "boot"]
    frame = opened(page)
    frame.click("#reopen")
    heard(page, "conversationReopened")
    tell(page, "close")
    polls: list[str] = []  # of the page itself, not of the panel in its frame
    page.on("request", lambda request: polls.append(request.url) if request.frame == page.main_frame else None)
    until(lambda: page.clock.run_for(5000) or polls, seconds=60)
    assert all(url.endswith("/conversations") for url in polls)
    stage.reply(conversation_id, "Yes?")
    until(lambda: page.clock.run_for(5000) or payloads(page, "newUnreadMessages"), seconds=60)
    assert payloads(page, "newUnreadMessages") == [{"unreadCount": 1}]


def test_a_draft_survives_a_reload_and_is_nobody_elses(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(), "/ada")
    opened(page).fill("#text", "half a sent")
    page.reload()
    heard(page, "ready")
    expect(opened(page).locator("#text")).to_have_value("half a sent")
    stage.visit(page, BOB.proven(), "/bob")
    expect(opened(page).locator("#text")).to_have_value("")
    stage.visit(page, ADA.proven(), "/ada")
    expect(opened(page).locator("#text")).to_have_value("")


def test_a_draft_of_an_anonymous_visitor_ends_with_reset(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    opened(page).fill("#text", "a secret")
    tell(page, "reset")
    heard(page, "userChanged")
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    expect(frame.locator("#text")).to_have_value("")
    assert "a secret" not in frame.evaluate("JSON.stringify({ ...sessionStorage })")


def test_reset_begins_anew(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "forget this")
    tell(page, "reset")
    assert heard(page, "userChanged")["originalState"] == "anonymous"
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    assert texts(frame) == []
    page.reload()
    heard(page, "ready")
    assert texts(opened(page)) == []


def test_a_message_written_offline_is_sent_once_when_the_network_is_back(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    page.context.set_offline(True)
    frame.wait_for_selector("#status:has-text('offline')")
    frame.fill("#text", "Later")
    frame.press("#text", "Enter")
    frame.wait_for_selector(".me .meta:has-text('Sending')")
    page.context.set_offline(False)
    frame.wait_for_selector(".me .meta:has-text('Sent')")
    assert stage.said() == ["Later"]


def test_a_message_whose_answer_was_lost_is_stored_once_even_over_a_reload(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route(
        "**/api/v1/widget/conversations",
        lambda route: lose(route) if route.request.method == "POST" else route.continue_(),
    )
    frame.fill("#text", "Only once")
    frame.press("#text", "Enter")
    until(lambda: page.wait_for_timeout(10) or stage.said())
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    heard(page, "ready")
    opened(page).wait_for_selector(".me .meta:has-text('Sent')")
    assert stage.said() == ["Only once"]


def test_a_message_that_cannot_be_sent_says_so_and_can_be_tried_again(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    page.route(
        "**/api/v1/widget/conversations", lambda route: route.fulfill(status=400, json={"code": "invalid_field"})
    )
    frame.fill("#text", "Please")
    frame.press("#text", "Enter")
    frame.wait_for_selector(".me .failed:has-text('Not sent.')")
    page.unroute_all()
    frame.click(".retry")
    frame.wait_for_selector(".me .meta:has-text('Sent')")
    assert stage.said() == ["Please"]


def test_resolving_and_reopening_are_told_to_the_visitor_and_to_the_page(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    say(frame, "Help")
    stage.put_state(stage.newest(), State.RESOLVED)
    heard(page, "conversationResolved")
    frame.click("#reopen")
    heard(page, "conversationReopened")
    expect(frame.locator("#resolved")).to_be_hidden()
    stage.put_state(stage.newest(), State.REJECTED)
    heard(page, "conversationRejected")
    frame.click("#another")
    say(frame, "Something else")
    until(lambda: len(stage.conversations()) == 2)


def test_a_long_history_shows_its_end_and_earlier_messages_on_request(stage: Stage, page: Page, clock: Clock) -> None:
    stage.visit(page, ADA.proven())
    say(opened(page), "first words")
    tell(page, "close")
    page.goto("about:blank")
    for number in range(130):
        stage.reply(stage.newest(), f"answer {number}")
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.wait_for_selector(".them:has-text('answer 129')")
    assert "first words" not in texts(frame)
    frame.click("#earlier")
    frame.wait_for_selector(".me:has-text('first words')")
    assert texts(frame) == ["first words", *(f"answer {number}" for number in range(130))]
    expect(frame.locator("#earlier")).to_be_hidden()


def test_a_conversation_begun_in_another_tab_appears_with_its_whole_history(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    other = page.context.new_page()
    stage.visit(other, ADA.proven())
    second = opened(other)
    say(second, "one")
    say(second, "two")
    frame.wait_for_selector(".me:has-text('two')")
    assert texts(frame) == ["one", "two"]


def test_several_tabs_of_one_visitor_share_one_stream(stage: Stage, page: Page) -> None:
    streams: list[str] = []
    page.context.on("request", lambda request: streams.append(request.url) if request.url.endswith("/stream") else None)
    stage.visit(page, ADA.proven())
    say(opened(page), "one")
    other = page.context.new_page()
    stage.visit(other, ADA.proven())
    second = opened(other)
    second.wait_for_selector(".me:has-text('one')")
    stage.reply(stage.newest(), "for both")
    second.wait_for_selector(".them:has-text('for both')")
    assert len(streams) == 1
    page.close()  # the one that listened
    stage.reply(stage.newest(), "still here")
    second.wait_for_selector(".them:has-text('still here')")

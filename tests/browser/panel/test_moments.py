"""What passes: typing, absence, limits, bad connections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panel.moves import adjust, begin, grace, types
from tests.browser.stage import Stage, opened, say
from tests.clock import Clock
from tests.people import ADA
from tests.servers import until
from whosthere.services import inbox, redaction
from whosthere.services.journal import Actor
from whosthere.storage import messages

pytestmark = pytest.mark.browser


def test_an_agents_typing_is_shown_until_the_answer_or_for_a_while(stage: Stage, page: Page, clock: Clock) -> None:
    frame = begin(stage, page)
    agent = grace(stage)
    dots = frame.locator("#typing")
    types(stage, agent)
    expect(dots).to_be_visible()
    assert dots.inner_text().strip() == "Somebody is typing…"
    stage.reply(stage.newest(), "Here you are")
    expect(dots).to_be_hidden()
    clock.advance(seconds=10)
    types(stage, agent)
    expect(dots).to_be_visible()
    expect(dots).to_be_hidden(timeout=60_000)  # forgotten by itself


def test_typing_is_told_now_and_then_and_its_end_once(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    told: list[Any] = []
    page.on("request", lambda one: told.append(one.post_data_json) if one.url.endswith("/typing") else None)
    frame.locator("#text").press_sequentially("Half a sentence")
    frame.fill("#text", "")
    until(lambda: page.wait_for_timeout(10) or {"typing": False} in told)
    assert told == [{"typing": True}, {"typing": False}]


def test_absence_and_the_next_opening_are_said_in_local_time(stage: Stage, tabs: Callable[..., Page]) -> None:
    """A shop that opens the day after tomorrow at 9:00 in Tokyo, seen from New York; and one that is there."""
    opening = datetime.now(UTC) + timedelta(days=2)
    adjust(stage, working_hours=f"{opening:%a} 9:00-17:00 Asia/Tokyo".lower().replace("asia/tokyo", "Asia/Tokyo"))
    page = tabs(timezone_id="America/New_York", locale="en-US")
    stage.visit(page, {})
    frame = opened(page)
    expect(frame.locator("#subtitle")).to_have_text("Away at the moment")
    expect(frame.locator("#away")).to_contain_text("we’re back")
    expect(frame.locator("#away")).to_contain_text(("7:00 PM", "8:00 PM")[datetime.now(UTC).month in range(4, 11)])
    adjust(stage, working_hours="", reply_time="minutes")
    page.reload()
    frame = opened(page)
    expect(frame.locator("#subtitle")).to_have_text("Usually replies within minutes")
    expect(frame.locator("#away")).to_be_hidden()


def test_too_many_requests_count_down_and_go_on_by_themselves(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    left = [1]

    def limit(route: Any) -> None:
        if left and left.pop():
            route.fulfill(status=429, headers={"Retry-After": "3"}, json={"code": "too_many_requests"})
        else:
            route.continue_()

    page.route("**/messages", lambda route: limit(route) if route.request.method == "POST" else route.continue_())
    frame.fill("#text", "One more")
    frame.press("#text", "Enter")
    expect(frame.locator("#status-text")).to_have_text("That was a lot at once. We go on in a moment.")
    expect(frame.locator("#countdown")).to_have_text("1 second")
    frame.wait_for_selector(".me:has-text('One more') .meta:has-text('Sent')")
    expect(frame.locator("#status-text")).to_have_text("")
    expect(frame.locator("#countdown")).to_have_text("")


def test_a_broken_connection_is_said_and_recovers(stage: Stage, page: Page) -> None:
    page.route(
        "**/api/v1/widget/**", lambda route: route.abort() if "/boot" not in route.request.url else route.continue_()
    )
    stage.visit(page, ADA.proven())
    frame = opened(page)
    expect(frame.locator("#status-text")).to_have_text("Connecting again…")
    page.unroute_all()
    expect(frame.locator("#status-text")).to_have_text("", timeout=60_000)
    say(frame, "There you are")


def test_a_message_that_failed_can_be_given_up(stage: Stage, page: Page) -> None:
    frame = begin(stage, page)
    page.route("**/messages", lambda route: route.fulfill(status=400, json={"code": "invalid_field"}))
    frame.fill("#text", "Never mind")
    frame.press("#text", "Enter")
    frame.click(".discard")
    expect(frame.locator(".message")).to_have_count(1)
    assert stage.said() == ["Hello?"]


@pytest.mark.parametrize(
    ("text", "direction"), [("שלום, מה שלומך?", "rtl"), ("مرحبا", "rtl"), ("Hello", "ltr"), ("123 مرحبا", "rtl")]
)
def test_each_message_reads_in_its_own_direction(stage: Stage, page: Page, text: str, direction: str) -> None:
    frame = begin(stage, page, text)
    assert frame.locator(".me .bubble p").evaluate("p => getComputedStyle(p).direction") == direction


def test_emoji_line_breaks_and_long_words(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, "👍🏽")
    expect(frame.locator(".me .bubble").first).to_have_class("bubble emoji")
    frame.fill("#text", "one\ntwo\n" + "W" * 500)
    frame.press("#text", "Enter")
    bubble = frame.locator(".me .bubble:has-text('two')")
    assert bubble.inner_text().startswith("one\ntwo\n")
    assert frame.evaluate("document.getElementById('log').scrollWidth <= document.getElementById('log').clientWidth")


def test_the_newest_message_says_that_the_team_has_read_it(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, "Are you there?")
    meta = frame.locator(".me .meta")
    agent = grace(stage)
    inbox.mark_read(stage.shop.runtime, agent.identity, stage.newest(), 1)
    expect(meta).to_contain_text("Seen")
    say(frame, "It is about my order.")
    expect(meta.first).to_contain_text("Seen")
    expect(meta.last).to_contain_text("Sent")
    page.reload()
    frame = opened(page)
    expect(frame.locator(".me .meta").first).to_contain_text("Seen")
    stage.reply(stage.newest(), "Here I am.")
    expect(frame.locator(".them")).to_be_visible()
    expect(frame.locator(".meta:has-text('Seen'), .meta:has-text('Sent')")).to_have_count(0)


def test_what_the_team_takes_back_leaves_an_open_panel(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, "My card is 4000")
    runtime, platform_id = stage.shop.runtime, stage.shop.id
    stage.reply(stage.newest(), "It is 4000, thanks.")
    for who in (".them", ".me"):
        expect(frame.locator(who)).to_contain_text("4000")
    with runtime.reading(platform_id) as tenant:
        said = [message.id for message in messages.after(tenant, stage.newest(), 0, 9)]
    for one in said:
        redaction.redact_message(runtime, platform_id, one, actor=Actor("agent:grace"))
    expect(frame.locator("li.system")).to_have_text(["A message was removed"] * 2)
    expect(frame.locator("#log")).not_to_contain_text("4000")


def test_a_conversation_begun_in_another_tab_is_there_without_any_news(stage: Stage, page: Page) -> None:
    """The page asked who is there before the conversation began, and nothing arrives on a stream."""
    stage.visit(page, ADA.proven())
    other = page.context.new_page()
    stage.visit(other, ADA.proven())
    say(opened(other), "from the other tab")
    other.close()
    expect(opened(page).locator(".me .bubble")).to_have_text("from the other tab")
    assert len(stage.conversations()) == 1

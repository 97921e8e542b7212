"""What happens elsewhere appears in every tab, and takes nothing away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.inbox.moves import live, say, start
from tests.browser.street import Street
from tests.people import BOB
from tests.servers import until
from tests.shop import Shop, Visitor

pytestmark = pytest.mark.browser


def test_what_arrives_takes_neither_focus_nor_text(
    sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, ada: Visitor
) -> None:
    """While Grace types, Ada goes on, Bob begins, and a colleague resolves: her caret stays where it is."""
    conversation_id = start(ada, "Hello?")
    page = sit_down(f"conversations/{conversation_id}")
    live(page)
    page.keyboard.press("r")
    page.keyboard.type("Half a sent")
    page.evaluate("window.field = document.activeElement")
    say(ada, conversation_id, "Are you there?")
    start(shop.visitor(client, BOB.proven()), "Me too!")
    expect(page.locator("li.user", has_text="Are you there?")).to_be_visible()
    expect(page.locator("a.row", has_text="Me too!")).to_be_visible()
    assert page.evaluate("document.activeElement === window.field")
    page.keyboard.type("ence")
    expect(page.locator("#text")).to_have_value("Half a sentence")


def test_a_message_that_came_before_the_page_listened_is_not_missed(
    sit_down: Callable[..., Page], street: Street, ada: Visitor
) -> None:
    """What happens between the server's rendering and the opening of the stream appears too."""
    conversation_id = start(ada, "Hello?")
    page = sit_down()
    held: list[Route] = []
    page.route("**/api/v1/agent/stream", lambda route: held.append(route))
    page.goto(f"{street.chat}/agent/conversations/{conversation_id}")
    until(lambda: page.evaluate("1") and held)
    say(ada, conversation_id, "Just now")
    held[0].continue_()
    expect(page.locator("li.user", has_text="Just now")).to_be_visible()


def test_what_the_server_could_not_give_is_asked_for_again(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """The stream lives and says no second time what changed."""
    conversation_id = start(ada, "Hello?")
    page = sit_down(f"conversations/{conversation_id}")
    live(page)
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        route.fulfill(status=503)
        refused.append(route)

    page.route(f"**/agent/fragments/conversations/{conversation_id}**", refuse)
    say(ada, conversation_id, "Are you there?")
    until(lambda: page.evaluate("1") and refused)
    page.unroute_all()
    expect(page.locator("li.user", has_text="Are you there?")).to_be_visible()


def test_who_is_offline_is_told_loses_nothing_and_catches_up(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """A reply, a half-written tag; what Ada says meanwhile comes by itself."""
    conversation_id = start(ada, "Hello?")
    page = sit_down(f"conversations/{conversation_id}")
    live(page)
    page.context.set_offline(True)
    expect(page.locator("#link")).to_have_text("Connecting again…")
    page.fill("#text", "On my way")
    page.press("#text", "Control+Enter")
    expect(page.locator("#sending")).to_have_text("Not sent. The server cannot be reached. Your text is kept.")
    expect(page.locator("#text")).to_have_value("On my way")
    tag = page.locator("[data-menu=tags] input:not([type=hidden])").first
    page.locator("[data-menu=tags] summary").click()
    tag.fill("harbour")
    tag.press("Enter")
    expect(page.locator("#link")).to_have_text("The server cannot be reached.")
    tried: list[Request] = []
    page.on("requestfailed", lambda request: tried.append(request) if request.url.endswith("/stream") else None)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: page.wait_for_timeout(10) or len(tried) > 1)
    expect(page.locator("#link")).to_have_text("The server cannot be reached.")  # why it failed stays to be read
    expect(tag).to_have_value("harbour")
    say(ada, conversation_id, "Are you there?")
    page.context.set_offline(False)
    expect(page.locator("#link")).to_have_text("")
    expect(page.locator("li.user", has_text="Are you there?")).to_be_visible()
    expect(tag).to_have_value("harbour")
    tag.press("Enter")
    expect(page.locator(".about span.tag", has_text="harbour")).to_be_visible()
    expect(page.locator("#text")).to_have_value("On my way")
    page.press("#text", "Control+Enter")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("li.agent")).to_have_count(1)


def test_an_inbox_that_has_to_poll_is_not_connecting(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """The server was away, and has no place for a stream when it is back."""
    page = sit_down()
    live(page)
    away = [True]
    page.route(
        "**/api/v1/agent/stream", lambda route: route.abort() if away[0] else route.fulfill(status=503, body="{}")
    )
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#link")).to_have_text("Connecting again…")
    away[0] = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#link")).to_have_text("")
    start(ada, "Polled for")
    page.evaluate("dispatchEvent(new Event('online'))")  # rather than wait for the next turn
    expect(page.locator("a.row", has_text="Polled for")).to_be_visible()


def test_all_tabs_of_a_browser_share_one_stream(sit_down: Callable[..., Page], street: Street, ada: Visitor) -> None:
    """Browsers allow about six connections; the next tab takes over when the first one is closed."""
    conversation_id = start(ada, "Hello")
    first = sit_down()
    live(first)
    opened: list[str] = []
    first.context.on("request", lambda request: opened.append(request.url) if "/stream" in request.url else None)
    others = [first.context.new_page() for _ in range(7)]
    for other in others:
        other.goto(f"{street.chat}/agent/conversations/{conversation_id}")
        live(other)
    say(ada, conversation_id, "To all of you")
    for other in others:
        expect(other.locator("li.user", has_text="To all of you")).to_be_visible()
    assert opened == []
    first.close()
    until(lambda: others[0].evaluate("1") and opened)
    say(ada, conversation_id, "And again")
    expect(others[6].locator("li.user", has_text="And again")).to_be_visible()
    assert len(opened) == 1


def test_signing_out_in_one_tab_signs_the_others_out(
    sit_down: Callable[..., Page], street: Street, ada: Visitor
) -> None:
    """Nobody else reads on at a desk that was left."""
    first = sit_down()
    second = first.context.new_page()
    second.goto(f"{street.chat}/agent/conversations/{start(ada, 'Between us')}")
    live(second)
    first.get_by_role("button", name="Sign out").click()
    first.wait_for_selector("#password")
    second.wait_for_selector("#password")
    expect(second.locator("body")).not_to_contain_text("Between us")

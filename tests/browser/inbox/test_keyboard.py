"""An agent's work by keyboard, and without any script at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from tests.browser.inbox.moves import ready, start
from tests.people import BOB
from tests.shop import Shop, Visitor
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser


def test_a_day_by_keyboard_alone(sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, ada: Visitor) -> None:
    """From the list to an answer, a note, a resolved, assigned, tagged and snoozed conversation, without a mouse."""
    start(ada, "Where is my parcel?")
    start(shop.visitor(client, BOB.proven()), "Can you change my address?")
    page = sit_down()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("a.row:focus")).to_have_count(1)
    while "parcel" not in page.locator("a.row:focus").inner_text():
        page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("li.user")).to_contain_text("Where is my parcel?")

    page.keyboard.press("r")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("On its way, e.g. by sea?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("li.agent")).to_contain_text("On its way, e.g. by sea?")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()

    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("The carrier is slow.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("li.note")).to_contain_text("only your team sees this")
    said = ada.get(f"/conversations/{page.url.rsplit('/', 1)[1]}/messages").get_json()["items"]
    assert [message["body"] for message in said] == ["Where is my parcel?", "On its way, e.g. by sea?"]

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#sheet")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()

    page.keyboard.press("a")
    expect(page.locator("[data-menu=assign] summary")).to_contain_text("Mine")
    page.keyboard.press("t")
    page.keyboard.type("Delivery")
    page.keyboard.press("Enter")
    expect(page.locator(".about > .tag", has_text="Delivery")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".about")).to_contain_text("Snoozed until")
    page.keyboard.press("Control+k")
    page.keyboard.type("wake")
    page.keyboard.press("Enter")
    expect(page.locator(".about")).not_to_contain_text("Snoozed until")
    page.keyboard.press("u")
    page.wait_for_url("**/agent/")
    ready(page)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/agent/?view=mine")
    expect(page.locator("a.row")).to_have_count(1)


def test_a_page_that_was_asked_for_before_the_account_took_a_choice_keeps_it(
    sit_down: Callable[..., Page], ada: Visitor
) -> None:
    """The answer to the choice may come before that to the page, which does not know of it yet."""
    page = sit_down(f"conversations/{start(ada, 'Hello')}")
    page.route("**/me", lambda route: route.fulfill(status=200, json={}))
    page.keyboard.press("?")
    with page.expect_response("**/me"):
        page.locator("#single-keys").uncheck()
    page.reload()
    ready(page)
    page.keyboard.press("r")
    expect(page.locator("#text")).not_to_be_focused()
    expect(page.locator("#single-keys")).not_to_be_checked()


def test_single_keys_can_be_switched_off_for_good(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """Somebody who speaks to their computer does not resolve conversations by talking."""
    page = sit_down(f"conversations/{start(ada, 'Hello')}")
    page.keyboard.press("?")
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    ready(page)
    page.keyboard.press("r")
    expect(page.locator("#text")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#sheet")).to_be_visible()


def test_a_draft_survives_a_reload_and_a_note_never_becomes_a_reply(
    sit_down: Callable[..., Page], ada: Visitor
) -> None:
    """What was written for the team comes back as a note."""
    page = sit_down(f"conversations/{start(ada, 'Hello')}")
    page.keyboard.press("n")
    page.keyboard.type("She was rude on the phone")
    page.reload()
    expect(page.locator("#text")).to_have_value("She was rude on the phone")
    expect(page.locator("[name=kind][value=note]")).to_be_checked()
    expect(page.locator("#send-label")).to_have_text("Add note")
    page.press("#text", "Control+Enter")
    expect(page.locator("li.note")).to_contain_text("She was rude")
    expect(page.locator("li.agent")).to_have_count(0)


def test_a_message_whose_answer_was_lost_is_kept_and_sent_once(
    sit_down: Callable[..., Page], runtime: Runtime, shop: Shop, ada: Visitor
) -> None:
    """The server stored it, the network lost the answer, Grace tries again: one message."""
    conversation_id = start(ada, "Hello")
    page = sit_down(f"conversations/{conversation_id}")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**/conversations/{conversation_id}/messages", lose, times=1)
    page.fill("#text", "Only once, please")
    page.press("#text", "Control+Enter")
    expect(page.locator("#sending")).to_contain_text("Your text is kept")
    expect(page.locator("#text")).to_have_value("Only once, please")
    page.press("#text", "Control+Enter")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("li.agent")).to_have_count(1)
    said = ada.get(f"/conversations/{conversation_id}/messages").get_json()["items"]
    assert [message["body"] for message in said] == ["Hello", "Only once, please"]


def test_everything_works_without_scripts(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """Forms do it all: read, reply, note, resolve, reopen, sign out."""
    start(ada, "Hello, I have no scripts to offer")
    page = sit_down(java_script_enabled=False)
    page.locator("a.row").click()
    expect(page.locator("li.user")).to_contain_text("no scripts")
    page.fill("#text", "Neither have I")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("li.agent")).to_contain_text("Neither have I")
    page.locator("label", has_text="Note").click()
    page.fill("#text", "A patient one")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("li.note")).to_contain_text("A patient one")
    page.locator("[data-menu=assign] summary").click()
    page.get_by_role("button", name="Me", exact=True).click()
    expect(page.locator("[data-menu=assign] summary")).to_contain_text("Mine")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#password")).to_be_visible()

"""What the inbox shows: assurance in words, columns that fold, quiet when there is nothing, hostile text as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.browser.inbox.moves import live, ready, say, start
from tests.browser.inbox.office import done
from tests.browser.street import Street
from tests.files import described, png
from tests.people import BOB, Person
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.team import Colleague
from whosthere.services import canned
from whosthere.services.canned import Wording
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser


HOSTILE = (
    '<img src=x onerror="window.owned=1">',
    "<script>window.owned=1</script>",
    "{{ 7*7 }}${7*7}",
    "javascript:window.owned=1",
    "\u202e\u2066gnp.exe",
    "W" * 600,
    "</textarea></title><svg onload=window.owned=1>",
)


@pytest.mark.parametrize("width", [1440, 1000, 390, 320])
def test_a_hostile_visitor_is_only_text(
    sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, width: int
) -> None:
    """Whatever a visitor calls themselves or says, nothing runs, nothing overflows, and the mark stays in sight."""
    for number, evil in enumerate(HOSTILE):
        person = {"userId": f"{number}{evil}"[:740].strip(), "userName": evil}
        visitor = shop.visitor(client, person, page={"url": f"https://x.example/{evil}", "language": "en"})
        start(visitor, f"{number} {evil}")
    page = sit_down()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.set_viewport_size({"width": width, "height": 800})
    addresses = page.locator("a.row").evaluate_all("links => links.map((link) => link.href)")
    assert len(addresses) == len(HOSTILE)
    for address in addresses:
        page.goto(address)
        live(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("window.owned") is None
        expect(page.locator("li.user .assurance")).to_have_text("Claimed, not verified")
        expect(page.locator("li.user .assurance")).to_be_in_viewport()
        page.locator(".person details").evaluate("details => { details.open = true; }")
        mark = page.locator(".person small.claimed")
        expect(mark).to_have_text("Claimed, not proven")
        assert mark.evaluate("mark => mark.parentElement.scrollHeight <= mark.parentElement.clientHeight")
        mark.scroll_into_view_if_needed()
        expect(mark).to_be_in_viewport(ratio=1)
    assert troubles == []


def test_hostile_files_tags_fields_and_links_are_text_too(
    sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, runtime: Runtime, grace: Colleague
) -> None:
    """In the list, in the conversation, in menus and in the palette; the one address that is a link is a safe one."""
    evil = '\u202e"><img src=x onerror=window.owned=1>'
    person = {"userId": ("x" + evil * 30)[:750].strip(), "userEmail": '"<b>"@example.com', "userName": evil}
    visitor = shop.visitor(client, person, page={"url": f"javascript:window.owned=1//{evil}", "title": evil})
    text = f"javascript:window.owned=1 {evil} https://a.example/ok"
    fields = {evil[:90]: {"type": "multiline", "value": evil}}
    body = {"text": text, "clientMessageId": "a", "tags": [evil], "fields": fields}
    conversation_id = visitor.send("POST", "/conversations", body).get_json()["conversation"]["id"]
    named = described(name=f"{evil}.png")
    file = client.post(f"{WIDGET}/attachments", data=png(), headers=visitor.headers | named).get_json()["id"]
    body = {"text": "", "clientMessageId": "b", "attachments": [file]}
    assert visitor.send("POST", f"/conversations/{conversation_id}/messages", body).status_code == 201
    done(canned.create(runtime, grace.identity, shop.id, Wording("evil", evil)))
    page = sit_down(f"conversations/{conversation_id}")
    page.set_viewport_size({"width": 390, "height": 800})
    live(page)
    page.locator(".person details").evaluate("details => { details.open = true; }")
    expect(page.locator(".file")).to_contain_text("onerror=window.owned=1")
    assert page.locator(".bubble a:not(.file)").evaluate_all("all => all.map((one) => one.href)") == [
        "https://a.example/ok"
    ]
    page.keyboard.press("t")
    expect(page.locator(".taken .tag")).to_contain_text("onerror=window.owned=1")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("evil")
    expect(page.locator("#commands [role=option]")).to_contain_text("onerror=window.owned=1")
    assert page.evaluate("document.querySelectorAll('img[onerror]').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.owned") is None


def test_the_three_assurances_are_said_in_words(
    sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, ada: Visitor
) -> None:
    """In the list, at the message, and on the card."""
    start(ada, "I am proven")
    start(shop.visitor(client, BOB.config()), "I claim to be")
    start(shop.visitor(client), "I am nobody")
    page = sit_down()
    for text, words, marks in (
        ("I am proven", "Verified", ["Proven", "Proven"]),
        ("I claim to be", "Claimed, not verified", ["Claimed, not proven", "Claimed, not proven"]),
        ("I am nobody", "Anonymous", []),
    ):
        row = page.locator("a.row", has_text=text)
        expect(row.locator(".assurance")).to_have_text(words)
        row.click()
        expect(page.locator("li.user .assurance")).to_contain_text(words)
        expect(page.locator(".person dd small")).to_have_text(marks)


def test_the_columns_fold_as_the_window_narrows(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """Four columns, then the person folds, then the list and the conversation take turns."""
    page = sit_down(f"conversations/{start(ada, 'Hello')}")

    def left(selector: str) -> float:
        box = page.locator(selector).bounding_box()
        assert box is not None
        return box["x"]

    assert left("nav") < left("#list") < left("#thread") < left(".person")
    page.set_viewport_size({"width": 1100, "height": 800})
    page.reload()
    assert left(".person") == left("#thread")
    expect(page.locator(".person dl").first).not_to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator("#list")).not_to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_empty_inbox_is_quiet_and_a_stranger_is_told_kindly(
    sit_down: Callable[..., Page], runtime: Runtime, street: Street
) -> None:
    """Empty and missing are designed, not left over."""
    page = sit_down()
    expect(page.locator("#rows")).to_contain_text("Nothing is waiting. Enjoy the quiet.")
    page.goto(f"{street.chat}/agent/conversations/{runtime.new_id()}")
    expect(page.locator("h1")).to_contain_text("Nobody’s here")
    page.get_by_role("link", name="Back to the inbox").click()
    expect(page.locator("#rows")).to_be_visible()


def test_older_messages_are_a_page_away(sit_down: Callable[..., Page], ada: Visitor) -> None:
    """A long conversation opens at its end; its beginning can be reached."""
    conversation_id = start(ada, "Message 0")
    for number in range(1, 204):
        say(ada, conversation_id, f"Message {number}")
    page = sit_down(f"conversations/{conversation_id}")
    expect(page.locator("li.user", has_text="Message 203")).to_be_in_viewport()
    page.get_by_role("link", name="Earlier messages").click()
    expect(page.locator("li.user")).to_have_count(4)
    page.get_by_role("link", name="Back to the newest messages").click()
    expect(page.locator("li.user", has_text="Message 203")).to_be_in_viewport()
    # A link to a message leads to it, and shows which one it is, at once.
    told = page.locator("li.user", has_text="Message 150")
    page.goto(f"{page.url.partition('#')[0]}#{told.get_attribute('id')}")
    page.reload()
    ready(page)
    expect(told).to_be_in_viewport()
    expect(page.locator("li.user", has_text="Message 203")).not_to_be_in_viewport()
    for scheme, colour in (("light", "rgb(59, 70, 214)"), ("dark", "rgb(170, 176, 255)")):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(told.locator(".bubble")).to_have_css("outline", f"{colour} solid 2px")
        expect(told.locator(".bubble")).to_have_css("animation-name", "none")


def test_people_from_two_platforms_stand_in_one_list(
    sit_down: Callable[..., Page], client: FlaskClient, runtime: Runtime, grace: Colleague, ada: Visitor
) -> None:
    """An agent of several platforms sees all of them, or one."""
    other = open_shop(runtime)
    grace.serve(other.id)
    start(ada, "From the first")
    start(other.visitor(client, Person("zoe", "zoe@example.com", "Zoe").proven()), "From the second")
    page = sit_down()
    expect(page.locator("a.row")).to_have_count(2)
    page.goto(page.url + f"?platform={other.id}")
    expect(page.locator("a.row")).to_have_count(1)
    expect(page.locator("a.row")).to_contain_text("From the second")

"""The agents' inbox in a real browser: by keyboard, live, without scripts, on a phone, and with a hostile visitor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from tests.browser.street import Street
from tests.people import ADA, BOB, Person
from tests.servers import until
from tests.shop import Shop, Visitor, open_shop
from tests.team import PASSWORD, Colleague, hash_quickly, hire
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser

Tabs = Callable[..., Page]
DESKTOP = {"width": 1440, "height": 860}


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what differs between databases is tested without a browser."""
    return sqlite_url


@pytest.fixture
def shop(street: Street, runtime: Runtime) -> Shop:
    """A platform that lets claimed visitors in, so that every assurance can be seen."""
    return open_shop(runtime, verification=Verification.REPORT)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    """An agent of the shop."""
    return hire(runtime, shop.id)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    """Ada, verified."""
    return shop.visitor(client, ADA.proven())


@pytest.fixture
def sit_down(street: Street, grace: Colleague, tabs: Tabs) -> Callable[..., Page]:
    """Call it to sign Grace in in a browser of her own and go to a page of the inbox."""

    def sign_in(path: str = "", **options: Any) -> Page:
        page = tabs(**{"viewport": DESKTOP, **options})
        page.goto(f"{street.chat}/agent/{path}")
        page.fill("#email", grace.email)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector("#rows")
        if options.get("java_script_enabled", True):
            ready(page)
        return page

    return sign_in


def say(visitor: Visitor, conversation_id: str, text: str) -> None:
    """Post a message, which has to succeed."""
    body = {"text": text, "clientMessageId": _key(text)}
    response = visitor.send("POST", f"/conversations/{conversation_id}/messages", body)
    assert response.status_code == 201, response.get_data(as_text=True)


def start(visitor: Visitor, text: str) -> str:
    """Start a conversation and return its id."""
    return str(visitor.start(text, _key(text))["conversation"]["id"])


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ready(page: Page) -> None:
    """Wait until the page's scripts listen to keys."""
    page.wait_for_selector(".keys:not([hidden])", state="attached")


def live(page: Page) -> None:
    """Wait until the page hears of what changes, too: it has asked for what it missed."""
    ready(page)
    asked = "performance.getEntriesByType('resource').some((entry) => entry.name.includes('/fragments/'))"
    until(lambda: page.evaluate(asked))


def test_a_day_by_keyboard_alone(sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, ada: Visitor) -> None:
    """From the list to an answer, a note, a resolved conversation and the list of keys, without a mouse."""
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
    page.keyboard.press("u")
    page.wait_for_url("**/agent/")


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
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Resolve")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#password")).to_be_visible()


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

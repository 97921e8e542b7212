"""More than one agent, and one agent with more than one tab: nobody is surprised, nobody is told twice."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Response, expect

from tests.browser.inbox.moves import live, say, start
from tests.browser.inbox.office import done
from tests.browser.street import Street
from tests.clock import Clock
from tests.people import BOB
from tests.servers import until
from tests.shop import Shop, Visitor
from tests.team import Colleague, hire
from whosthere.services import canned
from whosthere.services.canned import Wording
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser

PAGE_BYTES_MAX = 60_000
ELSEWHERE = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  static async requestPermission() { return "granted"; }
  constructor(title, options) { shown.push(`${title}|${options.body}`); }
};
window.look = (state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
};
"""


@pytest.fixture
def sam(runtime: Runtime, shop: Shop) -> Colleague:
    """Another agent of the shop."""
    return hire(runtime, shop.id, "sam@example.com", name="Sam Carter")


def test_two_agents_see_each_other_at_work(sit_down: Callable[..., Page], ada: Visitor, sam: Colleague) -> None:
    """Who looks, who replies and who took it appears at once, and takes nothing from who is typing a tag."""
    path = f"conversations/{start(ada, 'Hello')}"
    page = sit_down(path)
    live(page)
    page.keyboard.press("t")
    page.keyboard.type("Deliv")
    other = sit_down(path, who=sam)
    live(other)
    expect(page.locator("#others")).to_have_text("Sam Carter is looking at this, too")
    expect(other.locator("#others")).to_have_text("Grace is looking at this, too")
    other.keyboard.press("r")
    other.keyboard.type("Let me")
    expect(page.locator("#others")).to_have_text("Sam Carter is replying")
    other.keyboard.press("Escape")
    other.keyboard.press("a")
    expect(page.locator("a.row .who")).to_have_text("SCAssigned to Sam Carter")
    expect(page.locator("#new-tag")).to_be_focused()
    expect(page.locator("#new-tag")).to_have_value("Deliv")
    page.keyboard.type("ery")
    page.keyboard.press("Enter")
    expect(page.locator(".about > .tag", has_text="Delivery")).to_be_visible()
    expect(page.locator("[data-menu=assign] summary")).to_contain_text("Sam")
    other.close()
    expect(page.locator("#others")).to_have_text("")


def test_canned_replies_and_colleagues_are_a_sign_away(
    sit_down: Callable[..., Page], runtime: Runtime, shop: Shop, ada: Visitor, grace: Colleague, sam: Colleague
) -> None:
    """`/` in an answer, `@` in a note: arrows choose, Enter inserts, Escape closes, and the focus never leaves."""
    for name, body in (("hello", "Hello {name}, {agent} here."), ("refund", "It is on its way.")):
        done(canned.create(runtime, grace.identity, shop.id, Wording(name, body)))
    page = sit_down(f"conversations/{start(ada, 'Hello')}")
    text, list_ = page.locator("#text"), page.locator("#suggestions")
    page.keyboard.press("r")
    page.keyboard.type("Dear /")
    expect(page.locator("#suggested [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggested [aria-selected=true]")).to_contain_text("/refund")
    expect(text).to_have_attribute("aria-activedescendant", "suggested-1")
    page.keyboard.press("Escape")
    expect(list_).to_be_hidden()
    expect(text).to_be_focused()
    text.fill("")
    page.keyboard.type("/hel")
    expect(page.locator("#suggested [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(text).to_have_value("Hello Ada Lovelace, Grace here.")
    text.fill("")
    page.keyboard.type("and/or a/b")
    expect(list_).to_be_hidden()
    page.locator("label", has_text="Note").click()
    text.fill("")
    page.keyboard.type("@car")
    expect(page.locator("#suggested [role=option]")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(text).to_have_value("@sam@example.com ")


def test_one_tab_tells_of_a_new_message_and_only_while_nobody_looks(
    sit_down: Callable[..., Page], client: FlaskClient, shop: Shop, ada: Visitor, clock: Clock
) -> None:
    """Without what was written, since a screen may be seen by others."""
    conversation_id = start(ada, "Hello")
    first = sit_down()
    first.context.add_init_script(ELSEWHERE)
    first.reload()
    live(first)
    second = first.context.new_page()
    second.goto(f"{first.url}?view=all")
    live(second)
    first.keyboard.press("?")
    first.locator("#notifications").check()
    expect(first.locator("#notifications")).to_be_checked()
    first.keyboard.press("Escape")
    clock.advance(seconds=1)
    say(ada, conversation_id, "While somebody looks")
    expect(first.locator("a.row", has_text="While somebody looks")).to_be_visible()
    for tab in (first, second):
        tab.evaluate("look('hidden')")
    held = "navigator.locks.query().then((all) => all.held.filter((one) => one.name.endsWith('looking')).length)"
    until(lambda: first.evaluate(held) == 0)
    clock.advance(seconds=1)
    shop.visitor(client, BOB.proven()).start("Behind your back")
    until(lambda: first.evaluate("shown.length"))
    expect(second.locator("a.row", has_text="Behind your back")).to_be_visible()
    assert first.evaluate("shown") == ["New message|\u2068Bob Kahn\u2069 · Verified"]
    assert second.evaluate("shown") == []


def test_the_inbox_is_light(sit_down: Callable[..., Page], street: Street, client: FlaskClient, shop: Shop) -> None:
    """A full list and a conversation: page, styles and every module, as the browser asked for them."""
    for number in range(50):
        path = f"conversations/{start(shop.visitor(client), f'Question {number}, which is not a short one at all')}"
    page = sit_down()
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response))
    page.goto(f"{street.chat}/agent/{path}")
    live(page)
    own = [one for one in seen if "/assets/" in one.url or one.url.endswith(path)]
    weights = {one.url.rpartition("/")[2]: len(gzip.compress(one.body(), 9)) for one in own}
    assert len(weights) > 20
    assert sum(weights.values()) <= PAGE_BYTES_MAX, sorted(weights.items(), key=lambda one: -one[1])
    print(f"{len(weights)} files, {sum(weights.values()):,} bytes gzipped")

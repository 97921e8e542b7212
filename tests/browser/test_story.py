"""The whole story, as visitors and an agent live it, in real browsers against real sockets and databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.street import Street
from tests.clock import Clock
from tests.people import ADA, BOB, MALLORY, OTHER_SECRET
from whosthere.services import agents
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"


@pytest.fixture
def browser_profile(chromium: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Call it for a browser of somebody else: no cookies, no storage in common."""

    def fresh() -> BrowserContext:
        context = chromium.new_context()
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    opened: list[BrowserContext] = []
    yield fresh
    for context in opened:
        context.close()


def sign_in(runtime: Runtime, street: Street, context: BrowserContext) -> Page:
    """Create an agent called Sam and sign them in."""
    agents.create_agent(runtime, "sam@shop.example", PASSWORD, street.shop.id, "agent", name="Sam")
    page = context.new_page()
    page.goto(f"{street.chat}/agent/")
    page.fill("#email", "sam@shop.example")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows")
    return page


def test_ada_is_verified_talks_and_is_answered_while_bob_and_mallory_learn_nothing(
    runtime: Runtime, street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """The main job: a verified visitor talks, an agent answers live, nobody else reads it."""
    desk = sign_in(runtime, street, browser_profile())
    expect(desk.locator("#rows")).to_contain_text("Enjoy the quiet")

    ada = street.visit(browser_profile(), **ADA.proven())
    frame = ada.open()
    expect(frame.locator("#who")).to_contain_text("Ada Lovelace")
    expect(frame.locator("#who")).to_contain_text("Verified")
    ada.say("My parcel 10-442 never came.")

    # It arrives without a reload, with who is speaking in words.
    row = desk.locator("a.row", has_text="My parcel 10-442")
    expect(row).to_contain_text("Ada Lovelace")
    expect(row).to_contain_text("Verified")
    row.click()
    expect(desk.locator("li.user")).to_contain_text("Verified")
    person = desk.locator("aside.person")
    expect(person).to_contain_text(ADA.user_id)
    expect(person).to_contain_text("Proven")
    desk.fill("#text", "It is at your neighbour's.")
    desk.press("#text", "Control+Enter")
    ada.reads("It is at your neighbour's.")
    ada.say("Found it, thank you!")
    expect(desk.locator("li.user", has_text="Found it")).to_be_visible()

    bob = street.visit(browser_profile(), **BOB.proven())
    bob.open()
    assert "parcel" not in bob.everything_shown()

    forged = ADA.proven(OTHER_SECRET)
    mallory = street.visit(browser_profile(), **forged)
    assert mallory.saw("userAuthFailure") == {"message": "invalid user auth token"}
    expect(mallory.page.locator("#whosthere button")).not_to_be_visible()
    frame = mallory.open()
    expect(frame.locator("#trouble-code")).to_have_text("invalid user auth token")
    assert "parcel" not in mallory.everything_shown()

    silent = street.visit(browser_profile(), **MALLORY.config())
    assert silent.saw("userAuthFailure") == {"message": "missing user auth token"}


def test_the_agent_resolves_and_the_visitor_reopens(
    runtime: Runtime, street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """Resolving shows on the visitor's side at once, and reopening on the agent's."""
    desk = sign_in(runtime, street, browser_profile())
    ada = street.visit(browser_profile(), **ADA.proven())
    frame = ada.open()
    ada.say("Please close this.")
    desk.locator("a.row", has_text="Please close this.").click()
    desk.get_by_role("button", name="Resolve").click()
    expect(frame.locator("#resolved")).to_be_visible()
    ada.saw("conversationResolved")
    frame.click("#reopen")
    expect(frame.locator("#resolved")).not_to_be_visible()
    desk.reload()
    expect(desk.get_by_role("button", name="Resolve")).to_be_visible()


def test_a_reload_keeps_the_conversation_and_the_badge_counts_what_was_missed(
    runtime: Runtime, street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """What was said is there again; what came meanwhile is on the launcher."""
    desk = sign_in(runtime, street, browser_profile())
    mine = browser_profile()
    ada = street.visit(mine, **ADA.proven())
    ada.open()
    ada.say("I will be back.")
    ada.page.goto("about:blank")
    desk.locator("a.row", has_text="I will be back.").click()
    desk.fill("#text", "Take your time.")
    desk.press("#text", "Control+Enter")
    expect(desk.locator("li.agent")).to_have_count(1)

    ada = street.visit(mine, **ADA.proven())
    assert ada.saw("newUnreadMessages") == {"unreadCount": 1}
    frame = ada.open()
    expect(frame.locator(".me", has_text="I will be back.")).to_be_visible()
    ada.reads("Take your time.")


def test_an_anonymous_visitor_talks_and_is_gone_after_seven_days_of_the_servers_clock(
    street: Street, clock: Clock, browser_profile: Callable[[], BrowserContext]
) -> None:
    """The server's clock decides; afterwards the same browser is somebody new."""
    mine = browser_profile()
    visitor = street.visit(mine)
    frame = visitor.open()
    expect(frame.locator("#who")).not_to_be_visible()
    visitor.say("Do you ship to Norway?")

    clock.advance(days=6.9)
    visitor = street.visit(mine)
    expect(visitor.open().locator(".me", has_text="Norway")).to_be_visible()

    clock.advance(days=0.2)
    visitor = street.visit(mine)
    expect(visitor.open().locator("#greeting")).to_be_visible()
    assert "Norway" not in visitor.everything_shown()


def test_the_anonymous_visitor_comes_back_after_logout_unless_the_login_cleared_it(
    street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """A login keeps the browser's anonymous user apart; with clearAnonymousUserOnLogin it ends it for good."""
    mine = browser_profile()
    visitor = street.visit(mine)
    visitor.open()
    visitor.say("A question before I sign in.")

    ada = street.visit(mine, **ADA.proven())
    frame = ada.open()
    expect(frame.locator("#greeting")).to_be_visible()
    assert "before I sign in" not in ada.everything_shown()
    visitor = street.visit(mine)
    expect(visitor.open().locator(".me", has_text="before I sign in")).to_be_visible()

    street.visit(mine, **ADA.proven(clearAnonymousUserOnLogin=True)).saw("ready")
    visitor = street.visit(mine)
    expect(visitor.open().locator("#greeting")).to_be_visible()
    assert "before I sign in" not in visitor.everything_shown()


def test_logout_and_a_change_of_user_leave_no_trace_of_the_former_one(
    street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """After `logout` and after `login` as somebody else nothing of Ada is left in any frame."""
    visit = street.visit(browser_profile(), **ADA.proven())
    visit.open()
    visit.say("This is between us.")

    visit.tell("login", BOB.proven())
    visit.saw("userChanged")
    frame = visit.open()
    expect(frame.locator("#who")).to_contain_text("Bob")
    shown = visit.everything_shown()
    assert "between us" not in shown
    assert "Ada" not in shown

    visit.tell("login", ADA.proven())
    visit.page.wait_for_function("() => events.filter((event) => event[0] === 'userChanged').length === 2")
    expect(visit.open().locator(".me", has_text="between us")).to_be_visible()
    visit.tell("logout")
    visit.page.wait_for_function("() => events.filter((event) => event[0] === 'userChanged').length === 3")
    frame = visit.open()
    expect(frame.locator("#greeting")).to_be_visible()
    assert "between us" not in visit.everything_shown()


def test_a_rotated_key_works_beside_the_old_one_and_a_deleted_key_ends_its_sessions(
    street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """Rotation without an outage, and an end that is one."""
    old = street.visit(browser_profile(), **ADA.proven())
    old.open()
    old.say("Signed with the old key.")
    street.shop.add_key(OTHER_SECRET)
    new = street.visit(browser_profile(), **ADA.proven(OTHER_SECRET))
    expect(new.open().locator(".me", has_text="Signed with the old key.")).to_be_visible()
    old.say("Still here.")

    street.shop.delete_key(street.shop.key_id)
    old.page.frames[1].fill("#text", "Am I still let in?")
    old.page.frames[1].press("#text", "Enter")
    expect(old.page.frames[1].locator("#trouble")).to_be_visible()
    expect(old.page.frames[1].locator("#log")).not_to_be_visible()
    new.say("The new key goes on.")
    assert "Am I still let in?" not in new.everything_shown()


def test_there_is_one_request_before_the_first_click(
    street: Street, browser_profile: Callable[[], BrowserContext]
) -> None:
    """The script and one boot; no frame, no stream, nothing else."""
    context = browser_profile()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url.removeprefix(street.chat)))
    visit = street.visit(context, **ADA.proven())
    visit.saw("ready")
    visit.page.wait_for_load_state("networkidle")
    ours = [path for path in asked if path.startswith("/") and path != "/favicon.ico"]
    assert ours == ["/embed.js", "/api/v1/widget/boot"]
    assert len(visit.page.frames) == 1

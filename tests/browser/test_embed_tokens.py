"""getToken: asked in time, once at a time, again after a failure; what the visitor wrote is never lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell
from tests.clock import Clock
from tests.people import ADA, BOB
from tests.servers import until

pytestmark = pytest.mark.browser

# `answer` is what getToken gives: a value, or a text "throw", "reject", "never". Overlapping calls are counted.
SOURCE = """
window.asked = 0; window.most = 0; window.under = 0;
window.source = async () => {
  asked++; most = Math.max(most, ++under);
  try {
    if (answer === "reject") throw new Error("no token today");
    if (answer === "never") await new Promise(() => {});
    await new Promise((go) => queueMicrotask(go));
    return answer;
  } finally { under--; }
};
"""


def visit(stage: Stage, page: Page, answer: Any) -> None:
    """Open the shop with a getToken that gives this answer."""
    config = f"{{platformId: {json.dumps(stage.shop.id)}, getToken: () => source()}}"
    page.goto(stage.put("/", config, before=f"{SOURCE}window.answer = {json.dumps(answer)}"))


def pass_time(page: Page, clock: Clock, boots: list[int], seconds: int) -> None:
    """Let the same time pass for the server and for the page and its panel, and boots come to their end."""
    clock.advance(seconds=seconds)
    page.clock.run_for(seconds * 1000)
    page.wait_for_timeout(40)
    until(lambda: page.wait_for_timeout(10) or sum(boots) == 0, seconds=60)


def under_way(page: Page) -> list[int]:
    """Return a list whose sum is how many boots wait for their answer."""
    boots: list[int] = []
    page.on("request", lambda request: boots.append(1) if request.url.endswith("/boot") else None)
    page.on("requestfinished", lambda request: boots.append(-1) if request.url.endswith("/boot") else None)
    page.on("requestfailed", lambda request: boots.append(-1) if request.url.endswith("/boot") else None)
    return boots


def jwt(clock: Clock, minutes: int = 5) -> str:
    return ADA.identity_token(clock(), exp=clock() // 1000 + minutes * 60)


def test_the_proof_is_renewed_before_it_ends(stage: Stage, page: Page, clock: Clock) -> None:
    page.clock.install(time=clock() / 1000)
    boots = under_way(page)
    visit(stage, page, jwt(clock))
    heard(page, "ready")
    frame = opened(page)
    expect(frame.locator("#who")).to_contain_text("Ada")
    frame.fill("#text", "a long thought")
    for _ in range(24):
        page.evaluate("token => { window.answer = token; }", jwt(clock))
        pass_time(page, clock, boots, 30)
    assert 3 <= page.evaluate("asked") <= 8  # every two to four minutes
    assert payloads(page, "sessionExpired") == []
    expect(frame.locator("#text")).to_have_value("a long thought")
    frame.press("#text", "Enter")
    until(lambda: page.wait_for_timeout(10) or stage.said() == ["a long thought"], seconds=60)


def test_when_no_token_comes_the_session_expires_and_a_later_token_heals_it(
    stage: Stage, page: Page, clock: Clock
) -> None:
    page.clock.install(time=clock() / 1000)
    boots = under_way(page)
    visit(stage, page, jwt(clock))
    heard(page, "ready")
    frame = opened(page)
    frame.fill("#text", "half a sent")
    page.evaluate("window.answer = 'reject'")
    for _ in range(16):
        pass_time(page, clock, boots, 30)
    assert heard(page, "sessionExpired") == {}
    assert payloads(page, "sessionExpired") == [{}]
    frame.wait_for_selector('.panel[data-phase="trouble"]')
    # Back-off: 2, 4, 8, 16, 32, then 60 seconds; five and a half minutes hold no more than this.
    assert 3 <= page.evaluate("asked") <= 14
    page.evaluate("token => { window.answer = token; }", jwt(clock))
    for _ in range(4):
        pass_time(page, clock, boots, 30)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    expect(frame.locator("#text")).to_have_value("half a sent")
    assert page.evaluate("most") == 1


@pytest.mark.parametrize("answer", [5, True, "", "<html>", {"userAuthToken": 5}, {"identityToken": "x.y.z"}])
def test_an_answer_that_is_no_token_lets_nobody_in(stage: Stage, page: Page, answer: object) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    config = f"{{platformId: {json.dumps(stage.shop.id)}, userId: 'ada', getToken: () => answer}}"
    page.goto(stage.put("/", config, before=f"window.answer = {json.dumps(answer)}"))
    assert heard(page, "onWebChatRuntimeError")["error"] in {"BOOT_FAILED", "LOGIN_FAILED"}
    assert page.locator("#whosthere button:visible").count() == 0
    assert payloads(page, "ready") == []
    assert errors == []


@pytest.mark.parametrize("source", ["() => { throw 1; }", "() => undefined", "() => Symbol()", "() => source()"])
def test_a_source_that_fails_is_asked_again(stage: Stage, page: Page, clock: Clock, source: str) -> None:
    """Thrown, forgotten, nonsense, or silent for half a minute."""
    page.clock.install(time=clock() / 1000)
    config = f"{{platformId: {json.dumps(stage.shop.id)}, getToken: () => window.good || ({source})()}}"
    page.goto(stage.put("/", config, before=f"{SOURCE}window.answer = 'reject'"))
    assert heard(page, "warning")["code"] == "boot_failed"
    page.evaluate("good => { window.good = good; }", ADA.proven())
    page.clock.run_for(3000)
    heard(page, "ready")
    assert "Ada" in opened(page).inner_text("#who")


def test_one_call_at_a_time_and_the_newest_person_wins(stage: Stage, page: Page) -> None:
    """Ada's token is still on its way when the page means Bob; hers comes last and counts nothing."""
    config = f"{{platformId: {json.dumps(stage.shop.id)}, getToken: () => new Promise((give) => gives.push(give))}}"
    page.goto(stage.put("/", config, before="window.gives = []"))
    until(lambda: page.evaluate("gives.length") == 1)
    tell(page, "update")
    until(lambda: page.evaluate("gives.length") == 2)
    page.evaluate("([ada, bob]) => { gives[1](bob); gives[0](ada); }", [ADA.proven(), BOB.proven()])
    heard(page, "ready")
    assert "Bob" in opened(page).inner_text("#who")


def test_after_logout_nobody_is_asked_until_the_page_says_so(stage: Stage, page: Page) -> None:
    visit(stage, page, ADA.proven())
    heard(page, "ready")
    with page.expect_response("**/boot"):
        tell(page, "logout")
    heard(page, "userChanged")
    assert page.evaluate("asked") == 1
    tell(page, "update")
    until(lambda: page.wait_for_timeout(10) or page.evaluate("asked") == 2)


def test_a_tab_that_slept_for_a_day_wakes_up_with_a_new_session(stage: Stage, page: Page, clock: Clock) -> None:
    page.clock.install(time=clock() / 1000)
    visit(stage, page, ADA.proven())
    heard(page, "ready")
    frame = opened(page)
    say(frame, "good night")
    clock.advance(hours=24)
    page.clock.fast_forward(24 * 3600 * 1000)
    frame = panel(page)
    frame.fill("#text", "good morning")
    frame.press("#text", "Enter")
    until(lambda: page.wait_for_timeout(10) or stage.said() == ["good night", "good morning"], seconds=60)
    assert payloads(page, "sessionExpired") == []


def test_an_ended_session_is_tried_again_on_request_once_at_a_time(stage: Stage, page: Page, clock: Clock) -> None:
    page.clock.install(time=clock() / 1000)
    visit(stage, page, jwt(clock))
    heard(page, "ready")
    frame = opened(page)
    page.route("**/boot", lambda route: route.fulfill(status=401, json={"code": "x", "message": "no"}))
    page.route("**/conversations", lambda route: route.fulfill(status=401, json={"code": "session_expired"}))
    frame.evaluate("""() => { const field = document.querySelector("#text"), type = (text) => {
        field.value = text; field.dispatchEvent(new Event("input")); };
        type("not lost"); document.querySelector("#send").click(); type("half a sent"); }""")
    button = frame.locator("#trouble-button")
    expect(button).to_have_text("Try again")
    page.unroute("**/conversations")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)  # from here on nothing is tried again by itself
    before = page.evaluate("window.answer = 'reject', asked")
    button.focus()
    button.press("Enter")
    until(lambda: page.wait_for_timeout(10) or page.evaluate("asked") == before + 1)
    expect(button).not_to_have_attribute("aria-busy", "true")
    expect(button).to_be_focused()
    page.unroute("**/boot")
    page.evaluate("token => { window.answer = token; }", jwt(clock))
    button.dblclick()
    frame.wait_for_selector('.panel[data-phase="chat"]')
    assert page.evaluate("most") == 1
    expect(frame.locator("#text")).to_have_value("half a sent")
    until(lambda: page.wait_for_timeout(10) or stage.said() == ["not lost"])


def test_without_a_source_of_tokens_an_ended_session_asks_for_a_reload(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    page.route("**/boot", lambda route: route.fulfill(status=401, json={"code": "x", "message": "no"}))
    page.route("**/conversations", lambda route: route.fulfill(status=401, json={"code": "session_expired"}))
    frame.fill("#text", "not lost")
    frame.press("#text", "Enter")
    expect(frame.locator("#trouble-button")).to_have_text("Reload the page")
    page.unroute("**/boot")
    page.unroute("**/conversations")
    with page.expect_navigation():
        frame.click("#trouble-button")
    opened(page)
    until(lambda: page.wait_for_timeout(10) or stage.said() == ["not lost"])

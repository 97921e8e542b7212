"""From an invitation to a second factor, by keyboard alone, and no secret is ever in an address that is sent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.inbox.conftest import Tabs
from tests.browser.street import Street
from tests.clock import Clock
from tests.shop import Shop
from tests.team import hire
from whosthere.services import team
from whosthere.services.links import NewLink
from whosthere.services.runtime import Runtime

PASSWORD = "another ship in the bay"


def fill(page: Page, **fields: str) -> None:
    """Type into fields by their labels, and send with Enter."""
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " ")).press_sequentially(value)
    page.keyboard.press("Enter")


def test_somebody_is_invited_sets_up_a_second_factor_and_signs_in_with_both(
    street: Street, runtime: Runtime, shop: Shop, tabs: Tabs, clock: Clock
) -> None:
    owner = hire(runtime, shop.id, "olga@example.com", role="owner")
    made = team.invite(runtime, owner.identity, shop.id, "sam@example.com", "agent")
    assert isinstance(made, NewLink)
    page = tabs(viewport={"width": 390, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + str(request.headers.get("referer"))))
    page.goto(f"{street.chat}/agent/welcome")
    page.goto(f"{street.chat}/agent/welcome#{made.secret}")  # pasted where the page is open already
    expect(page.get_by_label("Your name")).to_be_visible()
    assert page.url == f"{street.chat}/agent/welcome"
    fill(page, Your_name="Sam", Choose_a_password=PASSWORD)
    page.wait_for_selector("#rows")
    assert asked
    assert not [url for url in asked if made.secret in url]

    page.goto(f"{street.chat}/agent/security/second-factor")
    assert page.locator(".scan svg").evaluate("picture => picture.getBoundingClientRect().width") > 100
    secret = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.get_by_label("Type the six digits").press_sequentially("000000\n")
    expect(page.get_by_label("Type the six digits")).to_be_focused()
    expect(page.locator(".wrong")).to_contain_text("does not fit")
    page.keyboard.type(pyotp.TOTP(secret).generate_otp(clock() // 30_000) + "\n")
    expect(page.locator("#codes li")).to_have_count(10)
    recovery = page.locator("#codes li").first.text_content() or ""

    clock.advance(minutes=1)
    elsewhere = tabs()
    elsewhere.goto(f"{street.chat}/agent/tokens")
    fill(elsewhere, Email="sam@example.com", Password=PASSWORD)
    elsewhere.wait_for_url(re.compile("/agent/login/code"))
    elsewhere.goto(f"{street.chat}/agent/profile")  # halfway opens nothing
    elsewhere.wait_for_url(re.compile("/agent/login"))
    fill(elsewhere, Email="sam@example.com", Password=PASSWORD)
    fill(elsewhere, Code=recovery)
    elsewhere.wait_for_url(f"{street.chat}/agent/profile")
    assert elsewhere.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_the_code_is_pasted(
    street: Street, runtime: Runtime, shop: Shop, tabs: Callable[..., Page]
) -> None:
    owner = hire(runtime, shop.id, "olga@example.com", role="owner")
    made = team.invite(runtime, owner.identity, shop.id, "sam@example.com", "agent")
    assert isinstance(made, NewLink)
    page = tabs(java_script_enabled=False)
    page.goto(f"{street.chat}/agent/welcome#{made.secret}")
    fill(page, Code_of_the_link=made.secret)
    expect(page.get_by_label("Your name")).to_be_visible()

"""Every config key of the page's API does what docs/embedding.md says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, heard, opened, payloads, say, tell
from tests.page_api import CONFIG_ROWS
from tests.people import ADA, SECRET, base64_token
from tests.rows import Rows
from tests.servers import until
from whosthere.core.conversation import State
from whosthere.storage.tables import conversations, users

pytestmark = pytest.mark.browser

Check = Callable[[Stage, Page], None]
LAUNCHER = "#whosthere button"
FRAME = "#whosthere iframe"
ROWS: dict[str, Check] = {}


def row(name: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        ROWS[name] = check
        return check

    return keep


def stored(stage: Stage, table: Any) -> Any:
    """The newest row of a table."""
    return Rows(stage.shop.runtime.database, stage.shop.id).all(table)[-1]


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).bounding_box()
    assert found is not None
    return dict(found)


@row("platformId")
def _platform(stage: Stage, page: Page) -> None:
    page.goto(stage.put("/", {"platformId": "no-such-platform"}))
    assert heard(page, "onWebChatRuntimeError")["error"] == "NOT_FOUND"
    stage.visit(page, {"platformId": stage.shop.id})
    say(opened(page), "to this one")
    assert stage.said() == ["to this one"]


@row("domain")
def _domain(stage: Stage, page: Page) -> None:
    stage.visit(page, {"domain": "shop.helpshift.com"})
    assert payloads(page, "warning") == []


@row("userId")
@row("userAuthToken")
def _user_id(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    expect(opened(page).locator("#who .assurance")).to_have_text("Verified")
    assert (stored(stage, users).user_id, stored(stage, users).user_id_proven) == ("ada", True)


@row("userEmail")
@row("userName")
def _user_email(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(userName="Ada, Countess"))
    expect(opened(page).locator("#who .name")).to_contain_text("Ada, Countess")
    assert stored(stage, users).email == ADA.email


@row("identityToken")
def _identity_token(stage: Stage, page: Page) -> None:
    stage.visit(page, {"identityToken": ADA.identity_token(stage.shop.runtime.clock())})
    expect(opened(page).locator("#who")).to_contain_text("Ada Lovelace")


@row("fullPrivacy")
def _full_privacy(stage: Stage, page: Page) -> None:
    token = base64_token(SECRET, "ada\n")
    stage.visit(page, ADA.config(userAuthToken=token, fullPrivacy=True))
    say(opened(page), "Hello")
    assert (stored(stage, users).user_id, stored(stage, users).name, stored(stage, users).email) == ("ada", None, None)


@row("clearAnonymousUserOnLogin")
def _clear(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "before I say who I am")
    key = f"whosthere:{stage.shop.id}"
    assert page.evaluate("key => localStorage[key]", key)
    page.evaluate("ada => Whosthere('login', ada)", ADA.proven(clearAnonymousUserOnLogin=True))
    heard(page, "userChanged")
    assert page.evaluate("key => localStorage[key]", key) is None


@row("getToken")
def _get_token(stage: Stage, page: Page) -> None:
    config = f"{{platformId: {json.dumps(stage.shop.id)}, userId: 'ada', getToken: async () => proven}}"
    stage.visit(page, config, before=f"window.proven = {json.dumps(ADA.proven())}")
    expect(opened(page).locator("#who .assurance")).to_have_text("Verified")


@row("language")
def _language(stage: Stage, page: Page) -> None:
    stage.visit(page, {"language": "de-AT"})
    expect(page.locator(LAUNCHER)).to_have_attribute("aria-label", "Chat mit Shop")
    assert opened(page).get_attribute("html", "lang") == "de"


@row("tags")
def _tags(stage: Stage, page: Page) -> None:
    stage.visit(page, {"tags": ["billing", 5, "", "x" * 101, "eu"]})
    say(opened(page), "Hello")
    assert stored(stage, conversations).tags == ["billing", "eu"]


@row("initialUserMessage")
def _initial(stage: Stage, page: Page) -> None:
    stage.visit(page, {"initialUserMessage": "I came from the pricing page"})
    opened(page).wait_for_selector(".me .meta:has-text('Sent')")
    assert stage.said() == ["I came from the pricing page"]


@row("subsequentIssuesInSameSessionConfig.initialUserMessage")
def _subsequent(stage: Stage, page: Page) -> None:
    further = {"subsequentIssuesInSameSessionConfig": {"initialUserMessage": "And another thing"}}
    stage.visit(page, {"initialUserMessage": "First", **further})
    frame = opened(page)
    frame.wait_for_selector(".me:has-text('First') .meta:has-text('Sent')")
    stage.put_state(stage.newest(), State.REJECTED)
    heard(page, "conversationRejected")
    frame.click("#conversations")
    frame.click("#fresh")
    frame.wait_for_selector(".me:has-text('And another thing') .meta:has-text('Sent')")
    assert len(stage.conversations()) == 2


@row("conversationPrefillText")
def _prefill(stage: Stage, page: Page) -> None:
    stage.visit(page, {"conversationPrefillText": "Order 1: " + "x" * 2000})
    expect(opened(page).locator("#text")).to_have_value(("Order 1: " + "x" * 2000)[:1000])
    assert stage.said() == []


@row("initiateChatOnLoad")
def _initiate(stage: Stage, page: Page) -> None:
    stage.visit(page, {"initiateChatOnLoad": True})
    expect(page.locator(FRAME)).to_be_visible()


@row("widgetOptions.showLauncher")
def _show_launcher(stage: Stage, page: Page) -> None:
    stage.visit(page, {"widgetOptions": {"showLauncher": False}})
    expect(page.locator(LAUNCHER)).to_be_hidden()
    opened(page)
    expect(page.locator(FRAME)).to_be_visible()


@row("widgetOptions.fullScreen")
def _full_screen(stage: Stage, page: Page) -> None:
    stage.visit(page, {"widgetOptions": {"fullScreen": True}})
    opened(page)
    size = page.viewport_size
    assert size is not None
    until(lambda: box(page, FRAME) == {"x": 0, "y": 0, **size})


@row("widgetOptions.position")
def _position(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    size = page.viewport_size
    assert size is not None
    for position in ("bottom-right", "bottom-left", "top-right", "top-left"):
        page.evaluate("at => { whosthereConfig.widgetOptions = { position: at }; Whosthere('update'); }", position)
        y, x = position.split("-")
        corner = {"x": 20 if x == "left" else size["width"] - 78, "y": 20 if y == "top" else size["height"] - 78}
        until(lambda corner=corner: box(page, LAUNCHER) == {**corner, "width": 58, "height": 58})


@row("widgetOptions.zIndex")
def _z_index(stage: Stage, page: Page) -> None:
    stage.visit(page, {"widgetOptions": {"zIndex": 7}})
    opened(page)
    for selector in (LAUNCHER, FRAME):
        assert page.locator(selector).evaluate("element => getComputedStyle(element).zIndex") == "7"


def test_every_config_key_has_a_row() -> None:
    assert set(ROWS) == set(CONFIG_ROWS)


@pytest.mark.parametrize("check", dict.fromkeys(ROWS.values()), ids=lambda check: check.__name__.lstrip("_"))
def test_the_config_key_does_what_it_says(stage: Stage, page: Page, check: Check) -> None:
    check(stage, page)


def test_a_helpshift_page_may_use_every_config_key(stage: Stage, page: Page) -> None:
    config = ADA.proven(
        domain="shop",
        fullPrivacy=False,
        clearAnonymousUserOnLogin=True,
        language="fr",
        tags=["a"],
        initialUserMessage="Bonjour",
        conversationPrefillText="…",
        initiateChatOnLoad=True,
        subsequentIssuesInSameSessionConfig={"initialUserMessage": "Encore"},
        widgetOptions={"showLauncher": True, "fullScreen": False, "position": "top-left", "zIndex": 9},
    )
    stage.visit(page, config, name="Helpshift", config_name="helpshiftConfig", script_id="hs-chat")
    expect(page.locator(LAUNCHER)).to_have_attribute("aria-label", "Discuter avec Shop")
    until(lambda: page.wait_for_timeout(10) or stage.said() == ["Bonjour"])
    assert payloads(page, "warning") == []


def test_the_config_may_be_an_inert_block(stage: Stage, page: Page) -> None:
    block = json.dumps({"platformId": stage.shop.id, **ADA.proven()}).replace("<", "\\u003c")
    stage.visit(page, "undefined", body=f'<script type="application/json" id="whosthere-config">{block}</script>')
    tell(page, "open")
    assert "Ada" in opened(page).inner_text("#who")

"""Every command of the page's API does what docs/embedding.md says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell, texts
from tests.page_api import COMMANDS
from tests.people import ADA, BOB
from tests.rows import Rows
from whosthere.storage.tables import conversations

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


def fields(stage: Stage) -> dict[str, Any]:
    """The custom fields of the newest conversation, as agents see them."""
    found = Rows(stage.shop.runtime.database, stage.shop.id).all(conversations)[-1].fields
    return {name: field["value"] for name, field in found.items()}


@row("open")
@row("close")
@row("toggle")
def _open(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    for command, visible in (("toggle", True), ("toggle", False), ("open", True), ("open", True), ("close", False)):
        tell(page, command)
        expect(page.locator(FRAME)).to_be_visible(visible=visible)
        expect(page.locator(LAUNCHER)).to_have_attribute("aria-expanded", str(visible).lower())


@row("hide")
@row("show")
def _hide(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    for was_open in (False, True):
        if was_open:
            opened(page)
        for _ in range(2):
            tell(page, "hide")
            expect(page.locator(LAUNCHER)).to_be_hidden()
            expect(page.locator(FRAME)).to_be_hidden()
        tell(page, "show")
        expect(page.locator(LAUNCHER)).to_be_visible()
        expect(page.locator(FRAME)).to_be_visible(visible=was_open)


@row("init")
def _init(stage: Stage, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/boot" in request.url else None)
    stage.visit(page, {}, before="setTimeout(() => Whosthere('init'))")
    tell(page, "init")
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1


@row("update")
@row("updateHelpshiftConfig")
def _update(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    for command, person in (("update", ADA), ("updateHelpshiftConfig", BOB)):
        page.evaluate(
            "([command, person]) => { Object.assign(whosthereConfig, person); Whosthere(command); }",
            [command, person.proven()],
        )
        expect(opened(page).locator("#who")).to_contain_text(person.name)


@row("login")
def _login(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    tell(page, "login", ADA.proven())
    assert heard(page, "userChanged")["originalState"] == "anonymous"
    expect(opened(page).locator("#who .assurance")).to_have_text("Verified")


@row("setIdentity")
def _set_identity(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    tell(page, "setIdentity", "ada", ADA.identity_token(stage.shop.runtime.clock()))
    heard(page, "userChanged")
    expect(opened(page).locator("#who")).to_contain_text("Ada Lovelace")


@pytest.mark.parametrize("kind", ["userAuthToken", "identityToken"])
def test_a_login_takes_either_kind_of_token_as_token(stage: Stage, page: Page, kind: str) -> None:
    made = {"userAuthToken": ADA.user_auth_token(), "identityToken": ADA.identity_token(stage.shop.runtime.clock())}
    stage.visit(page, {})
    tell(page, "login", ADA.config(token=made[kind]))
    heard(page, "userChanged")
    expect(opened(page).locator("#who")).to_contain_text("Ada Lovelace")


@row("logout")
def _logout(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "as nobody")
    tell(page, "login", ADA.proven())
    heard(page, "userChanged")
    tell(page, "logout")
    heard(page, "userChanged", where=lambda payload: payload["originalState"] == "logged-in")
    frame = panel(page)
    frame.wait_for_selector(".bubble")
    assert texts(frame) == ["as nobody"]  # the anonymous visitor of before


@row("reset")
def _reset(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "as nobody")
    tell(page, "reset")
    heard(page, "userChanged")
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    assert texts(frame) == []


@row("setLanguage")
def _set_language(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    frame = opened(page)
    frame.fill("#text", "not yet sent")
    tell(page, "setLanguage", "ja")
    expect(page.locator(LAUNCHER)).to_have_attribute("aria-label", "Shopとチャット")
    expect(page.frame_locator(FRAME).locator("html")).to_have_attribute("lang", "ja")
    expect(page.frame_locator(FRAME).locator("#text")).to_have_value("not yet sent")


@row("setInitialUserMessage")
def _set_initial(stage: Stage, page: Page) -> None:
    stage.visit(page, {"initialUserMessage": "of the config"})
    tell(page, "setInitialUserMessage", "of the command")
    opened(page).wait_for_selector(".me .meta:has-text('Sent')")
    assert stage.said() == ["of the command"]


@row("setCustomIssueFields")
def _set_fields(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    good = {
        "plan": {"type": "dropdown", "value": "gold"},
        "seats": {"type": "number", "value": "3"},
        "note": {"type": "multiline", "value": "a\nb"},
        "since": {"type": "date", "value": 1},
        "trial": {"type": "checkbox", "value": True},
    }
    tell(page, "setCustomIssueFields", {**good, "odd": {"type": "date", "value": "today"}})
    tell(page, "setCustomIssueFields", {"plan": {"type": "singleline", "value": "silver"}})
    say(opened(page), "Hello")
    assert fields(stage) == {"plan": "silver", "seats": "3", "note": "a\nb", "since": 1, "trial": True}


@row("replaceCustomIssueFields")
def _replace_fields(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    tell(page, "setCustomIssueFields", {"plan": {"type": "dropdown", "value": "gold"}})
    tell(page, "replaceCustomIssueFields", {"trial": {"type": "checkbox", "value": True}})
    say(opened(page), "Hello")
    assert fields(stage) == {"trial": True}


@row("identify")
def _identify(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    page.evaluate("Whosthere('identify', { name: 'Ada', seats: 3, trial: false, since: new Date(5), odd: () => 1 })")
    say(opened(page), "Hello")
    assert fields(stage) == {"name": "Ada", "seats": "3", "trial": False, "since": 5}
    assert heard(page, "warning")["code"] == "trait_invalid"


@row("track")
def _track(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    page.evaluate("for (let n = 1; n <= 25; n++) Whosthere('track', 'looked at', { page: n })")
    tell(page, "track", "added to basket")
    say(opened(page), "Hello")
    lines = fields(stage)["Recent events"].split("\n")
    assert len(lines) == 20
    assert lines[0].endswith(" UTC  added to basket")
    assert lines[1].endswith(' UTC  looked at  {"page":25}')


@row("addEventListener")
@row("removeEventListener")
def _listeners(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    page.evaluate(
        """() => { window.seen = []; window.one = () => seen.push(1);
          Whosthere("addEventListener", "widgetToggle", one); Whosthere("addEventListener", "widgetToggle", one); }"""
    )
    opened(page)
    page.evaluate("Whosthere('removeEventListener', 'widgetToggle', one)")
    tell(page, "close")
    assert page.evaluate("seen") == [1]


@row("destroy")
def _destroy(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    opened(page)
    tell(page, "destroy")
    assert page.locator("#whosthere").count() == 0
    page.evaluate(
        """src => { const again = document.createElement("script"); again.id = "whosthere-embed"; again.src = src;
          document.body.append(again); }""",
        f"{stage.chat.url}/embed.js",
    )
    expect(page.locator(LAUNCHER)).to_be_visible()


def test_every_command_has_a_row() -> None:
    assert set(ROWS) == set(COMMANDS)


@pytest.mark.parametrize("check", dict.fromkeys(ROWS.values()), ids=lambda check: check.__name__.lstrip("_"))
def test_the_command_does_what_it_says(stage: Stage, page: Page, check: Check) -> None:
    check(stage, page)


def test_a_helpshift_page_may_give_every_command(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(), name="Helpshift", config_name="helpshiftConfig", script_id="hs-chat")
    page.evaluate(
        """names => { for (const name of names) if (name !== "destroy") Helpshift(name, "de", () => {}); }""",
        list(COMMANDS),
    )
    page.evaluate("ada => { Helpshift('login', ada); Helpshift('show'); Helpshift('open'); }", ADA.proven())
    expect(page.frame_locator(FRAME).locator("#who")).to_contain_text("Ada Lovelace")
    codes = {payload["code"] for payload in payloads(page, "warning")}
    assert "command_unknown" not in codes
    page.evaluate("Helpshift('destroy')")
    assert page.locator("#whosthere").count() == 0


KEEP_FIRST = "set(value) { this.stub ||= value; this.newest = value; }, get() { return this.newest; }"


@pytest.mark.parametrize("push", ["stub.q.push(['open'])", "Whosthere.q.push(['open'])", "stub('open')"])
def test_a_page_that_keeps_its_stub_is_heard(stage: Stage, page: Page, push: str) -> None:
    stage.visit(page, {}, before="Object.defineProperty(window, 'Whosthere', {" + KEEP_FIRST + "})")
    page.evaluate(push)
    expect(page.locator(FRAME)).to_be_visible()

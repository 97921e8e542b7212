"""Every event of the page's API happens when docs/embedding.md says, with the payload it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from tests.browser.stage import EVENTS as HEARD
from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell
from tests.page_api import EVENTS
from tests.people import ADA, OTHER_SECRET
from whosthere.core.conversation import State

pytestmark = pytest.mark.browser

Check = Callable[[Stage, Page], None]
ROWS: dict[str, Check] = {}
# Shakes hands like the panel, keeps what it is told, and says what a test wants.
FAKE_PANEL = """<!doctype html><div class="panel" data-phase="chat">Chat</div><script>
onmessage = ({ data, ports }) => { if (data === "whosthere:port") { window.port = ports[0];
  port.onmessage = (message) => { window.state = message.data; }; } };
parent.postMessage("whosthere:hello", "*");</script>"""


def row(name: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        ROWS[name] = check
        return check

    return keep


def fake(stage: Stage, page: Page) -> Frame:
    """Open the chat with a panel that a test speaks for."""
    page.route("**/frame?*", lambda route: route.fulfill(body=FAKE_PANEL, content_type="text/html"))
    stage.visit(page, {})
    frame = opened(page)
    frame.wait_for_function("window.state")
    return frame


def happens(frame: Frame, name: str, payload: Any) -> None:
    """Let the panel tell the page of an event."""
    frame.evaluate("message => port.postMessage(message)", {"type": "event", "name": name, "payload": payload})


@row("ready")
def _ready(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    tell(page, "update")
    assert payloads(page, "ready") == [{}]


@row("userAuthFailure")
@row("onWebChatRuntimeError")
def _failure(stage: Stage, page: Page) -> None:
    for config, message in ((ADA.config(), "missing user auth token"), (ADA.proven(OTHER_SECRET), "invalid")):
        stage.visit(page, config)
        assert heard(page, "userAuthFailure")["message"].startswith(message)
        assert heard(page, "onWebChatRuntimeError")["error"] == "LOGIN_FAILED"
        assert heard(page, "onWebChatRuntimeError")["reason"].startswith(message)


@row("userChanged")
def _user_changed(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    tell(page, "login", ADA.proven())
    assert heard(page, "userChanged") == {"originalState": "anonymous", "pageUrl": page.url}
    tell(page, "logout")
    logged_in = {"originalState": "logged-in", "pageUrl": page.url}
    assert heard(page, "userChanged", where=lambda payload: payload == logged_in)


@row("sessionExpired")
def _session_expired(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    stage.shop.delete_key(stage.shop.key_id)
    frame.fill("#text", "too late")
    frame.press("#text", "Enter")
    assert heard(page, "sessionExpired") == {}


@row("widgetToggle")
def _widget_toggle(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    for command in ("open", "open", "close", "close"):
        tell(page, command)
        heard(page, "widgetToggle", where=lambda payload, shown=command == "open": payload["visible"] is shown)
    assert payloads(page, "widgetToggle") == [{"visible": True}, {"visible": False}]


@row("conversationStart")
@row("messageAdd")
def _conversation(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    frame = opened(page)
    say(frame, "Hello?")
    say(frame, "Anybody?")
    heard(page, "messageAdd", where=lambda payload: payload["body"] == "Anybody?")
    assert payloads(page, "conversationStart") == [{"message": "Hello?"}]
    assert payloads(page, "messageAdd") == [{"type": "text", "body": text} for text in ("Hello?", "Anybody?")]


@row("agentMessageReceived")
@row("newUnreadMessages")
def _agent_message(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "Hello?")
    tell(page, "close")
    stage.reply(stage.newest(), "Here I am")
    assert heard(page, "newUnreadMessages") == {"unreadCount": 1}
    assert payloads(page, "agentMessageReceived") == []
    tell(page, "open")
    received = heard(page, "agentMessageReceived")
    assert (received["body"], bool(received["publishId"])) == ("Here I am", True)
    assert received["createdTs"] == stage.shop.runtime.clock()


@row("conversationResolved")
@row("conversationReopened")
@row("conversationRejected")
@row("conversationEnd")
@row("chatEnd")
def _states(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    say(opened(page), "Hello?")
    for state, event in (
        (State.RESOLVED, "conversationResolved"),
        (State.OPEN, "conversationReopened"),
        (State.REJECTED, "conversationRejected"),
        (State.ENDED, "conversationEnd"),
    ):
        stage.put_state(stage.newest(), state)
        assert heard(page, event) == {}
        assert bool(payloads(page, "chatEnd")) is (state in {State.REJECTED, State.ENDED})


@row("csatSubmit")
def _csat(stage: Stage, page: Page) -> None:
    rated = {"rating": 5, "additionalFeedback": "Thank you"}
    happens(fake(stage, page), "csatSubmit", rated)
    assert heard(page, "csatSubmit") == rated


@row("warning")
def _warning(stage: Stage, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "warning" else None)
    stage.visit(page, {"userId": " ada "})
    warning = heard(page, "warning")
    assert warning["code"].startswith("user_id_")
    assert warning["message"]
    assert any(text.startswith(f"Whosthere: {warning['code']}: ") for text in said)


def test_every_event_has_a_row() -> None:
    assert set(ROWS) == set(EVENTS) == set(HEARD)


@pytest.mark.parametrize("check", dict.fromkeys(ROWS.values()), ids=lambda check: check.__name__.lstrip("_"))
def test_the_event_happens_as_it_should(stage: Stage, page: Page, check: Check) -> None:
    check(stage, page)


def test_a_helpshift_page_hears_the_whole_story(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(), name="Helpshift", config_name="helpshiftConfig", script_id="hs-chat")
    page.evaluate("Helpshift('open')")
    say(panel(page), "Hello?")
    stage.reply(stage.newest(), "Here I am")
    heard(page, "agentMessageReceived")
    stage.put_state(stage.newest(), State.REJECTED)
    heard(page, "chatEnd")
    page.evaluate("Helpshift('close')")
    page.evaluate("Helpshift('logout')")
    heard(page, "userChanged")
    order = [name for name, _ in page.evaluate("events")]
    assert [name for name in order if name != "newUnreadMessages"] == [
        "ready", "widgetToggle", "conversationStart", "messageAdd", "agentMessageReceived", "conversationRejected",
        "chatEnd", "widgetToggle", "userChanged",
    ]  # fmt: skip


def test_a_listener_may_change_everything(stage: Stage, page: Page) -> None:
    """Commands from inside a listener are obeyed; the answer that is being taken up harms nobody."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    stage.visit(page, {})
    page.evaluate(
        """ada => { Whosthere("addEventListener", "userChanged", () => Whosthere("destroy"));
          Whosthere("addEventListener", "userChanged", () => { window.over = true; });
          Whosthere("login", ada); }""",
        ADA.proven(),
    )
    page.wait_for_function("window.over")
    page.wait_for_load_state("networkidle")
    assert page.locator("#whosthere").count() == 0
    assert errors == []

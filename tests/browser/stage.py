"""A shop's website and the chat server, both on real sockets and of different origins."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from playwright.sync_api import Frame, Page

from tests import desk
from tests.servers import LiveServer, until
from tests.shop import Shop
from whosthere.core.conversation import State

EVENTS = (
    "ready",
    "userAuthFailure",
    "newUnreadMessages",
    "widgetToggle",
    "conversationStart",
    "messageAdd",
    "agentMessageReceived",
    "conversationResolved",
    "conversationRejected",
    "conversationReopened",
    "conversationEnd",
    "userChanged",
    "warning",
    "sessionExpired",
    "csatSubmit",
    "chatEnd",
    "onWebChatRuntimeError",
)
# The shadow root is closed to the page; tests look inside.
OPEN_SHADOW = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""
STUB = "(function(){var f=window.NAME=function(){f.q.push(arguments)};f.q=[]})();"
LISTEN = "window.events=[];for(const e of %s)NAME('addEventListener',e,p=>events.push([e,p]));"


@dataclass
class Website:
    """The shop's pages; each answers what a test put there."""

    pages: dict[str, tuple[str, list[tuple[str, str]]]] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        content, headers = self.pages.get(environ["PATH_INFO"], ("", []))
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), *headers])
        return [content.encode()]


@dataclass
class Stage:
    """Everything a browser test needs.

    Attributes:
        site_url: the website on the chat server's own site, as far as browsers can tell.
        foreign_site_url: the same website as another site.
    """

    shop: Shop
    website: Website
    site_url: str
    foreign_site_url: str
    chat: LiveServer

    def put(
        self,
        path: str,
        config: str | dict[str, Any] | None,
        *,
        name: str = "Whosthere",
        config_name: str = "whosthereConfig",
        script_id: str = "whosthere-embed",
        before: str = "",
        scripts: int = 1,
        nonce: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        body: str = "<h1>Shop</h1>",
    ) -> str:
        """Publish a page that embeds the chat and return its address; a `config` that is text is JavaScript."""
        if isinstance(config, dict):
            config = json.dumps({"platformId": self.shop.id, **config}).replace("<", "\\u003c")
        stub = (STUB + LISTEN % json.dumps(EVENTS)).replace("NAME", name)
        given = "" if config is None else f"window.{config_name}={config};"
        tag = f'<script async id="{script_id}" src="{self.chat.url}/embed.js" nonce="{nonce}"></script>'
        content = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><body>{body}'
            f'<script nonce="{nonce}">{before};{given}{stub}</script>{tag * scripts}</body></html>'
        )
        self.website.pages[path] = (content, list(headers))
        return self.site_url + path

    def visit(self, page: Page, config: str | dict[str, Any] | None = None, path: str = "/", **more: Any) -> None:
        """Let a browser load a page with this config and wait until the server has answered."""
        page.goto(self.put(path, {} if config is None else config, **more))
        heard(page, "ready", "userAuthFailure")

    def reply(self, conversation_id: str, text: str) -> None:
        """Let an agent answer."""
        desk.reply(self.shop.runtime, self.shop.id, conversation_id, text)

    def put_state(self, conversation_id: str, state: State) -> None:
        """Let an agent resolve, reject or reopen; the visitor's streams hear of it."""
        from whosthere.services.conversations import announce
        from whosthere.storage import conversations

        desk.put(self.shop.runtime, self.shop.id, conversation_id, state)
        with self.shop.runtime.reading(self.shop.id) as tenant:
            found = conversations.find(tenant, conversation_id)
        assert found is not None
        announce(self.shop.runtime, self.shop.id, found.record_id, conversation_id)

    def newest(self) -> str:
        """Return the id of the newest conversation of the platform; waits until there is one."""
        return until(lambda: next(iter(self.conversations()), ""))

    def conversations(self) -> list[str]:
        """Return the ids of all conversations, newest first."""
        from tests.rows import Rows
        from whosthere.storage.tables import conversations

        return [row.id for row in reversed(Rows(self.shop.runtime.database, self.shop.id).all(conversations))]

    def said(self) -> list[str]:
        """Return every message's text that the server has stored, in the order of the conversations."""
        from whosthere.storage import messages

        with self.shop.runtime.reading(self.shop.id) as tenant:
            return [one.body for id in self.conversations() for one in messages.after(tenant, id, 0, 1000)]


def heard(page: Page, *names: str, where: Callable[[Any], bool] = lambda _: True) -> Any:
    """Wait until the page heard one of these events and return the newest one's payload."""

    def find() -> list[Any]:
        return [one for one in page.evaluate("window.events || []") if one[0] in names and where(one[1])]

    def look() -> list[Any]:
        page.wait_for_timeout(10)  # lets the browser's own events in
        return find()

    return until(look, seconds=60)[-1][1]


def payloads(page: Page, name: str) -> list[Any]:
    """Return what the page heard so far of one event."""
    return [payload for event, payload in page.evaluate("events") if event == name]


def tell(page: Page, *command: Any) -> None:
    """Call `Whosthere(…)`."""
    page.evaluate("args => Whosthere(...args)", list(command))


def panel(page: Page) -> Frame:
    """Return the panel's frame when its page is there."""

    def find() -> Frame | None:
        page.wait_for_timeout(10)
        return next((frame for frame in page.frames if "/frame?" in frame.url), None)

    frame = until(find, seconds=60)
    frame.wait_for_selector(".panel")
    return frame


def opened(page: Page) -> Frame:
    """Open the chat and return the panel when it can be used."""
    tell(page, "open")
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"], .panel[data-phase="trouble"]')
    return frame


def say(frame: Frame, text: str) -> None:
    """Write a message and wait until the server has it."""
    frame.wait_for_selector('.panel[data-phase="chat"]')
    frame.fill("#text", text)
    frame.press("#text", "Enter")
    frame.wait_for_selector(f".me:has-text({json.dumps(text, ensure_ascii=False)}) .meta:has-text('Sent')")


def texts(frame: Frame) -> list[str]:
    """Return the messages the panel shows."""
    return [html.unescape(text) for text in frame.locator(".bubble").all_text_contents()]

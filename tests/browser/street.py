"""A shop and its chat on real sockets, and the people who walk by with their browsers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication

from flask import Flask
from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests import servers
from tests.shop import Shop, open_shop
from whosthere.services.runtime import Runtime

EVENTS = (
    "ready",
    "userAuthFailure",
    "widgetToggle",
    "newUnreadMessages",
    "conversationStart",
    "messageAdd",
    "agentMessageReceived",
    "conversationResolved",
    "conversationReopened",
    "userChanged",
    "warning",
)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><h1>Shop</h1>
<script>
window.whosthereConfig = {config};
(function () {{ var chat = window.Whosthere = function () {{ chat.q.push(arguments); }}; chat.q = []; }})();
window.events = [];
for (const name of {events}) Whosthere("addEventListener", name, (payload) => events.push([name, payload]));
</script>
<script async id="whosthere-embed" src="{chat}/embed.js"></script></html>"""


@dataclass(slots=True)
class Street:
    """One chat server and one shop website of another origin.

    Attributes:
        config: what the shop's page says next; change it before a visit.
    """

    chat: str
    website: str
    shop: Shop
    config: dict[str, Any]

    def visit(self, context: BrowserContext, **config: Any) -> Visit:
        """Open the shop's page in a new tab with this config."""
        self.config = {"platformId": self.shop.id, **config}
        page = context.new_page()
        page.goto(f"{self.website}/")
        return Visit(page)


@dataclass(frozen=True, slots=True)
class Visit:
    """A tab with the shop's page."""

    page: Page

    def saw(self, event: str) -> Any:
        """Wait for an event of the page's API and return its first payload."""
        self.page.wait_for_function("name => events.some((event) => event[0] === name)", arg=event)
        return self.page.evaluate("name => events.find((event) => event[0] === name)[1]", event)

    def count(self, event: str) -> int:
        """How often the event happened so far."""
        return int(self.page.evaluate("name => events.filter((event) => event[0] === name).length", event))

    def tell(self, *command: Any) -> None:
        """Give the page's API a command."""
        self.page.evaluate("args => Whosthere(...args)", list(command))

    def open(self) -> Frame:
        """Open the panel and return its frame."""
        self.tell("open")
        # The frame lives in a shadow root, where the page's own scripts do not see it.
        servers.until(lambda: self._turn() and len(self.page.frames) == 2)
        frame = self.page.frames[1]
        frame.wait_for_selector(".panel[data-phase=chat], .panel[data-phase=trouble]")
        return frame

    def _turn(self) -> bool:
        """Let the browser's news in."""
        self.page.evaluate("null")
        return True

    def say(self, text: str) -> None:
        """Write a message in the open panel and see it stored."""
        frame = self.page.frames[1]
        frame.fill("#text", text)
        frame.press("#text", "Enter")
        message = frame.locator(".me", has_text=text)
        expect(message).to_have_count(1)
        expect(message).not_to_contain_text("Sending")

    def reads(self, text: str) -> None:
        """See an answer in the open panel."""
        expect(self.page.frames[1].locator(".them", has_text=text)).to_be_visible()

    def everything_shown(self) -> str:
        """All text of the page and its frames."""
        return "\n".join(frame.evaluate("document.documentElement.innerText") for frame in self.page.frames)


def build(
    app: Flask, runtime: Runtime, live_server: Callable[[WSGIApplication], servers.LiveServer], **policy: Any
) -> Street:
    """Open the chat server and the shop."""
    street = Street("", "", None, {})  # type: ignore[arg-type]
    website = Flask("shop")

    @website.get("/")
    def home() -> str:
        return _PAGE.format(config=json.dumps(street.config), events=json.dumps(EVENTS), chat=street.chat)

    street.chat = live_server(app).url
    street.website = live_server(website).url
    street.shop = open_shop(runtime, origins=(street.website,), **policy)
    return street

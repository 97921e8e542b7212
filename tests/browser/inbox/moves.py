"""What visitors do meanwhile, and how to know that the inbox listens."""

from __future__ import annotations

import hashlib

from playwright.sync_api import Page

from tests.servers import until
from tests.shop import Visitor


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

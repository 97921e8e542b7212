"""What the panel writes, shows and says, in which language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage, heard, opened, panel, payloads, say, tell, texts
from tests.clock import Clock
from tests.people import ADA
from tests.servers import until
from whosthere.core.conversation import State

pytestmark = pytest.mark.browser


def test_messages_are_text_and_only_safe_addresses_are_links(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    say(frame, "<img src=x onerror=alert(1)> javascript:alert(1) https://example.com/x.")
    links = frame.locator(".bubble a")
    links.first.wait_for()  # their script comes when the first address does
    assert links.evaluate_all("links => links.map((a) => [a.href, a.target, a.rel])") == [
        ["https://example.com/x", "_blank", "noopener noreferrer nofollow"]
    ]
    assert frame.locator(".bubble img").count() == 0


def test_a_message_that_is_too_long_is_counted_in_characters_and_not_sent(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.fill("#text", "🎉" * 10_001)
    frame.press("#text", "Enter")
    expect(frame.locator("#hint")).to_have_text("A message has at most 10,000 characters. This one has 1 too many.")
    frame.fill("#text", "🎉" * 10_000)
    frame.press("#text", "Enter")
    frame.wait_for_selector(".me .meta:has-text('Sent')")


def test_escape_closes_the_panel_unless_an_input_method_is_at_work(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    frame.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true }))")
    frame.focus("#text")
    frame.press("#text", "Escape")
    heard(page, "widgetToggle", where=lambda payload: not payload["visible"])
    assert len(payloads(page, "widgetToggle")) == 2
    assert page.evaluate("document.activeElement.id") == "whosthere"


def test_an_earlier_conversation_can_be_looked_at(stage: Stage, page: Page, clock: Clock) -> None:
    stage.visit(page, ADA.proven())
    frame = opened(page)
    say(frame, "the first matter")
    stage.put_state(stage.newest(), State.REJECTED)
    heard(page, "conversationRejected")
    clock.advance(minutes=1)
    frame.click("#another")
    say(frame, "the second matter")
    frame.click("#conversations")
    frame.click(".conversation:has-text('the first matter')")
    frame.wait_for_selector(".me:has-text('the first matter')")
    assert texts(frame) == ["the first matter"]


LANGUAGES = {
    "en": "Write a message…",
    "de": "Nachricht schreiben …",
    "fr-CA": "Écrivez un message…",
    "es": "Escribe un mensaje…",
    "pt_BR": "Escreva uma mensagem…",
    "ja": "メッセージを入力…",
    "ar": "اكتب رسالة…",
    "xx": "Write a message…",
    "browserDefault": "Write a message…",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_panel_speaks_the_language_of_the_page(stage: Stage, page: Page, language: str) -> None:
    """One file of words per load; Arabic is mirrored; a language nobody speaks is English."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if "/words/" in request.url else None)
    stage.visit(page, {"language": language})
    frame = opened(page)
    assert frame.get_attribute("#text", "placeholder") == LANGUAGES[language]
    assert frame.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert len(loaded) == 1


def test_set_language_changes_it_on_the_spot_and_keeps_the_draft(stage: Stage, page: Page) -> None:
    stage.visit(page, {})
    opened(page).fill("#text", "a draft")
    tell(page, "setLanguage", "de")
    until(lambda: page.wait_for_timeout(10) or any("language=de" in frame.url for frame in page.frames))
    frame = panel(page)
    frame.wait_for_selector('.panel[data-phase="chat"]')
    assert frame.get_attribute("#text", "placeholder") == LANGUAGES["de"]
    expect(frame.locator("#text")).to_have_value("a draft")


def test_the_platforms_greeting_is_shown(stage: Stage, page: Page, tabs: Callable[..., Page]) -> None:
    stage.visit(page, {})
    frame = opened(page)
    expect(frame.locator("#greeting h2")).to_have_text("How can we help?")
    expect(frame.locator("#greeting p")).to_contain_text("this browser keeps your conversation")

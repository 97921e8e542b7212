"""The named states of launcher and panel: how a visitor gets into each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Frame, Page

from tests import files
from tests.browser.panel.moves import adjust, begin, grace, pick, sends, types
from tests.browser.stage import Stage, heard, opened, panel, say, tell
from tests.people import ADA, OTHER_SECRET
from whosthere.core.conversation import State
from whosthere.services import inbox

Scene = Callable[[Stage, Page], None]
STATES: dict[str, Scene] = {}
QUESTION = "Hi! My order 10-442 says delivered, but nothing arrived."


def state(name: str) -> Callable[[Scene], Scene]:
    """Give a scene its name."""

    def register(scene: Scene) -> Scene:
        STATES[name] = scene
        return scene

    return register


def talk(stage: Stage, page: Page) -> Frame:
    """Let Ada ask and Grace answer."""
    frame = begin(stage, page, QUESTION)
    stage.reply(stage.newest(), "Hello Ada, sorry about that. Let me look at the carrier’s record.")
    stage.reply(stage.newest(), "It was left with a neighbour: https://carrier.example/10-442")
    frame.wait_for_selector(".them a")
    return frame


def fails(page: Page, status: int, **more: Any) -> None:
    """Let the server refuse further messages."""
    page.route("**/messages", lambda route: route.fulfill(status=status, json={"code": "no"}, **more))


@state("launcher")
def _launcher(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven())


@state("launcher with unread")
def _unread(stage: Stage, page: Page) -> None:
    talk(stage, page)
    tell(page, "close")
    stage.reply(stage.newest(), "It is on its way again.")
    heard(page, "newUnreadMessages")


@state("first open")
def _first(stage: Stage, page: Page) -> None:
    adjust(stage, reply_time="minutes")
    stage.visit(page, ADA.proven())
    opened(page)


@state("anonymous")
def _anonymous(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, "Do you ship to Iceland?", {})
    frame.wait_for_selector("#card:not([hidden])")


@state("verified")
def _verified(stage: Stage, page: Page) -> None:
    adjust(stage, reply_time="hours")
    frame = talk(stage, page)
    say(frame, "Found it, thank you!")
    inbox.mark_read(stage.shop.runtime, grace(stage).identity, stage.newest(), 9)
    frame.wait_for_selector(".meta:has-text('Seen')")


@state("sending")
def _sending(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    page.route("**/messages", lambda route: None)
    frame.fill("#text", "Found it, thank you!")
    frame.press("#text", "Enter")
    frame.wait_for_selector(".meta:has-text('Sending')")


@state("failed")
def _failed(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    fails(page, 400)
    frame.fill("#text", "Found it, thank you!")
    frame.press("#text", "Enter")
    frame.wait_for_selector(".failed")


@state("offline")
def _offline(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    page.context.set_offline(True)
    frame.fill("#text", "Found it, thank you!")
    frame.press("#text", "Enter")
    frame.wait_for_selector("#status-text:has-text('offline')")


@state("reconnecting")
def _reconnecting(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    page.route("**/api/v1/widget/**", lambda route: route.abort())
    frame.evaluate("dispatchEvent(new Event('online'))")  # as after a change of networks: everything begins again
    frame.wait_for_selector("#status-text:has-text('Connecting')")


@state("agent typing")
def _typing(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    # Somebody who types for as long as the picture takes.
    frame.evaluate("""() => { const { setTimeout } = window;
        window.setTimeout = (work, ms) => (ms === 6000 ? 0 : setTimeout(work, ms)); }""")
    types(stage, grace(stage))
    frame.wait_for_selector("#typing:visible")


@state("away")
def _away(stage: Stage, page: Page) -> None:
    day = datetime.now(UTC) + timedelta(days=2)
    adjust(stage, working_hours=f"{day:%a} 9:00-17:00 ".lower() + "UTC")
    stage.visit(page, {})
    opened(page).wait_for_selector("#away:has-text('back')")


@state("resolved question")
def _resolved(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    stage.put_state(stage.newest(), State.RESOLVED)
    frame.wait_for_selector("#helped")


@state("rating")
def _rating(stage: Stage, page: Page) -> None:
    _resolved(stage, page)
    frame = panel(page)
    frame.click("#helped")
    frame.check("#card [value='4']", force=True)


@state("ended")
def _ended(stage: Stage, page: Page) -> None:
    _rating(stage, page)
    panel(page).click("#card .rating .button:not(.quiet)")
    panel(page).wait_for_selector("#another")


@state("refused")
def _refused(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(OTHER_SECRET))
    opened(page).wait_for_selector("#trouble-title")


@state("session expired")
def _expired(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    page.route(
        "**/boot", lambda route: route.fulfill(status=401, json={"code": "x", "message": "invalid user auth token"})
    )
    page.route("**/messages", lambda route: route.fulfill(status=401, json={"code": "session_expired"}))
    frame.fill("#text", "Found it, thank you!")
    frame.press("#text", "Enter")
    frame.wait_for_selector("#trouble-title")


@state("attachment")
def _attachment(stage: Stage, page: Page) -> None:
    frame = begin(stage, page, "Here is a photo of the doorstep.")
    pick(frame, ("doorstep.png", "image/png", files.picture(480, 320)))
    frame.wait_for_selector(".chip small")
    frame.press("#text", "Enter")
    frame.wait_for_selector(".me .there")
    sends(stage, grace(stage), "receipt-10-442.pdf", "application/pdf", b"%PDF-1.7\n" + b"x" * 84_000 + b"\n%%EOF\n")
    frame.wait_for_selector(".them .file")
    pick(frame, ("parcel slip.txt", "text/plain", b"10-442"), ("film.mov", "video/quicktime", b"x"))
    frame.wait_for_selector(".chip small:has-text('bytes')")


@state("too many requests")
def _limited(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    fails(page, 429, headers={"Retry-After": "20"})
    frame.fill("#text", "Found it, thank you!")
    frame.press("#text", "Enter")
    frame.wait_for_selector("#countdown:has-text('second')")


@state("right-to-left")
def _mirrored(stage: Stage, page: Page) -> None:
    stage.visit(page, ADA.proven(language="ar"))
    frame = opened(page)
    frame.fill("#text", "مرحبًا، لم يصل طلبي 10-442.")
    frame.press("#text", "Enter")
    frame.wait_for_selector(".me .meta:has-text('أُرسلت')")
    stage.reply(stage.newest(), "أهلًا Ada! سأتحقق من سجل الناقل: https://carrier.example/10-442")
    stage.reply(stage.newest(), "Sorry, my Arabic is not good; may I go on in English?")
    frame.wait_for_selector(".them:has-text('English')")


@state("offer")
def _offer(stage: Stage, page: Page) -> None:
    adjust(stage, anonymous_history="ask")
    begin(stage, page, "Before I signed in", {})
    stage.visit(page, ADA.proven())
    opened(page).wait_for_selector("#offer")


@state("menu")
def _menu(stage: Stage, page: Page) -> None:
    talk(stage, page).click("#more")
    panel(page).wait_for_selector("#menu")


@state("forget")
def _forget(stage: Stage, page: Page) -> None:
    _menu(stage, page)
    panel(page).get_by_role("button", name="Forget me").click()


@state("conversations")
def _conversations(stage: Stage, page: Page) -> None:
    frame = talk(stage, page)
    stage.put_state(stage.newest(), State.REJECTED)
    frame.click("#another")
    say(frame, "One more thing: can I change the address of an order that is packed already?")
    frame.click("#conversations")
    frame.wait_for_selector(".conversation")

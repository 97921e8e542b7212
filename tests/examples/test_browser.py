"""In a browser, under each example's own Content-Security-Policy: one click, and the panel knows Ada."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.examples.sites import Example
from tests.servers import until

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("site", "login"), [("shop", "/login"), ("club", "/login"), ("tern", "/sign-in")])
def test_the_chat_opens_and_says_that_it_is_ada(
    request: pytest.FixtureRequest, page: Page, site: str, login: str
) -> None:
    example: Example = request.getfixturevalue(site)
    stopped: list[str] = []
    page.on("console", lambda message: stopped.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{example.server.origin}{example.server.prefix}{login}")
    page.click("button[value=ada]")
    page.wait_for_load_state()
    page.goto(f"{example.server.origin}{example.server.prefix}/")
    page.wait_for_function("typeof window.Whosthere === 'function'")
    page.evaluate("window.Whosthere('open')")
    panel = panel_of(page)
    panel.get_by_text("Ada Lovelace").first.wait_for()
    panel.get_by_text("Verified").first.wait_for()
    assert stopped == []


def panel_of(page: Page) -> Frame:
    """Wait until the page has the panel's frame; it stands in a closed shadow root, which no selector enters."""

    def found() -> Frame | None:
        page.wait_for_timeout(10)  # lets the browser's events in
        return next((frame for frame in page.frames if "/support/frame" in frame.url), None)

    frame = until(found)
    assert frame is not None
    return frame

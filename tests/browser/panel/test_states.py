"""Every named state, in light and dark: axe-core finds nothing, nothing overflows; pictures of it on request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from tests.browser.panel.states import STATES
from tests.browser.stage import Stage
from tests.conftest import absent

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = os.environ.get("WHOSTHERE_PICTURES")
"""A folder for pictures of the states; see contact_sheet.py."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast"]
"""What may differ between light and dark."""
SCREENS = {1280: 800, 390: 780, 320: 640}
SETTLED = """Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations < 9).map((one) => one.finished))"""


def findings(frame: Frame, rules: list[str]) -> list[Any]:
    """Run axe-core in a frame; each finding with where it is."""
    frame.evaluate(SETTLED)
    if not frame.evaluate("!!window.axe"):
        frame.evaluate(AXE.read_text())
    ours = "document" if "/frame?" in frame.url else "document.getElementById('whosthere')"
    found = frame.evaluate(f"rules => axe.run({ours}, rules)", {"runOnly": rules, "iframes": False})
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]


def frames(page: Page) -> list[Frame]:
    """The panel if it is open, and the page with the launcher."""
    return [page.main_frame, *(one for one in page.frames if "/frame?" in one.url and one.locator("main").is_visible())]


@pytest.mark.parametrize("name", STATES)
def test_everybody_can_use(stage: Stage, page: Page, name: str) -> None:
    if not AXE.exists():
        absent("axe-core (npm)")
    page.set_viewport_size({"width": 1280, "height": 800})
    STATES[name](stage, page)
    problems: list[Any] = []
    for scheme, rules in (("light", RULES), ("dark", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme)
        problems += [(scheme, found) for frame in frames(page) for found in findings(frame, rules)]
    assert problems == []
    for width, height in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        for frame in frames(page):
            assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, frame.url)
        if PICTURES and width > 320:
            take(page, Path(PICTURES), name, width, height)


def take(page: Page, folder: Path, name: str, width: int, height: int) -> None:
    """Photograph the corner where the chat is, in light and dark."""
    for frame in frames(page):
        frame.evaluate("document.getElementById('log')?.scrollTo(0, 1e6)")
    part = {"x": max(0, width - 430), "y": 0, "width": min(width, 430), "height": height}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for frame in frames(page):
            frame.evaluate(SETTLED)
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", clip=part)  # type: ignore[arg-type]

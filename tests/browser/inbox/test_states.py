"""Every named state, in light and dark: axe-core finds nothing, nothing overflows; pictures of it on request."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.browser.inbox.moves import ready
from tests.browser.inbox.office import fill, open_office
from tests.browser.inbox.states import STATES
from tests.browser.street import Street
from tests.clock import Clock
from tests.conftest import absent
from tests.shop import Shop
from tests.team import Colleague
from whosthere.core.views import View
from whosthere.services import inbox_views
from whosthere.services.inbox_views import Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage.conversations import FIRST_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = os.environ.get("WHOSTHERE_PICTURES")
"""A folder for pictures of the states; see contact_sheet.py."""
ONLY = os.environ.get("WHOSTHERE_STATES", "").split(",")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = ((1440, 860), (390, 780))


def findings(page: Page, scheme: str) -> list[Any]:
    """Run axe-core, in the dark for contrast alone; each finding with where it is."""
    rules = {"runOnly": RULES} if scheme == "light" else {"runOnly": ["color-contrast"]}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {**rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]


def test_everybody_can_use_every_state(
    sit_down: Callable[..., Page],
    street: Street,
    runtime: Runtime,
    client: FlaskClient,
    shop: Shop,
    clock: Clock,
    grace: Colleague,
) -> None:
    """One browser walks through them all, so that a busy office need not be filled for each."""
    if not AXE.exists():
        absent("axe-core (npm)")
    grace.serve(shop.id, "admin")
    ada = fill(open_office(runtime, client, shop, clock, grace))
    rejected = inbox_views.listed(runtime, grace.identity, FIRST_PAGE, Wanted(View.REJECTED)).cases[0].conversation.id
    page = sit_down(reduced_motion="reduce")
    problems: list[Any] = []
    for name, (path, scene) in STATES.items():
        if ONLY != [""] and name not in ONLY:
            continue
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("sessionStorage.clear()")  # no draft of another state
            page.goto(f"{street.chat}/agent/{path.format(ada=ada, rejected=rejected)}")
            if page.locator(".inbox").count():
                ready(page)
            scene(page)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                if width == 1440:
                    problems += [(name, scheme, found) for found in findings(page, scheme)]
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                problems.append((name, width, "overflows"))
    assert problems == []

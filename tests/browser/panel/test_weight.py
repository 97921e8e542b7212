"""What script and panel weigh as they travel, and how deep their requests are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.browser.stage import Stage, opened
from tests.people import ADA
from tests.servers import until
from whosthere.assets import assets

pytestmark = pytest.mark.browser

EMBED_BYTES_MAX = 4_800
FIRST_OPEN_BYTES_MAX = 26_000
EVERYTHING_BYTES_MAX = 50_000


def packed(name: str) -> int:
    file = assets().files[name]
    return len(file.packed or file.body)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_first_open_is_light_and_needs_no_chain_of_requests(stage: Stage, page: Page, language: str) -> None:
    """Everything between the click and a composer to write in, counted as it came through the socket."""
    seen: list[Request] = []
    page.on("requestfinished", lambda request: seen.append(request))
    stage.visit(page, ADA.proven(language=language))
    page.wait_for_load_state("networkidle")
    weights = {request.url: request.sizes()["responseBodySize"] for request in seen}
    assert weights[f"{stage.chat.url}/embed.js"] == packed("embed.js") <= EMBED_BYTES_MAX
    before = len(seen)
    frame = opened(page)
    preloaded = set(frame.evaluate("Array.from(document.querySelectorAll('link'), (link) => link.href)"))
    until(lambda: page.wait_for_timeout(10) or preloaded <= {one.url for one in seen})
    opening = [one for one in seen[before:] if "/assets/" in one.url or "/frame?" in one.url]
    weight = sum(one.sizes()["responseBodySize"] for one in opening)
    print(f"first open in {language}: {len(opening)} requests, {weight:,} bytes gzipped")
    assert 15_000 < weight <= FIRST_OPEN_BYTES_MAX
    assert not [one.url for one in opening if "/later/" in one.url]
    # embed/later.js, then the page of the panel, then everything else side by side
    assert {one.url for one in opening if "/panel/" in one.url} <= preloaded
    assert len([one for one in opening if "/panel/" not in one.url]) == 3, "the page, its tokens and embed/later.js"


def test_everything_that_a_visitor_may_ever_load_is_not_heavy_either(stage: Stage, page: Page) -> None:
    """Script, panel and all later parts with the longest of the languages."""
    page.goto(f"{stage.chat.url}/frame?platformId={stage.shop.id}")
    names = [name for name in assets().files if name.startswith(("embed", "panel/")) and "/words/" not in name]
    words = [
        max(packed(name) for name in assets().files if name.startswith(folder))
        for folder in ("panel/words/", "panel/later/words/")
    ]
    page_bytes = page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize")
    weight = sum(map(packed, names)) + packed("tokens.css") + sum(words) + page_bytes
    print(f"everything: {len(names) + 4} files, {weight:,} bytes gzipped")
    assert weight <= EVERYTHING_BYTES_MAX

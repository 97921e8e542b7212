"""What the panel weighs, and how deep its requests are."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page, Response

from tests.browser.stage import Stage, opened
from tests.people import ADA
from whosthere.assets import static_dir

FIRST_OPEN_BYTES_MAX = 30_000
LATER_BYTES_MAX = 25_000


def packed(data: bytes) -> int:
    return len(gzip.compress(data, 9))


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_first_open_is_light_and_needs_no_chain_of_requests(stage: Stage, page: Page, language: str) -> None:
    """Page, styles, every module and the texts of one language, as the browser asked for them."""
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response))
    stage.visit(page, ADA.proven(language=language))
    frame = opened(page)
    preloaded = set(frame.evaluate("Array.from(document.querySelectorAll('link'), (link) => link.href)"))
    panel = [one for one in seen if "/panel/" in one.url or "/tokens.css" in one.url or "/frame?" in one.url]
    weight = sum(packed(one.body()) for one in panel)
    print(f"first open in {language}: {len(panel)} requests, {weight:,} bytes gzipped")
    assert weight <= FIRST_OPEN_BYTES_MAX
    assert not [one.url for one in panel if "/later/" in one.url]
    # embed/later.js, then the page of the panel, then everything else side by side
    assert {one.url for one in panel if "/frame?" not in one.url} <= preloaded


def test_what_comes_later_is_not_heavy_either() -> None:
    later = static_dir() / "panel" / "later"
    parts = list(later.glob("*.*"))
    words = max(packed(path.read_bytes()) for path in (later / "words").iterdir())
    weight = sum(packed(path.read_bytes()) for path in parts) + words
    print(f"everything that comes later: {len(parts) + 1} files, {weight:,} bytes gzipped")
    assert weight <= LATER_BYTES_MAX

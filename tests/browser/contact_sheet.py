"""Photograph every named state of launcher, panel, inbox and desk and join the pictures: docs/pictures/.

Run it from the checkout: `.venv/bin/python -m tests.browser.contact_sheet`.
"""

from __future__ import annotations

import base64
import html
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import portrait
from tests.browser.desk.states import STATES as DESK
from tests.browser.inbox.states import STATES as INBOX
from tests.browser.panel.states import STATES as PANEL

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SHEETS = ROOT / "docs" / "pictures"


def by_page(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of states with those of one page beside each other: "log, filtered" after "log"."""
    pages: dict[str, list[str]] = {}
    for name in names:
        pages.setdefault(name.partition(",")[0], []).append(name)
    return tuple(name for page in pages.values() for name in page)


SHEETS_OF = {
    # name: its states, the widths of the window, pictures in a row, how large they are shown
    "panel": (tuple(PANEL), (1280, 390), 6, 0.5),
    "inbox": (tuple(INBOX), (1440, 390), 4, 0.42),
    "desk": (by_page((*DESK, "closed")), (1440, 390), 7, 0.33),
}
LONG = ("desk",)
"""Whose pages are photographed as long as they are, shown from their top, and stored as WebP, which is smaller."""
WEBP = """async ([png, quality]) => {
  const image = new Image();
  image.src = png;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality);
}"""
WEBP_QUALITY = 0.5
STYLE = """
body { margin: 0; padding: 16px; width: max-content; font: 600 13px system-ui }
body { background: light-dark(#fff, #0b0c0f); color: light-dark(#15171c, #eceef3) }
main { display: grid; grid-template-columns: repeat(%d, auto); gap: 16px }
figure { margin: 0 }
figure > div { max-height: 480px; overflow: hidden }
figcaption { padding: 0 0 6px }
img { display: block; zoom: %s; border-radius: 8px; border: 2px solid light-dark(#e5e7ec, #2b2f38) }
"""


def photograph(folder: Path) -> None:
    """Run the tests of the states, which take the pictures."""
    tests = [f"tests/browser/{part}/test_{'looks' if part in LONG else 'states'}.py" for part in SHEETS_OF]
    command = [sys.executable, "-m", "pytest", "-q", "-n2", *tests]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "WHOSTHERE_PICTURES": str(folder)}, check=True)


def page(folder: Path, part: str, width: int, scheme: str) -> str:
    """Return the sheet as a page."""
    names, _, columns, scale = SHEETS_OF[part]
    if width < 500:
        columns, scale = (12, 0.42) if part in LONG else (max(columns, 6), 0.5)
    figures = []
    for name in names:
        picture = base64.b64encode((folder / f"{name}-{width}-{scheme}.png").read_bytes()).decode()
        image = f'<div><img src="data:image/png;base64,{picture}"></div>'
        figures.append(f"<figure><figcaption>{html.escape(name)}</figcaption>{image}</figure>")
    style = f":root {{ color-scheme: {scheme} }}{STYLE % (columns, scale)}"
    return f'<!doctype html><meta charset="utf-8"><style>{style}</style><main>{"".join(figures)}</main>'


def join(folder: Path) -> None:
    """Write one sheet for each part, width and colour scheme."""
    from playwright.sync_api import sync_playwright

    SHEETS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page()
        for part, (_, widths, _, _) in SHEETS_OF.items():
            for width, scheme in product(widths, ("light", "dark")):
                if not list(folder.glob(f"{SHEETS_OF[part][0][0]}-{width}-*")):
                    continue  # pictures of the other part alone
                tab.set_content(page(folder, part, width, scheme), wait_until="load")
                path = SHEETS / f"{part}-{width}-{scheme}.{'webp' if part in LONG else 'png'}"
                path.write_bytes(picture_of(tab, path.suffix))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
        browser.close()


def picture_of(tab: Page, suffix: str) -> bytes:
    """Return what a tab shows."""
    png = tab.locator("body").screenshot()
    if suffix == ".png":
        return png
    address = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    made: str = tab.evaluate(WEBP, [address, WEBP_QUALITY])
    return base64.b64decode(made.partition(",")[2])


def main() -> None:
    """Make the sheets; with an argument, from pictures that are in that folder already."""
    if len(sys.argv) > 1:
        return join(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        photograph(Path(folder))
        join(Path(folder))
    portrait.main()
    return None


if __name__ == "__main__":
    main()

"""Photograph every named state of launcher, panel and inbox and join the pictures: docs/pictures/.

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
from itertools import product
from pathlib import Path

from tests.browser import portrait
from tests.browser.inbox.states import STATES as INBOX
from tests.browser.panel.states import STATES as PANEL

ROOT = Path(__file__).parents[2]
SHEETS = ROOT / "docs" / "pictures"
SHEETS_OF = {
    # name: its states, the widths of the window, pictures in a row, how large they are shown
    "panel": (tuple(PANEL), (1280, 390), 6, 0.5),
    "inbox": (tuple(INBOX), (1440, 390), 4, 0.42),
}
STYLE = """
body { margin: 0; padding: 16px; width: max-content; font: 600 13px system-ui }
body { background: light-dark(#fff, #0b0c0f); color: light-dark(#15171c, #eceef3) }
main { display: grid; grid-template-columns: repeat(%d, auto); gap: 16px }
figure { margin: 0 }
figcaption { padding: 0 0 6px }
img { display: block; zoom: %s; border-radius: 8px; border: 2px solid light-dark(#e5e7ec, #2b2f38) }
"""


def photograph(folder: Path) -> None:
    """Run the tests of the states, which take the pictures."""
    tests = [f"tests/browser/{part}/test_states.py" for part in SHEETS_OF]
    command = [sys.executable, "-m", "pytest", "-q", "-n2", *tests]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "WHOSTHERE_PICTURES": str(folder)}, check=True)


def page(folder: Path, part: str, width: int, scheme: str) -> str:
    """Return the sheet as a page."""
    names, _, columns, scale = SHEETS_OF[part]
    if width < 500:
        columns, scale = max(columns, 6), 0.5
    figures = []
    for name in names:
        picture = base64.b64encode((folder / f"{name}-{width}-{scheme}.png").read_bytes()).decode()
        image = f'<img src="data:image/png;base64,{picture}">'
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
                path = SHEETS / f"{part}-{width}-{scheme}.png"
                tab.locator("body").screenshot(path=path)
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
        browser.close()


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

"""Photograph every named state of launcher and panel and join the pictures: docs/pictures/.

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
from pathlib import Path

from tests.browser import portrait
from tests.browser.panel.states import STATES

ROOT = Path(__file__).parents[2]
SHEETS = ROOT / "docs" / "pictures"
COLUMNS = 6
SCALE = 0.5
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
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "tests/browser/panel/test_states.py"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "WHOSTHERE_PICTURES": str(folder)}, check=True)


def page(folder: Path, names: list[str], width: int, scheme: str) -> str:
    """Return the sheet as a page."""
    figures = []
    for name in names:
        picture = base64.b64encode((folder / f"{name}-{width}-{scheme}.png").read_bytes()).decode()
        image = f'<img src="data:image/png;base64,{picture}">'
        figures.append(f"<figure><figcaption>{html.escape(name)}</figcaption>{image}</figure>")
    style = f":root {{ color-scheme: {scheme} }}{STYLE % (COLUMNS, SCALE)}"
    return f'<!doctype html><meta charset="utf-8"><style>{style}</style><main>{"".join(figures)}</main>'


def join(folder: Path) -> None:
    """Write one sheet for each width and colour scheme."""
    from playwright.sync_api import sync_playwright

    SHEETS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page()
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                tab.set_content(page(folder, list(STATES), width, scheme), wait_until="load")
                path = SHEETS / f"panel-{width}-{scheme}.png"
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

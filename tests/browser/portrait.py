"""Photograph the demo from both sides, for the top of the README: docs/pictures/both-sides.png."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Frame, Page, sync_playwright

from tests.browser.stage import OPEN_SHADOW, panel

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "both-sides.png"
QUESTION = "Hi! My order 10-442 says delivered, but nothing arrived."
ANSWER = "Hello Ada, sorry about that. The carrier left it with a neighbour at number 14. Is it there?"
THANKS = "It is, thank you! 😊"
STYLE = """
body { margin: 0; width: max-content; background: #e9ebf0; padding: 20px }
main { display: flex; gap: 20px; align-items: end }
img { display: block; border-radius: 12px; box-shadow: 0 2px 6px #10121b1f, 0 14px 36px #10121b26 }
"""


def main() -> None:
    """Run the demo, let Ada write, and look at it as she and as an agent do."""
    command = [sys.executable, "-m", "whosthere", "demo", "--json", "--no-open", "--port", "0"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout is not None
        up = json.loads(demo.stdout.readline())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            join(browser, _conversation(browser, up))
            browser.close()
    finally:
        demo.terminate()
        demo.wait()
    print(f"{PICTURE.name}: {PICTURE.stat().st_size // 1000} kB")


def join(browser: Browser, pictures: list[bytes]) -> None:
    """Write one picture of several."""
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures)
    page = browser.new_page(device_scale_factor=1)
    page.set_content(f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><main>{images}</main>')
    page.locator("body").screenshot(path=PICTURE)


def _conversation(browser: Browser, up: dict[str, dict[str, str]]) -> list[bytes]:
    """Let Ada and an agent talk, and return what the agent sees and what she sees."""
    visitor, agent = _tab(browser, 460, 792), _tab(browser, 1480, 792)
    visitor.goto(next(url for slug, url in up["pages"].items() if "ada" in slug))
    visitor.evaluate("Whosthere('open')")
    frame = panel(visitor)
    _write(frame, QUESTION)
    agent.goto(str(up["inbox"]))
    agent.fill("[name=email]", up["agent"]["email"])
    agent.fill("[name=password]", up["agent"]["password"])
    agent.press("[name=password]", "Enter")
    agent.get_by_text(QUESTION[:20]).first.click()
    agent.locator("textarea:visible").first.fill(ANSWER)
    agent.keyboard.press("Control+Enter")
    frame.wait_for_selector(".them")
    _write(frame, THANKS)
    agent.get_by_text(THANKS).last.wait_for()
    frame.wait_for_selector(".meta:has-text('Seen')")
    return [agent.screenshot(), visitor.locator("#whosthere iframe").screenshot(animations="disabled")]


def _tab(browser: Browser, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.add_init_script(OPEN_SHADOW)
    return page


def _write(frame: Frame, text: str) -> None:
    frame.wait_for_selector('.panel[data-phase="chat"]')
    frame.fill("#text", text)
    frame.press("#text", "Enter")
    frame.wait_for_selector(f".me:has-text('{text[:9]}') .meta")


if __name__ == "__main__":
    main()

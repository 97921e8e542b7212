"""The single-page examples (plain, React, Vue) in a real browser: Ada comes, Bob comes after her, nobody is left."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.conftest import absent
from tests.people import SECRET
from tests.servers import LiveServer
from tests.shop import open_shop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FRAME = "#whosthere iframe"


def accounts() -> ModuleType:
    """Load the backend of the examples, which is no package."""
    spec = importlib.util.spec_from_file_location("example_accounts", EXAMPLES / "accounts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look
    spec.loader.exec_module(module)
    return module


def built(name: str, folder: Path) -> Path:
    """Return what the example's website serves; React and Vue are built by npm in a copy first."""
    if name == "html":
        return EXAMPLES / name
    npm = shutil.which("npm")
    if npm is None:
        absent("npm")
    source = folder / "examples" / name
    shutil.copytree(EXAMPLES / name, source, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copytree(ROOT / "packages" / "whosthere", folder / "packages" / "whosthere")
    install = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", "--loglevel=error"]
    for command in (install, [npm, "run", "build"]):
        done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, timeout=240)
        if done.returncode != 0 and "network" in done.stderr.lower():
            absent(f"the npm registry ({done.stderr[-200:]})")
        assert done.returncode == 0, done.stdout + done.stderr
    return source / "dist"


@pytest.mark.parametrize("name", ["html", "react", "vue"])
def test_the_example_switches_users(
    name: str, stage: Stage, page: Page, tmp_path: Path, live_server: Callable[[WSGIApplication], LiveServer]
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    served: list[WSGIApplication] = []

    def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return served[0](environ, start_response)

    url = live_server(site).url
    shop = open_shop(stage.shop.runtime, origins=(url,))
    served.append(accounts().Accounts(built(name, tmp_path), stage.chat.url, shop.id, SECRET))

    page.goto(url)
    who = page.frame_locator(FRAME).locator("#who")
    for person in ("Ada", "Bob"):
        page.click(f"text=Sign in as {person}")
        expect(page.locator("p#who")).to_contain_text(f"Signed in as {person}")
        page.click("text=Ask us")
        expect(who).to_contain_text(person, timeout=30_000)
        expect(who).to_contain_text("Verified")
    page.click("text=Sign out")
    expect(page.locator("p#who")).to_have_text("Not signed in")
    expect(who).to_be_hidden(timeout=30_000)
    expect(page.frame_locator(FRAME).locator("#composer")).to_be_visible(timeout=30_000)
    assert [error for error in errors if "404" not in error] == []  # the examples have no icon

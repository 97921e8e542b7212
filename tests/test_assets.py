from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.conftest import absent
from whosthere import assets

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.js").write_text("a = 1; // one")
    (tmp_path / "inner" / "b.js").write_text("b")
    return tmp_path


def test_a_checkout_has_its_assets_at_the_top() -> None:
    root = Path(__file__).parents[1]
    assert assets.static_dir() == root / "static"
    assert assets.templates_dir() == root / "templates"


def test_an_installed_package_has_its_assets_beside_it_whatever_is_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "static").mkdir()
    package = tmp_path / ".venv" / "site-packages" / "whosthere"
    (package / "static").mkdir(parents=True)
    monkeypatch.setattr(assets, "_PACKAGE", package)
    assert assets.static_dir() == package / "static"
    assert assets.checkout() is None


def test_missing_assets_are_an_error_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path)
    with pytest.raises(assets.AssetsMissing, match="static"):
        assets.static_dir()


def test_the_version_stays_while_nothing_changes(folder: Path) -> None:
    assert assets.read(folder).version == assets.read(folder).version
    assert len(assets.read(folder).version) == 16


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.js").write_text("a = 2; // one"),
        lambda folder: (folder / "a.js").rename(folder / "c.js"),
        lambda folder: (folder / "a.js").rename(folder / "inner" / "a.js"),
        lambda folder: (folder / "c.js").touch(),
        lambda folder: (folder / "inner" / "b.js").unlink(),
    ],
    ids=["a byte", "a name", "a folder", "one more", "one less"],
)
def test_the_version_changes_with_every_name_and_every_byte(folder: Path, change: Callable[[Path], object]) -> None:
    before = assets.read(folder).version
    change(folder)
    assert assets.read(folder).version != before


def test_the_version_is_that_of_what_travels_so_a_changed_comment_changes_nothing(folder: Path) -> None:
    before = assets.read(folder)
    (folder / "a.js").write_text("/* a number */\na = 1;")
    assert assets.read(folder) == before


def test_what_does_not_shrink_travels_as_it_is() -> None:
    assert assets.asset("a.js", b"a").packed is None
    assert assets.asset("a.png", bytes(range(256))).body == bytes(range(256))


def test_scripts_are_the_same_programs_without_their_comments(tmp_path: Path) -> None:
    """The syntax trees of source and served text are equal, by the parser of package.json."""
    node = shutil.which("node")
    if node is None:
        absent("node")
    if not (ROOT / "node_modules" / "acorn").exists():
        absent("acorn (npm)")
    served = {name: file for name, file in assets.assets().files.items() if name.endswith(".js")}
    for name, file in served.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(file.body)
    done = subprocess.run(
        [node, ROOT / "tests" / "js" / "same-program.mjs", ROOT / "static", tmp_path, *served],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 comments in what is served" in done.stdout


@pytest.mark.browser
def test_styles_mean_the_same_without_their_comments(page: Page) -> None:
    """Chromium reads the same rules from source and served text."""
    rules = """text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
      return Array.from(sheet.cssRules, (rule) => rule.cssText.replace(/\\s+/g, " ").replace(/, /g, ",")); }"""
    for name, file in assets.assets().files.items():
        if name.endswith(".css"):
            source = page.evaluate(rules, (ROOT / "static" / name).read_text())
            assert page.evaluate(rules, file.body.decode()) == source, name
            assert source


class TestServed:
    """What a browser gets, for each thing it may ask."""

    @pytest.mark.parametrize("name", ["/embed.js", "panel/main.js", "panel/panel.css"])
    def test_a_browser_that_unpacks_gets_it_packed_and_everybody_the_same_content(
        self, client: FlaskClient, name: str
    ) -> None:
        path = name if name.startswith("/") else f"/assets/{assets.assets().version}/{name}"
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
        refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
        assert gzip.decompress(packed.data) == plain.data == refused.data
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
        for answer in (plain, packed, refused):
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.content_type.startswith("text/")
        assert "Content-Encoding" not in plain.headers
        assert plain.headers["ETag"] != packed.headers["ETag"], "two contents, two names (RFC 9110, 8.8.3.3)"

    def test_who_has_it_already_is_told_so(self, client: FlaskClient) -> None:
        for headers in ({}, {"Accept-Encoding": "gzip"}):
            tag = client.get("/embed.js", headers=headers).headers["ETag"]
            again = client.get("/embed.js", headers={**headers, "If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")

    def test_only_the_current_version_is_kept_for_ever(self, client: FlaskClient) -> None:
        now = client.get(f"/assets/{assets.assets().version}/panel/main.js")
        old = client.get("/assets/0000000000000000/panel/main.js")
        assert "immutable" in now.headers["Cache-Control"]
        assert old.headers["Cache-Control"] == "max-age=0"
        assert old.data == now.data

    @pytest.mark.parametrize(
        "name",
        ["none.js", "panel", "panel/", "../pyproject.toml", "%2e%2e/pyproject.toml", "panel//main.js", "\\embed.js"],
    )
    def test_there_is_nothing_but_the_files(self, client: FlaskClient, name: str) -> None:
        assert client.get(f"/assets/{assets.assets().version}/{name}").status_code in (308, 404)

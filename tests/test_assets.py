from __future__ import annotations

from pathlib import Path

import pytest

from whosthere import assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.js").write_text("a")
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


def test_the_hash_stays_while_nothing_changes(folder: Path) -> None:
    assert assets.asset_hash(folder) == assets.asset_hash(folder)
    assert len(assets.asset_hash(folder)) == 16


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.js").write_text("b"),
        lambda folder: (folder / "a.js").rename(folder / "c.js"),
        lambda folder: (folder / "a.js").rename(folder / "inner" / "a.js"),
        lambda folder: (folder / "c.js").touch(),
        lambda folder: (folder / "inner" / "b.js").unlink(),
    ],
    ids=["a byte", "a name", "a folder", "one more", "one less"],
)
def test_the_hash_changes_with_every_name_and_every_byte(folder: Path, change) -> None:  # type: ignore[no-untyped-def]
    before = assets.asset_hash(folder)
    change(folder)
    assert assets.asset_hash(folder) != before

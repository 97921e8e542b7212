"""Where the files are that browsers get, and the hash that makes their addresses immutable."""

from __future__ import annotations

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_HASH_DIGITS = 16


class AssetsMissing(RuntimeError):
    """Neither an installed package nor a checkout: there is nothing to serve."""


def checkout() -> Path | None:
    """Return the root of the checkout this code runs from, or `None` when it is an installed package.

    An installed package has its assets beside it. That is asked first, because the parents of a virtual
    environment may well hold a `pyproject.toml` too: the host application's.
    """
    if (_PACKAGE / "static").is_dir():
        return None
    return next((parent for parent in _PACKAGE.parents if (parent / "pyproject.toml").is_file()), None)


def static_dir() -> Path:
    """Return the absolute path of `static/`.

    Raises:
        AssetsMissing: the folder is neither beside the package nor in a checkout.
    """
    return _directory("static")


def templates_dir() -> Path:
    """Return the absolute path of `templates/`.

    Raises:
        AssetsMissing: the folder is neither beside the package nor in a checkout.
    """
    return _directory("templates")


def asset_hash(directory: Path) -> str:
    """Return 16 hexadecimal digits that change with any name or byte below `directory`.

    They are part of every asset's address (`/assets/<hash>/…`), so a browser may keep what it got for ever.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:_HASH_DIGITS]


def _directory(name: str) -> Path:
    found = (checkout() or _PACKAGE) / name
    if not found.is_dir():
        raise AssetsMissing(f"{name}/ is missing: {found} does not exist. Install the package again.")
    return found

"""The files that browsers get: where they are, what of them travels, and the hash that makes their addresses immutable.

Sources keep their comments; what is served has none. A test compares the syntax trees of both.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin

_PACKAGE = Path(__file__).resolve().parent
_HASH_DIGITS = 16
# Said here, since a machine's own table may call a script text/plain, and then browsers do not run it.
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


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


def docs_dir() -> Path:
    """Return the absolute path of `docs/`; an installed package has only what its pages read.

    Raises:
        AssetsMissing: the folder is neither beside the package nor in a checkout.
    """
    return _directory("docs")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it travels.

    Attributes:
        packed: `body` with gzip, or `None` where that saves nothing.
        tag: 16 hexadecimal digits that change with `body`.
    """

    body: bytes
    packed: bytes | None
    media_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files below a folder, by their path there with `/`.

    Attributes:
        version: 16 hexadecimal digits that change with any name or byte that is served. They are part of every asset's
            address (`/assets/<version>/…`), so a browser may keep what it got for ever.
    """

    version: str
    files: Mapping[str, Asset]


@cache
def assets() -> Assets:
    """Return what `static/` held when this process first asked: an address never answers with two contents."""
    return read(static_dir())


@cache
def script_number() -> int:
    """Return what the embed script of this installation calls itself when it boots.

    The number stands in `static/embed.js` and is raised with every change that pages should not miss.
    """
    found = re.search(rb"\bscript:([0-9]+)", assets().files["embed.js"].body)
    return int(found[1]) if found else 0


def read(directory: Path) -> Assets:
    """Read and compress every file below `directory`."""
    files = {
        path.relative_to(directory).as_posix(): asset(path.name, path.read_bytes())
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{name}\0{len(file.body)}\0".encode())
        digest.update(file.body)
    return Assets(digest.hexdigest()[:_HASH_DIGITS], files)


def asset(name: str, source: bytes) -> Asset:
    """Return a file as it is served: scripts and styles without comments and indentation."""
    body = source
    if name.endswith(".js"):
        body = rjsmin.jsmin(source.decode()).encode()
    elif name.endswith(".css"):
        body = rcssmin.cssmin(source.decode()).encode()
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(
        body,
        packed if len(packed) < len(body) else None,
        _MEDIA_TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
        hashlib.sha256(body).hexdigest()[:_HASH_DIGITS],
    )


def _directory(name: str) -> Path:
    found = (checkout() or _PACKAGE) / name
    if not found.is_dir():
        raise AssetsMissing(f"{name}/ is missing: {found} does not exist. Install the package again.")
    return found

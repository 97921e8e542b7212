"""The instance folder: the database file and the keys of an installation that was given none."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from whosthere.assets import checkout

_OWNER_ONLY = 0o600


class Exposed(PermissionError):
    """A secret file that others than its owner can reach."""


def default_path() -> Path:
    """Return `instance/` of the checkout, or of the current directory for an installed package."""
    return (checkout() or Path.cwd()) / "instance"


def make(folder: Path) -> None:
    """Make the folder, for its owner only, unless it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def keep_secret(path: Path, generate: Callable[[], str]) -> str:
    """Return the secret in `path`; if there is none yet, generate one and keep it there with mode 0600.

    Processes that start together agree: each writes a file of its own and links it to `path`, which succeeds
    for exactly one of them and never shows a half-written file. The others read what the winner wrote.

    Raises:
        Exposed: others than the owner can read or change the file.
        OSError: the folder or the file cannot be made or read.
    """
    make(path.parent)
    if not path.exists():
        _create(path, generate())
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~_OWNER_ONLY:
        raise Exposed(f"{path} has mode {mode:04o}, so others can reach it: chmod 600 {path}")
    return path.read_text("utf-8").strip()


def _create(path: Path, secret: str) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # O_EXCL, mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{secret}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first: its secret is the one
    finally:
        os.unlink(draft)

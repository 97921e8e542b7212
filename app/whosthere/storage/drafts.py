"""A long text on its way to becoming a file: its parts only grow, and a mark says how far they came.

A draft is a folder for its owner only. A part is never behind the mark: what was written after it, when something broke
in, is cut off before the writing goes on. One process at a time holds a draft.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

_MARK, _LOCK = "mark", "lock"
_SIZES = "sizes"


class Held(Exception):
    """Another process is writing this draft."""


class Draft:
    """A draft that this process holds; `resume` or `restart` it before anything is written."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._parts: dict[str, IO[bytes]] = {}

    @property
    def mark(self) -> Mapping[str, Any] | None:
        """What was said of the draft when it was kept last, `None` for a new one."""
        return read_mark(self._folder)

    def resume(self, names: tuple[str, ...]) -> bool:
        """Open the parts to go on at the mark; `False` if they are not what it says: then `restart`."""
        sizes = (_stored(self._folder) or {}).get(_SIZES)
        if not isinstance(sizes, dict) or set(sizes) != set(names):
            return False
        for name in names:
            part = self._open(name)
            if part.seek(0, os.SEEK_END) < sizes[name]:
                return False
            part.seek(sizes[name])
            part.truncate()
        return True

    def restart(self, names: tuple[str, ...]) -> None:
        """Begin anew with empty parts; whoever reads the old ones reads them to their end."""
        self.path(_MARK).unlink(missing_ok=True)  # first: never is there one without its parts
        for path in self._folder.iterdir():
            if path.name != _LOCK:
                path.unlink()
        for name in names:
            self._open(name)

    def write(self, name: str, text: str) -> None:
        """Append to a part."""
        self._parts[name].write(text.encode())

    def keep(self, mark: Mapping[str, Any]) -> None:
        """Make durable what was written so far, and say of it what it is; from here on it goes on."""
        for part in self._parts.values():
            part.flush()
            os.fsync(part.fileno())
        sizes = {name: part.tell() for name, part in self._parts.items()}
        with self.new_file("mark.new") as new:
            new.write(json.dumps({**mark, _SIZES: sizes}).encode())
            new.flush()
            os.fsync(new.fileno())
        self.path("mark.new").replace(self.path(_MARK))

    def new_file(self, name: str) -> IO[bytes]:
        """Open another file of the draft, empty."""
        return _opened(self.path(name), os.O_TRUNC)

    def path(self, name: str) -> Path:
        """Where a part or another file of the draft is."""
        return self._folder / name

    def remove(self) -> None:
        """Remove the draft."""
        remove(self._folder)

    def _open(self, name: str) -> IO[bytes]:
        self._parts[name] = self._stack.enter_context(_opened(self.path(name)))
        return self._parts[name]


@contextmanager
def hold(folder: Path) -> Iterator[Draft]:
    """Hold a draft, which is made if it is not there, until the block ends; what was not kept is lost then.

    Raises:
        Held: another process holds it.
        OSError: there can be no draft, or there is one of somebody else.
    """
    with ExitStack() as stack:
        while not _locked(folder, stack):
            pass  # whoever held it was done in this moment, and removed it
        yield Draft(folder, stack)


def _locked(folder: Path, stack: ExitStack) -> bool:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        standing = folder.lstat()
        if standing.st_uid != os.geteuid() or not stat.S_ISDIR(standing.st_mode):
            raise PermissionError(errno.EPERM, "It is in the way: remove it, or choose another name", str(folder))
        folder.chmod(stat.S_IRWXU)
        file = stack.enter_context(_opened(folder / _LOCK))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held from None
        return os.path.samestat(os.fstat(file.fileno()), (folder / _LOCK).stat())
    return False


def _opened(path: Path, flags: int = 0) -> IO[bytes]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    return os.fdopen(descriptor, "r+b")


def read_mark(folder: Path) -> Mapping[str, Any] | None:
    """Return what is said of a draft, whoever holds it; `None` if there is none, or nothing was kept yet."""
    found = _stored(folder)
    return None if found is None else {name: value for name, value in found.items() if name != _SIZES}


def remove(folder: Path) -> None:
    """Remove a draft, also one that is held: nothing more of it can be kept."""
    shutil.rmtree(folder, ignore_errors=True)


def listed(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield the drafts two folders below `folder`, and when each was kept last, epoch milliseconds."""
    for draft in sorted(folder.glob("*/*")):
        with suppress(FileNotFoundError):
            yield draft, draft.stat().st_mtime_ns // 1_000_000


def _stored(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / _MARK).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None

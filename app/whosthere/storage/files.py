"""Where the bytes of attachments are: behind a small interface, in a folder of this machine by default.

A file is complete and on the disk before the row that names it is committed. So a row never lacks its file; a file that
never got its row is found and removed by a purge.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO, Protocol

from whosthere.storage.errors import Unavailable

FREE_BYTES_MIN = 256 * 1024 * 1024
FREE_SHARE_MIN = 0.02
OPEN_MAX = 16
OPEN_SECONDS = 1.0
"""How long a reader waits for another one to finish."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TooLarge(Exception):
    """More bytes came than one file may have."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that has arrived and belongs to nobody yet."""

    path: Path
    size: int
    digest: bytes

    @contextmanager
    def content(self) -> Iterator[bytes | mmap]:
        """Give the bytes, without reading all of them into memory."""
        if not self.size:
            yield b""  # nothing cannot be mapped
            return
        with self.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            yield mapped


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its id, and when it was stored, epoch milliseconds."""

    id: str
    kept_at: int


class Files(Protocol):
    """A store of files, each under the id of its platform and its own."""

    def receive(self, chunks: Iterable[bytes], size_max: int) -> Incoming:
        """Write what comes to a place of its own; give it up with `discard` or `keep` it.

        Raises:
            TooLarge: it is more than `size_max` bytes; nothing is left of it.
            OSError: it cannot be written; nothing is left of it.
        """

    def discard(self, incoming: Incoming) -> None:
        """Forget a file that is not wanted; harmless after `keep`."""

    def keep(self, incoming: Incoming, platform_id: str, file_id: str, now: int) -> None:
        """Store what arrived, durably, before this returns."""

    def open(self, platform_id: str, file_id: str) -> BinaryIO | None:
        """Return a stored file to be read, `None` if it is not there. Close it.

        Raises:
            Unavailable: as many files as may be are being read.
        """

    def holds(self, platform_id: str, file_id: str) -> bool:
        """Whether a file is there."""

    def remove(self, platform_id: str, file_id: str) -> None:
        """Remove a file; harmless if it is not there."""

    def listed(self, platform_id: str) -> Iterator[Kept]:
        """Yield every stored file of a platform."""

    def remove_abandoned(self, before: int) -> int:
        """Remove what arrived before an instant (epoch milliseconds) and was never kept; return how much it was."""

    def has_room(self) -> bool:
        """Whether there is room for uploads: a full disk would stop the database, too."""


class LocalFiles:
    """A folder: `<platform>/<last two digits of the id>/<id>`, readable for its owner only.

    At most `open_max` files are read at once: a client may take as long as it likes to receive one, and where a thread
    waits for it, that must not be every thread.
    """

    def __init__(self, folder: Path, *, open_max: int = OPEN_MAX) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._places = BoundedSemaphore(open_max)

    def receive(self, chunks: Iterable[bytes], size_max: int) -> Incoming:
        """Write the chunks to a new file, to the disk."""
        _make(self._incoming)
        path = self._incoming / secrets.token_hex(16)
        size, digest = 0, hashlib.sha256()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > size_max:
                        raise TooLarge
                    if not self.has_room():  # there was some, but others upload at the same time
                        raise OSError(errno.ENOSPC, "the disk is nearly full")
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Incoming(path, size, digest.digest())

    def discard(self, incoming: Incoming) -> None:
        """Remove the file, if it is still where it arrived."""
        incoming.path.unlink(missing_ok=True)

    def keep(self, incoming: Incoming, platform_id: str, file_id: str, now: int) -> None:
        """Move the file to its place, and make sure that it stays there."""
        path = self._path(platform_id, file_id)
        _make(path.parent)
        os.utime(incoming.path, ns=(now * 1_000_000, now * 1_000_000))
        os.replace(incoming.path, path)
        for folder in (path.parent, path.parent.parent, self._folder):  # each may have been made just now
            _settle(folder)

    def open(self, platform_id: str, file_id: str) -> BinaryIO | None:
        """Open the file, if there is a place for one more reader."""
        path = self._path(platform_id, file_id)
        if not self._places.acquire(timeout=OPEN_SECONDS):
            raise Unavailable("too many attachments are being fetched")
        try:
            return _Reading(io.FileIO(path), self._places)
        except BaseException as error:
            self._places.release()
            if isinstance(error, FileNotFoundError):
                return None
            raise

    def holds(self, platform_id: str, file_id: str) -> bool:
        """Look for the file."""
        return self._path(platform_id, file_id).exists()

    def remove(self, platform_id: str, file_id: str) -> None:
        """Unlink the file; who reads it at this moment reads it to its end."""
        self._path(platform_id, file_id).unlink(missing_ok=True)

    def listed(self, platform_id: str) -> Iterator[Kept]:
        """Walk through the platform's folder."""
        for path in sorted(self._platform(platform_id).glob("??/*")):
            with suppress(FileNotFoundError):
                if _ID.fullmatch(path.name):
                    yield Kept(path.name, path.stat().st_mtime_ns // 1_000_000)

    def remove_abandoned(self, before: int) -> int:
        """Unlink what was written last before an instant; an upload that still goes on is younger."""
        removed = 0
        for path in self._incoming.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime_ns < before * 1_000_000:
                    path.unlink()
                    removed += 1
        return removed

    def has_room(self) -> bool:
        """Look at the disk that holds the folder."""
        _make(self._folder)
        usage = shutil.disk_usage(self._folder)
        return usage.free >= max(FREE_BYTES_MIN, int(usage.total * FREE_SHARE_MIN))

    def _platform(self, platform_id: str) -> Path:
        if not _ID.fullmatch(platform_id):
            raise ValueError("no id of a platform")
        return self._folder / platform_id

    def _path(self, platform_id: str, file_id: str) -> Path:
        # Whatever else goes wrong, a name from outside never becomes a path.
        if not _ID.fullmatch(file_id):
            raise ValueError("no id of a file")
        return self._platform(platform_id) / file_id[-2:] / file_id


class _Reading(io.BufferedReader):
    """A file that gives its place back when it is closed, or forgotten."""

    def __init__(self, raw: io.FileIO, places: BoundedSemaphore) -> None:
        super().__init__(raw)
        self._places = places

    def close(self) -> None:
        """Close the file; once is enough."""
        if not self.closed:
            super().close()
            self._places.release()


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _settle(folder: Path) -> None:
    """Write a folder's entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

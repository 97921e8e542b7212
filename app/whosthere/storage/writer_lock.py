"""One lock for all writers of a SQLite file, across threads and processes.

SQLite lets one writer in at a time and makes the others poll; waiting in a queue is far fairer. Below SQLite 3.51.3 the
lock is also what keeps two connections from checkpointing at once (the WAL-reset bug).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from typing import Self

from whosthere.storage.errors import Unavailable

SQLITE_WHOLE = (3, 51, 3)
"""The first SQLite without the WAL-reset bug (https://sqlite.org/wal.html#walresetbug)."""


def dated_library() -> str | None:
    """Return the version of the SQLite library if it is one that only this lock keeps from damaging a file."""
    return sqlite3.sqlite_version if sqlite3.sqlite_version_info < SQLITE_WHOLE else None


class WriterLock:
    """A thread lock inside a file lock; not re-entrant."""

    def __init__(self, database_path: str | None) -> None:
        self._thread = threading.Lock()
        in_memory = not database_path or database_path == ":memory:"
        self._path = None if in_memory else f"{database_path}.writer"
        self._file: int | None = None
        self._opened_by = 0

    def __enter__(self) -> Self:
        self._thread.acquire()
        try:
            if self._path is not None:
                fcntl.flock(self._open(self._path), fcntl.LOCK_EX)
        except OSError as error:
            self._thread.release()
            raise Unavailable(f"the writer lock cannot be taken: {error.strerror}") from error
        except BaseException:
            self._thread.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._thread.release()

    def _open(self, path: str) -> int:
        # A file lock belongs to the open file, which a fork shares: every process opens its own.
        if self._file is None or self._opened_by != os.getpid():
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        return self._file


class NoLock:
    """What PostgreSQL needs: nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

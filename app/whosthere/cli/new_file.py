"""A new file that is there whole or not at all, whatever interrupts whoever writes it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from whosthere.cli.failures import Failure


@contextmanager
def new_file(place: Path) -> Iterator[IO[bytes]]:
    """Open `place`, which must not exist, to write it, readable for its owner only.

    It is written as `<place>.part` and gets its name at the end. What a killed command left there is begun anew; what
    another one is writing is left alone.

    Raises:
        Failure: the file exists, or is just being written.
    """
    _must_be_new(place)
    part = place.with_name(f"{place.name}.part")
    with _locked(part) as file:
        try:
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            _must_be_new(place)
            part.rename(place)
        except BaseException:
            with suppress(FileNotFoundError):
                part.unlink()
            raise


def _locked(part: Path) -> IO[bytes]:
    while True:
        file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise Failure(f"{part} is just being written by another command.") from None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), part.stat()):
                os.fchmod(file.fileno(), 0o600)
                return file
        file.close()  # whoever wrote it was done in this moment, and took the file along


def _must_be_new(place: Path) -> None:
    if place.exists():
        raise Failure(f"{place}: File exists")

"""A person's data in one ZIP: JSON for programs, a page for people, and the files (docs/privacy.md, "Exporting")."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import IO, cast
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from whosthere.core.reasons import Refused
from whosthere.services import booklet, dossier
from whosthere.services.export import Export, begin
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage.attachments import Attachment

Progress = Callable[[int, int], None]
"""Told as messages are written: how many, and how many there were when it began. Raise to stop."""

_CHUNK_BYTES = 64 * 1024
_TOLD_EVERY = 200
_NAME_BYTES_MAX = 150  # with the id before it less than the 255 that file systems take


def write_zip(
    runtime: Runtime,
    platform_id: str,
    record_id: str,
    file: IO[bytes],
    *,
    actor: Actor,
    progress: Progress = lambda done, total: None,
) -> Refused | None:
    """Write everything there is of a person to `file`, which need not be seekable.

    Raises:
        Gone: the person was erased meanwhile; what was written is to be thrown away.
    """
    export = begin(runtime, platform_id, record_id, actor=actor)
    if isinstance(export, Refused):
        return export
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for _ in _written(archive, export, progress):
            pass
    return None


def stream_zip(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Iterator[bytes] | Refused:
    """Return the same in pieces as they come about: a download begins at once, however much there is.

    Raises:
        Gone: while it is read, as for `write_zip`.
    """
    export = begin(runtime, platform_id, record_id, actor=actor)
    return export if isinstance(export, Refused) else _streamed(export)


def _streamed(export: Export) -> Iterator[bytes]:
    sink = _Sink()
    with (
        ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED) as archive,
        # Closed before the archive when whoever reads it goes away.
        closing(_written(archive, export, lambda done, total: None)) as steps,
    ):
        for _ in steps:
            if sink.size >= _CHUNK_BYTES:
                yield sink.take()
    yield sink.take()


class _Sink:
    """A file that can only be written to, and is read by taking what was written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        taken, self._pieces, self.size = b"".join(self._pieces), [], 0
        return taken


def _written(archive: ZipFile, export: Export, progress: Progress) -> Generator[None, None, None]:
    """Write everything, and yield after every piece."""
    count = _Count(export.messages_number, progress)
    yield from _write(archive, export, "person.json", dossier.pieces(export, count.one_more))
    places: dict[str, str] = {}
    for one in export.attachments():
        place = yield from _keep(archive, export, one)
        if place is not None:
            places[one.id] = quote(place)
    yield from _write(archive, export, "person.html", booklet.pieces(export, places))


class _Count:
    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def one_more(self) -> None:
        self._done += 1
        if self._done % _TOLD_EVERY == 0 or self._done == self._total:
            self._progress(self._done, max(self._done, self._total))


def _write(archive: ZipFile, export: Export, name: str, pieces: Iterator[str]) -> Generator[None, None, None]:
    with archive.open(_entry(export, name), "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece.encode())
            yield


def _keep(archive: ZipFile, export: Export, attachment: Attachment) -> Generator[None, None, str | None]:
    """Copy a file; `None` for one that is missing."""
    stored = export.runtime.files.open(export.platform_id, attachment.id)
    if stored is None:
        return None
    place = f"attachments/{attachment.id}-{_plain(attachment.name)}"
    with stored, archive.open(_entry(export, place), "w", force_zip64=True) as entry:
        while chunk := stored.read(_CHUNK_BYTES):
            entry.write(chunk)
            yield
    return place


def _plain(name: str) -> str:
    """Return the end of a name, where its kind stands, as a file may be called anywhere."""
    plain = re.sub(r"[^\w. -]", "_", name).encode()[-_NAME_BYTES_MAX:]
    return plain.decode(errors="ignore")  # a letter that was cut in two is left out


def _entry(export: Export, name: str) -> ZipInfo:
    moment = datetime.fromtimestamp(export.now / 1000, UTC)
    entry = ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry

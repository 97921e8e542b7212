"""A person's data in one ZIP: JSON for programs, a page for people, and the files (docs/privacy.md, "Exporting")."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import IO, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from whosthere.services import booklet, dossier
from whosthere.services.export import Export, place_in_archive
from whosthere.storage.attachments import Attachment

Progress = Callable[[int, int], None]
"""Told after every file: how many are packed, and how many there were when it began. Raise to stop."""

Parts = tuple[BinaryIO, BinaryIO]
"""What was said, for JSON and for the page (`services.export_draft`)."""

_CHUNK_BYTES = 64 * 1024
_CHECKED_EVERY = 16


def write_zip(export: Export, parts: Parts, file: IO[bytes], *, progress: Progress = lambda done, total: None) -> None:
    """Pack everything there is of a person into `file`, which need not be seekable.

    Raises:
        Gone: the person was erased meanwhile; what was written is to be thrown away.
    """
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for _ in _written(archive, export, parts, progress):
            pass


def stream_zip(export: Export, parts: Parts) -> Iterator[bytes]:
    """Yield the same in pieces as they come about: a download begins at once, however much there is.

    Raises:
        Gone: as for `write_zip`.
    """
    sink = _Sink()
    with (
        ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED) as archive,
        # Closed before the archive when whoever reads it goes away.
        closing(_written(archive, export, parts, lambda done, total: None)) as steps,
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


def _written(archive: ZipFile, export: Export, parts: Parts, progress: Progress) -> Generator[None, None, None]:
    """Write everything, and yield after every piece."""
    said, read = parts
    with said, read:
        yield from _write(archive, export, "person.json", _document(export, said))
        for number, one in enumerate(export.attachments(), 1):
            yield from _keep(archive, export, one)
            progress(number, max(number, export.files_number))
        yield from _write(archive, export, "person.html", _page(export, read))


def _document(export: Export, said: BinaryIO) -> Iterator[bytes]:
    for piece in dossier.head(export):
        yield piece.encode()
    yield from _said(export, said)
    yield dossier.END.encode()


def _page(export: Export, said: BinaryIO) -> Iterator[bytes]:
    yield booklet.head(export).encode()
    yield from _said(export, said)
    yield booklet.END.encode()


def _said(export: Export, file: BinaryIO) -> Iterator[bytes]:
    for number, chunk in enumerate(_chunks(file)):
        if number % _CHECKED_EVERY == 0:
            export.check()
        yield chunk


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _write(archive: ZipFile, export: Export, name: str, pieces: Iterator[bytes]) -> Generator[None, None, None]:
    with archive.open(_entry(export, name), "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
            yield


def _keep(archive: ZipFile, export: Export, attachment: Attachment) -> Generator[None, None, None]:
    """Copy a file, unless it is missing."""
    stored = export.runtime.files.open(export.platform_id, attachment.id)
    if stored is not None:
        with stored:
            yield from _write(archive, export, place_in_archive(attachment.id, attachment.name), _chunks(stored))


def _entry(export: Export, name: str) -> ZipInfo:
    moment = datetime.fromtimestamp(export.now / 1000, UTC)
    entry = ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry

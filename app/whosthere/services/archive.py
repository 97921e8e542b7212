"""A person's data in one ZIP: JSON for programs, a page for people, and the files (docs/privacy.md, "Exporting")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO
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
_NAME_LENGTH_MAX = 100


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
    count = _Count(export.messages_number, progress)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        _write(archive, export, "person.json", dossier.pieces(export, count.one_more))
        places = {one.id: place for one in export.attachments() if (place := _keep(archive, export, one))}
        links = {one: quote(place) for one, place in places.items()}
        _write(archive, export, "person.html", booklet.pieces(export, links))
    return None


class _Count:
    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def one_more(self) -> None:
        self._done += 1
        if self._done % _TOLD_EVERY == 0 or self._done == self._total:
            self._progress(self._done, max(self._done, self._total))


def _write(archive: ZipFile, export: Export, name: str, pieces: Iterator[str]) -> None:
    with archive.open(_entry(export, name), "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece.encode())


def _keep(archive: ZipFile, export: Export, attachment: Attachment) -> str | None:
    """Copy a file; `None` for one that is missing."""
    stored = export.runtime.files.open(export.platform_id, attachment.id)
    if stored is None:
        return None
    plain = re.sub(r"[^\w. -]", "_", attachment.name)[-_NAME_LENGTH_MAX:]
    place = f"attachments/{attachment.id}-{plain}"
    with stored, archive.open(_entry(export, place), "w", force_zip64=True) as entry:
        while chunk := stored.read(_CHUNK_BYTES):
            entry.write(chunk)
    return place


def _entry(export: Export, name: str) -> ZipInfo:
    moment = datetime.fromtimestamp(export.now / 1000, UTC)
    entry = ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry

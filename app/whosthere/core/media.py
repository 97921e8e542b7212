"""What a file is, by its bytes: the few kinds that may be sent in a chat, and nothing else (docs/http-api.md)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from whosthere.core.images import READERS, Broken, Data, Size
from whosthere.core.reasons import Reason, Refused

PIXELS_MAX = 64_000_000
"""A small file can unfold to gigabytes in the browser that shows it."""

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "text", "log", "md"),
}
"""The media types there are, each with how names of such files may end; the first one is given to a name without."""

_PDF = re.compile(rb"%PDF-[0-9]\.[0-9]")
_PDF_TAIL = 1024
_PIECE_BYTES = 1 << 20  # of a text, which is never in memory as a whole
# Tabulators, line ends, form feeds and the escapes of coloured logs are fine in a text.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Media:
    """What a file was found to be; width and height in pixels, of images only."""

    type: str
    width: int | None = None
    height: int | None = None


def identify(data: Data, declared: str) -> Media | Refused:
    """Return what `data` is, or why it is not accepted as the media type `declared`."""
    if not len(data):
        return _refused("The file is empty.")
    found = _kind(data)
    if found is None or found[0] != declared:
        return _refused(f"The file's content is not {declared}.")
    media_type, read = found
    if read is None:
        return Media(media_type)
    try:
        width, height = read(data)
    except Broken:
        return _refused("The image is broken or cut off.")
    if not 0 < width * height <= PIXELS_MAX:
        return _refused(f"An image has 1 to {PIXELS_MAX:,} pixels.")
    return Media(media_type, width, height)


def _kind(data: Data) -> tuple[str, Callable[[Data], Size] | None] | None:
    for begins, offset, then, media_type, read in READERS:
        if data[: len(begins)] == begins and data[offset : offset + len(then)] == then:
            return media_type, read
    if _PDF.match(data):
        return ("application/pdf", None) if data.find(b"%%EOF", max(0, len(data) - _PDF_TAIL)) >= 0 else None
    return ("text/plain", None) if _is_text(data) else None


def _is_text(data: Data) -> bool:
    if _CONTROL.search(data):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _PIECE_BYTES):
            decoder.decode(data[start : start + _PIECE_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refused(detail: str) -> Refused:
    return Refused(Reason.ATTACHMENT_REFUSED, detail)

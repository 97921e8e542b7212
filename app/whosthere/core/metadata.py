"""What an image says beside its pixels: where and when it was taken, by whom, with what. It is cut out, unread.

A telephone writes its position into every photo. Nobody who sends one into a chat means to say where they live, so the
store gets the file without it (docs/privacy.md). Whole segments and chunks are left out; the pixels, their colour
profile and everything else that decides how they look stay byte by byte, and nothing is decoded. The one thing that is
read is which way is up: it is written anew, alone.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from whosthere.core.images import Broken, Data
from whosthere.core.reasons import Reason, Refused

Part = range | bytes
"""Bytes of the file from a position to another one, or bytes that take the place of something."""

GROWTH_BYTES_MAX = 64
"""How much longer a file may become: writing which way is up takes that much at most."""

_PIECE_BYTES = 1 << 20
_SEGMENTS_MAX = 6_000
_TIFF_BYTES_MAX = 65_536
_ENTRIES_MAX = 500
_UPRIGHT = 1
_ORIENTATION = 0x0112
_SHORT = 3
_EXIF = b"Exif\0\0"

_END, _COMMENT, _EXIF_MARKER, _APPLICATIONS = 0xD9, 0xFE, 0xE1, range(0xE0, 0xF0)
# What decides about size and colours: density, ICC profiles, the transform that Adobe's programs have used.
_KEPT_SEGMENTS = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
# A marker that ends the data of a scan: in that, FF is followed by 00 or belongs to a restart (T.81, B.1.1.5).
_MARKER = re.compile(rb"\xff([\xc0-\xcf\xd9-\xef\xfe])")

_KEPT_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_KEPT_OF_WEBP = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_FLAG_EXIF, _FLAG_XMP = 0x08, 0x04


def cleaned(data: Data, media_type: str) -> list[Part] | Refused | None:
    """Return what is left of a whole image without its metadata; `None` when nothing has to go.

    Args:
        data: a file that `media.identify` has found to be a whole one of `media_type`.
    """
    clean = _CLEANERS.get(media_type)
    if clean is None:
        return None
    try:
        parts = _joined(clean(data))
    except Broken:
        return Refused(Reason.ATTACHMENT_REFUSED, "The image is broken or cut off.")
    return None if parts == [range(len(data))] else parts


def pieces(data: Data, parts: Sequence[Part]) -> Iterator[bytes]:
    """Yield the bytes of `parts`, a megabyte at a time at most."""
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        for start in range(part.start, part.stop, _PIECE_BYTES):
            yield data[start : min(start + _PIECE_BYTES, part.stop)]


def _joined(parts: Iterable[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        if not part:
            continue
        last = found[-1] if found else None
        if isinstance(part, range) and isinstance(last, range) and last.stop == part.start:
            found[-1] = range(last.start, part.stop)
        else:
            found.append(part)
    return found


def _jpeg(data: Data) -> Iterator[Part]:
    """Yield what stays of a JPEG (ITU-T T.81, annex B), up to its end: behind it telephones keep films."""
    yield range(2)
    position, has_exif = 2, False
    for _ in range(_SEGMENTS_MAX):
        found = _MARKER.search(data, position)
        if found is None:
            break
        start, marker = found.start(), found[1][0]
        yield range(position, start)  # the data of a scan, or what pads a marker
        if marker == _END:
            yield range(start, start + 2)
            return
        length = int.from_bytes(data[start + 2 : start + 4])
        position = start + 2 + length
        if length < 2 or position > len(data):
            break
        segment, begin = range(start, position), data[start + 4 : min(position, start + 16)]
        if marker == _EXIF_MARKER and begin.startswith(_EXIF) and not has_exif:
            has_exif = True
            yield from _instead(data, segment, _segment(_orientation(data, range(start + 4, position))))
        elif _is_kept(marker, begin):
            yield segment
    raise Broken("it has no end, or a segment that has none")


def _is_kept(marker: int, begin: bytes) -> bool:
    """Whether a segment of a JPEG decides how the image looks."""
    if marker != _COMMENT and marker not in _APPLICATIONS:
        return True
    return any(marker == kept and begin.startswith(name) for kept, name in _KEPT_SEGMENTS)


def _png(data: Data) -> Iterator[Part]:
    """Yield what stays of a PNG (third edition, §5)."""
    yield range(8)
    position = 8
    while position < len(data):
        length, kind = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        chunk = range(position, position + length + 12)
        position = chunk.stop
        # A chunk whose name begins with a capital is one without which nobody can show the image.
        if kind in _KEPT_CHUNKS or kind[:1].isupper():
            yield chunk
        elif kind == b"eXIf":
            yield from _instead(data, chunk, _chunk(_orientation(data, chunk[8:-4])))


def _webp(data: Data) -> Iterator[Part]:
    """Yield what stays of a WebP (RFC 9649, §2)."""
    kept: list[Part] = []
    position, has_exif = 12, False
    while position < len(data) - 1:
        kind, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        chunk = range(position, min(position + 8 + length + length % 2, len(data)))
        position += 8 + length + length % 2
        if kind in _KEPT_OF_WEBP:
            kept.append(chunk)
        elif kind == b"EXIF" and not has_exif:
            tiff = _tiff(_orientation(data, chunk[8:]))
            has_exif = bool(tiff)
            kept += _instead(data, chunk, tiff and b"EXIF" + struct.pack("<I", len(tiff)) + tiff)
    if _joined(kept) == [range(12, len(data))]:
        yield range(len(data))
        return
    if data[12:16] == b"VP8X":
        kept[0] = _flagged(data, kept[0], has_exif)
    padded = [part for one in kept for part in ((one, b"\0") if len(one) % 2 else (one,))]
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, padded))) + b"WEBP"
    yield from padded


def _flagged(data: Data, chunk: Part, has_exif: bool) -> bytes:
    """Return the first chunk of an extended WebP with flags that say what there is."""
    if isinstance(chunk, bytes) or len(chunk) < 18:
        raise Broken("its first chunk is too short")
    flags = data[20] & ~(_FLAG_EXIF | _FLAG_XMP) | (_FLAG_EXIF if has_exif else 0)
    return data[12:20] + bytes([flags]) + data[21 : chunk.stop]


_CLEANERS: dict[str, Callable[[Data], Iterator[Part]]] = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}


# -- which way is up (Exif 2.32, §4.6.4) -----------------------------------------------------------------------------


def _instead(data: Data, there: range, wanted: bytes) -> Iterator[Part]:
    """Yield what takes a place: nothing, or `wanted`, which may stand there already."""
    if wanted:
        yield there if len(there) == len(wanted) and data[there.start : there.stop] == wanted else wanted


def _segment(orientation: int) -> bytes:
    tiff = _tiff(orientation)
    return tiff and b"\xff\xe1" + struct.pack(">H", 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff


def _chunk(orientation: int) -> bytes:
    tiff = _tiff(orientation)
    return tiff and struct.pack(">I", len(tiff)) + b"eXIf" + tiff + struct.pack(">I", zlib.crc32(b"eXIf" + tiff))


def _tiff(orientation: int) -> bytes:
    """Return a TIFF header with the orientation alone; nothing for an image that is the right way up."""
    if orientation == _UPRIGHT:
        return b""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


def _orientation(data: Data, there: range) -> int:
    """Return which way is up, 1 to 8; whatever cannot be read means that it is the right way up."""
    tiff = data[there.start : min(there.stop, there.start + _TIFF_BYTES_MAX)].removeprefix(_EXIF)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return _UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for number in range(min(count, _ENTRIES_MAX)):
            tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if (kind, values) == (_SHORT, 1) and 1 <= value <= 8 else _UPRIGHT
    except struct.error:
        pass
    return _UPRIGHT

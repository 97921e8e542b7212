"""Images, looked at closely enough to know what they are: structure and size, without decoding a single pixel.

Whatever decodes pixels is large, and has been the door into other programs; here nothing needs them. A file passes if
it is whole by the rules of its own format. Every walk through a file ends after a number of steps that its length
bounds.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from mmap import mmap

Data = bytes | mmap
Size = tuple[int, int]
"""Width and height in pixels."""

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS_MAX = 20_000
_SEGMENTS_MAX = 5_000
_BYTES_PER_BLOCK_MIN = 32  # on average; writers of GIF fill their blocks of 255 bytes
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Broken(ValueError):
    """The file breaks a rule of its format, or is cut off."""


def png(data: Data) -> Size:
    """Return the size of a PNG whose chunks are whole and in order (PNG, third edition, §5).

    Raises:
        Broken: it is not that.
    """
    size: Size | None = None
    position, has_pixels = len(_PNG), False
    for _ in range(_CHUNKS_MAX):
        length = _number(data, position, 4)
        kind, body = _bytes(data, position + 4, 4), _bytes(data, position + 8, length)
        if zlib.crc32(body, zlib.crc32(kind)) != _number(data, position + 8 + length, 4):
            raise Broken("a chunk has another checksum")
        if (kind == b"IHDR") != (size is None):
            raise Broken("the header is not the first chunk, or not the only one")
        if kind == b"IHDR":
            if length != 13:
                raise Broken("the header has another length")
            size = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
        position += length + 12
        has_pixels = has_pixels or kind == b"IDAT"
        if kind == b"IEND":
            break
    if size is None or not has_pixels or position != len(data):
        raise Broken("it has no pixels, or no end where it should end")
    return size


def jpeg(data: Data) -> Size:
    """Return the size of a JPEG that has a frame, a scan and an end (ITU-T T.81, annex B).

    What stands behind the end is left alone: telephones keep a film there.

    Raises:
        Broken: it is not that.
    """
    size: Size | None = None
    position = 2
    for _ in range(_SEGMENTS_MAX):
        if _number(data, position, 1) != 0xFF:
            raise Broken("there is no marker where one should be")
        marker = _number(data, position + 1, 1)
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            position += 1 if marker == 0xFF else 2  # a marker may be padded in front
            continue
        length = _number(data, position + 2, 2)
        if marker in _FRAMES:
            size = _number(data, position + 7, 2), _number(data, position + 5, 2)
        position += 2 + length
        if marker == 0xDA:
            break
    if size is None or data.find(b"\xff\xd9", position) < 0:
        raise Broken("it has no frame, no scan or no end")
    return size


def gif(data: Data) -> Size:
    """Return the size of a GIF whose blocks are whole, up to its trailer (GIF89a, §17 to §27).

    Raises:
        Broken: it is not that.
    """
    size = _number(data, 6, 2, "little"), _number(data, 8, 2, "little")
    position, has_image = 13 + _palette(_number(data, 10, 1)), False
    blocks = iter(range(1_000 + len(data) // _BYTES_PER_BLOCK_MIN))
    for _ in blocks:
        introducer = _number(data, position, 1)
        if introducer == 0x3B:
            break
        if introducer == 0x2C:
            has_image = True
            # Browsers make room for the first image even if it is larger than the screen it belongs on.
            left, top, width, height = (_number(data, position + offset, 2, "little") for offset in (1, 3, 5, 7))
            size = max(size[0], left + width), max(size[1], top + height)
            position += 11 + _palette(_number(data, position + 9, 1))
        elif introducer == 0x21:
            position += 2
        else:
            raise Broken("there is a block of no known kind")
        for _ in blocks:
            length = _number(data, position, 1)
            position += 1 + length
            if length == 0:
                break
    if not has_image or data[position : position + 1] != b"\x3b":
        raise Broken("it has no image or no end")
    return size


def webp(data: Data) -> Size:
    """Return the size of a WebP whose chunks fill the file (RFC 9649, §2).

    Raises:
        Broken: it is not that.
    """
    if _number(data, 4, 4, "little") + 8 not in (len(data), len(data) - 1):
        raise Broken("it has another length than it says")
    size = _first_chunk_of_webp(data)
    position = 12
    for _ in range(_CHUNKS_MAX):
        if position >= len(data) - 1:
            break
        length = _number(data, position + 4, 4, "little")
        position += 8 + length + length % 2
    if not len(data) <= position <= len(data) + 1:
        raise Broken("its chunks do not fill it")
    return size


def _first_chunk_of_webp(data: Data) -> Size:
    kind, start = _bytes(data, 12, 4), 20
    if kind == b"VP8X":
        return _number(data, start + 4, 3, "little") + 1, _number(data, start + 7, 3, "little") + 1
    if kind == b"VP8L" and _number(data, start, 1) == 0x2F:
        bits = _number(data, start + 1, 4, "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and _bytes(data, start + 3, 3) == b"\x9d\x01\x2a":
        return _number(data, start + 6, 2, "little") & 0x3FFF, _number(data, start + 8, 2, "little") & 0x3FFF
    raise Broken("it begins with no known chunk")


def _palette(flags: int) -> int:
    """Return how many bytes a colour table takes, by the flags before it."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _bytes(data: Data, position: int, length: int) -> bytes:
    found = data[position : position + length]
    if len(found) != length:
        raise Broken("it is cut off")
    return found


def _number(data: Data, position: int, length: int, order: str = "big") -> int:
    return int.from_bytes(_bytes(data, position, length), "little" if order == "little" else "big")


READERS: tuple[tuple[bytes, int, bytes, str, Callable[[Data], Size]], ...] = (
    (_PNG, 0, b"", "image/png", png),
    (b"\xff\xd8\xff", 0, b"", "image/jpeg", jpeg),
    (b"GIF87a", 0, b"", "image/gif", gif),
    (b"GIF89a", 0, b"", "image/gif", gif),
    (b"RIFF", 8, b"WEBP", "image/webp", webp),
)
"""How each format begins, what stands at an offset behind that, its media type, and what reads it."""

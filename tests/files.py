"""Files as somebody might send them, whole and otherwise."""

from __future__ import annotations

import struct
import zlib
from urllib.parse import quote


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 3, height: int = 2) -> bytes:
    """A PNG of one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (width + 1) * height) if width * height < 10_000 else zlib.compress(b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def picture(width: int, height: int) -> bytes:
    """A PNG of a sky over a sea, to be looked at."""
    rows = []
    for y in range(height):
        share = y / height
        sky = (int(120 + 110 * share), int(170 + 50 * share), 235)
        sea = (30, int(110 - 60 * (share - 0.6)), int(150 - 50 * (share - 0.6)))
        rows.append(b"\0" + bytes(sky if share < 0.6 else sea) * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2) -> bytes:
    """The skeleton of a JPEG: markers, a frame, a scan, an end."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    return (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
        + b"\xff\xc0"
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xda\0\x08\1\1\0\0\x3f\0"
        + b"\x12\xff\0\x34\xff\xd9"
    )


def gif(width: int = 3, height: int = 2) -> bytes:
    """A GIF with a palette, an extension and one image."""
    size = struct.pack("<HH", width, height)
    return (
        b"GIF89a" + size + b"\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"\x21\xf9\x04\0\0\0\0\0"
        b"\x2c\0\0\0\0" + size + b"\0" + b"\x02\x02\x44\x01\0" + b"\x3b"
    )


def webp(width: int = 3, height: int = 2) -> bytes:
    """A lossless WebP, by its header."""
    body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\0"
    chunks = b"WEBPVP8L" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TEXT = "Ahoy, Käpt’n\n\t→ \U0001f3f4".encode()
WHOLE = {
    "image/png": png(),
    "image/jpeg": jpeg(),
    "image/gif": gif(),
    "image/webp": webp(),
    "application/pdf": PDF,
    "text/plain": TEXT,
}
"""A good file of every kind."""

NAMES = {
    "image/png": "a.png",
    "image/jpeg": "a.jpg",
    "image/gif": "a.gif",
    "image/webp": "a.webp",
    "application/pdf": "a.pdf",
    "text/plain": "a.txt",
}


def described(media_type: str = "image/png", name: str | None = None) -> dict[str, str]:
    """The headers of an upload."""
    spelled = quote(NAMES[media_type] if name is None else name, safe="")
    return {"Content-Type": media_type, "Content-Disposition": f"attachment; filename*=UTF-8''{spelled}"}

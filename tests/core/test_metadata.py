"""An image is kept without where and when it was taken; its pixels, and which way is up, stay (docs/privacy.md)."""

from __future__ import annotations

import re
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files import WHOLE, chunk, jpeg, png
from whosthere.core.media import Media, identify
from whosthere.core.metadata import GROWTH_BYTES_MAX, cleaned, pieces
from whosthere.core.reasons import Reason, Refused

HOME = b"48.8584N 2.2945E"
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + HOME
JFIF, ICC, ADOBE = b"JFIF\0\1\1\0\0\1\0\1\0\0", b"ICC_PROFILE\0\1\1profile", b"Adobe\0\x64\0\0\0\0\1"


def tiff(orientation: int | None = None, *, order: str = ">", kind: int = 3) -> bytes:
    """What a telephone writes: its position, and which way is up."""
    entries = [struct.pack(f"{order}HHII", 0x8825, 4, 1, 200)]
    if orientation is not None:
        entries.insert(0, struct.pack(f"{order}HHIHH", 0x0112, kind, 1, orientation, 0))
    begin = {">": b"MM\0*", "<": b"II*\0"}[order] + struct.pack(f"{order}I", 8)
    return begin + struct.pack(f"{order}H", len(entries)) + b"".join(entries) + b"\0\0\0\0" + HOME


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_of(*segments: bytes, between: bytes = b"", behind: bytes = b"") -> bytes:
    """A JPEG with segments before its frame, between two scans, and with something behind its end."""
    whole = jpeg()
    frame, scan = whole.index(b"\xff\xc0"), whole.index(b"\xff\xda")
    scans = whole[scan:-2] + between + whole[scan:-2]
    return whole[:2] + b"".join(segments) + whole[frame:scan] + scans + b"\xff\xd9" + behind


def riff(*chunks: tuple[bytes, bytes], padded: bool = True) -> bytes:
    """A WebP of these chunks; the last one may lack its padding."""
    body = b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks)
    if not padded and len(chunks[-1][1]) % 2:
        body = body[:-1]
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def vp8x(flags: int) -> tuple[bytes, bytes]:
    return b"VP8X", bytes([flags, 0, 0, 0, 2, 0, 0, 1, 0, 0])


PIXELS = b"VP8L", b"\x2f\2\x40\0\0\0"
PNG_HEAD, PNG_REST = png()[:33], png()[33:]


def kept(data: bytes, media_type: str) -> bytes:
    """What is stored of a whole image."""
    before = identify(data, media_type)
    assert isinstance(before, Media), before
    parts = cleaned(data, media_type)
    assert not isinstance(parts, Refused)
    after = data if parts is None else b"".join(pieces(data, parts))
    assert parts is None or after != data
    assert identify(after, media_type) == before
    assert cleaned(after, media_type) is None
    assert len(after) <= len(data) + GROWTH_BYTES_MAX
    return after


@pytest.mark.parametrize("media_type", WHOLE)
def test_a_file_that_says_nothing_stays_as_it_is(media_type: str) -> None:
    assert cleaned(WHOLE[media_type], media_type) is None


EXIF = segment(0xE1, b"Exif\0\0" + tiff())
TALK = (
    EXIF,
    segment(0xE1, XMP),
    segment(0xED, b"Photoshop 3.0\08BIM" + HOME),
    segment(0xE2, b"MPF\0" + HOME),
    segment(0xFE, HOME),
    segment(0xE0, b"JFXX\0" + HOME),
    b"\xff" + EXIF,  # a marker may be padded in front
)


@given(
    said=st.lists(st.sampled_from(TALK), max_size=8),
    needed=st.permutations([segment(0xE0, JFIF), segment(0xE2, ICC), segment(0xEE, ADOBE), segment(0xDB, b"\0" * 65)]),
    between=st.lists(st.sampled_from(TALK[:-1]), max_size=3),
    behind=st.binary(max_size=20),
)
def test_a_jpeg_loses_what_it_says_and_nothing_else(
    said: list[bytes], needed: list[bytes], between: list[bytes], behind: bytes
) -> None:
    mixed = [one for pair in zip([*said, *[b""] * 8], [*needed, *[b""] * 8], strict=False) for one in pair]
    after = kept(jpeg_of(*mixed, between=b"".join(between), behind=behind), "image/jpeg")
    assert re.sub(b"\xff+", b"\xff", after) == jpeg_of(*needed)  # padding says nothing
    assert HOME not in after


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_which_way_is_up_stays(orientation: int, order: str) -> None:
    turned = tiff(orientation, order=order)
    told = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1" + struct.pack(">HHI", orientation, 0, 0)
    exif = segment(0xE1, b"Exif\0\0" + turned)
    assert kept(jpeg_of(exif, segment(0xFE, HOME), EXIF), "image/jpeg") == jpeg_of(segment(0xE1, b"Exif\0\0" + told))
    assert kept(PNG_HEAD + chunk(b"eXIf", turned) + PNG_REST, "image/png") == PNG_HEAD + chunk(b"eXIf", told) + PNG_REST
    for prefix in (b"", b"Exif\0\0"):
        photo = riff(vp8x(0x0C), PIXELS, (b"EXIF", prefix + turned), (b"XMP ", XMP))
        assert kept(photo, "image/webp") == riff(vp8x(0x08), PIXELS, (b"EXIF", told))


@pytest.mark.parametrize(
    "broken",
    [tiff(1), tiff(9), tiff(0), tiff(6, kind=4), tiff(6)[:12], b"MM\0*\xff\xff\xff\xff", b"MM\0*", b"XX", b"", HOME],
)
def test_an_orientation_that_says_nothing_is_cut_out_with_the_rest(broken: bytes) -> None:
    assert kept(jpeg_of(segment(0xE1, b"Exif\0\0" + broken)), "image/jpeg") == jpeg_of()
    assert kept(PNG_HEAD + chunk(b"eXIf", broken) + PNG_REST, "image/png") == png()


@given(
    before=st.lists(st.sampled_from([b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt"]), max_size=5),
    needed=st.lists(st.sampled_from([b"iCCP", b"pHYs", b"tRNS", b"acTL", b"CgBI"]), max_size=5),
    after=st.lists(st.sampled_from([b"tEXt", b"iTXt"]), max_size=3),
)
def test_a_png_loses_what_it_says_and_nothing_else(
    before: list[bytes], needed: list[bytes], after: list[bytes]
) -> None:
    said, looks = [chunk(kind, HOME) for kind in before], [chunk(kind, b"x") for kind in needed]
    end = PNG_REST.index(b"IEND") - 4
    told = PNG_REST[:end] + b"".join(chunk(kind, HOME) for kind in after) + PNG_REST[end:]
    assert kept(PNG_HEAD + b"".join([*said, *looks, *said]) + told, "image/png") == (
        PNG_HEAD + b"".join(looks) + PNG_REST
    )


@given(
    said=st.lists(st.sampled_from([(b"EXIF", tiff()), (b"XMP ", XMP), (b"note", HOME + b"odd")]), max_size=4),
    last=st.sampled_from([(b"ICCP", b"odd"), (b"ANMF", b"even"), (b"EXIF", HOME + b"x")]),
    padded=st.booleans(),
)
def test_a_webp_loses_what_it_says_and_nothing_else(
    said: list[tuple[bytes, bytes]], last: tuple[bytes, bytes], padded: bool
) -> None:
    data = riff(vp8x(0x2C), *said, PIXELS, last, padded=padded)
    stays = last[0] != b"EXIF"
    if not said and stays:
        assert kept(data, "image/webp") == data
    else:
        assert kept(data, "image/webp") == riff(vp8x(0x20), PIXELS, *([last] if stays else []))


def test_a_jpeg_without_an_end_of_its_own_is_refused() -> None:
    """One whose only end stands within something that is cut out."""
    whole = jpeg()[:-2]
    for data in (
        whole + segment(0xFE, b"\xff\xd9"),
        whole + b"\xff\xfe\0\1\xff\xd9",
        whole + b"\xff\xe1\xff\xff\xff\xd9",
    ):
        assert isinstance(identify(data, "image/jpeg"), Media)
        outcome = cleaned(data, "image/jpeg")
        assert isinstance(outcome, Refused)
        assert outcome.reason is Reason.ATTACHMENT_REFUSED


def test_a_jpeg_of_endlessly_many_segments_is_refused() -> None:
    assert isinstance(cleaned(jpeg_of(between=segment(0xFE, b"") * 6_000), "image/jpeg"), Refused)


@given(
    start=st.sampled_from([jpeg_of(*TALK), png(), riff(vp8x(0x0C), PIXELS, (b"EXIF", tiff(6)))]),
    at=st.integers(0, 400),
    noise=st.binary(max_size=12),
)
def test_no_bytes_whatever_are_a_mistake(start: bytes, at: int, noise: bytes) -> None:
    data = start[:at] + noise + start[at + len(noise) :]
    for media_type in ("image/jpeg", "image/png", "image/webp"):
        found = identify(data, media_type)
        if isinstance(found, Media) and not isinstance(cleaned(data, media_type), Refused):
            kept(data, media_type)


@given(parts=st.lists(st.integers(0, 3_000_000), min_size=2, max_size=4).map(sorted))
def test_large_files_pass_in_pieces_of_a_megabyte(parts: list[int]) -> None:
    data = bytes(range(256)) * 12_000
    wanted = [range(begin, end) for begin, end in pairwise(parts)]
    found = list(pieces(data, wanted))
    assert b"".join(found) == data[parts[0] : parts[-1]]
    assert all(0 < len(piece) <= 1 << 20 for piece in found)

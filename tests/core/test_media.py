"""A file is what its bytes say, whole, or it is refused (docs/http-api.md, "Attachments")."""

from __future__ import annotations

import mmap
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files import PDF, WHOLE, chunk, gif, jpeg, png, webp
from whosthere.core.media import EXTENSIONS, PIXELS_MAX, Media, identify
from whosthere.core.reasons import Reason, Refused

MAKERS = {"image/png": png, "image/jpeg": jpeg, "image/gif": gif, "image/webp": webp}


def refused(data: bytes, declared: str) -> bool:
    outcome = identify(data, declared)
    assert not isinstance(outcome, Refused) or outcome.reason is Reason.ATTACHMENT_REFUSED
    return isinstance(outcome, Refused)


@pytest.mark.parametrize("media_type", WHOLE)
def test_a_whole_file_is_what_it_says_and_nothing_else(media_type: str) -> None:
    for declared in EXTENSIONS:
        assert refused(WHOLE[media_type], declared) == (declared != media_type)


@pytest.mark.parametrize("media_type", MAKERS)
@given(width=st.integers(1, 3000), height=st.integers(1, 3000))
def test_an_image_has_the_size_it_was_made_with(media_type: str, width: int, height: int) -> None:
    assert identify(MAKERS[media_type](width, height), media_type) == Media(media_type, width, height)


@pytest.mark.parametrize("media_type", MAKERS)
def test_an_image_that_would_unfold_to_gigabytes_is_refused(media_type: str) -> None:
    side = 1 + int(PIXELS_MAX**0.5)
    assert side * side > PIXELS_MAX
    assert refused(MAKERS[media_type](side, side), media_type)
    assert not refused(MAKERS[media_type](side - 1, side - 1), media_type)


def test_no_frame_of_a_gif_is_larger_than_an_image_may_be() -> None:
    """Whatever size its screen has: browsers make room for the frame."""
    whole = gif(1, 1)
    frame = whole.index(b"\x2c")
    for at, extent in ((frame + 1, 2), (frame + 5, 2)):  # its place, then its size
        side = min(65_535, PIXELS_MAX)
        data = whole[:at] + side.to_bytes(2, "little") * extent + whole[at + 4 :]
        assert refused(data, "image/gif")


def test_a_character_may_stand_on_the_border_of_two_pieces_of_a_text() -> None:
    for shift in range(4):
        text = b"a" * shift + "\U0001f3f4".encode() * (1 << 18) + b"a"
        assert identify(text, "text/plain") == Media("text/plain")
        assert refused(text[:-2], "text/plain")


@pytest.mark.parametrize("media_type", MAKERS)
def test_an_image_that_is_cut_off_anywhere_is_refused(media_type: str) -> None:
    whole = WHOLE[media_type]
    for end in range(len(whole)):
        assert refused(whole[:end], media_type), end


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(0, 1), "image/png"),
        (png() + b"<script>", "image/png"),
        (png().replace(b"IDAT", b"IDAX"), "image/png"),
        (png()[:8] + chunk(b"IEND", b""), "image/png"),
        (png()[:8] + chunk(b"IDAT", b"") + png()[8:], "image/png"),
        (png()[:33] + png()[8:], "image/png"),
        (png()[:33] + chunk(b"IEND", b""), "image/png"),
        (jpeg(0, 1), "image/jpeg"),
        (jpeg(1, 0), "image/jpeg"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc4"), "image/jpeg"),
        (gif().replace(b"\x2c\0\0", b"\x2d\0\0"), "image/gif"),
        (b"GIF89a\1\0\1\0\0\0\0;", "image/gif"),
        (webp() + b"<script>", "image/webp"),
        (webp().replace(b"VP8L", b"VP8Q"), "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        (b"", "text/plain"),
        (b"a\0b", "text/plain"),
        (b"\x7fELF", "text/plain"),
        (b"\xff\xfea\0", "text/plain"),
        (b"\xc3\x28", "text/plain"),
        (b" " + PDF, "application/pdf"),
        (b"%PDF-1.4\n", "application/pdf"),
        (PDF + b" " * 2_000, "application/pdf"),
        (b"<html>", "text/html"),
        (b"PK\3\4", "application/zip"),
    ],
)
def test_what_breaks_a_rule_is_refused(data: bytes, media_type: str) -> None:
    assert refused(data, media_type)


def test_a_telephone_may_keep_something_behind_the_end_of_a_jpeg() -> None:
    assert identify(jpeg() + b"a short film", "image/jpeg") == Media("image/jpeg", 3, 2)


@given(begin=st.sampled_from([data[:n] for data in WHOLE.values() for n in (3, 8, 16, 30)]), rest=st.binary())
def test_no_bytes_whatever_are_a_mistake(begin: bytes, rest: bytes) -> None:
    for media_type in EXTENSIONS:
        outcome = identify(begin + rest, media_type)
        assert isinstance(outcome, (Media, Refused))


def test_a_file_that_is_only_mapped_into_memory_is_read_alike() -> None:
    for media_type, data in WHOLE.items():
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                assert identify(mapped, media_type) == identify(data, media_type)
                assert isinstance(identify(mapped, media_type), Media)

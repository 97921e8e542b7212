"""Names of files lose whatever could mislead, and usage has an end."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.attachments import (
    FILES_PER_DAY,
    NAME_LENGTH_MAX,
    PER_MESSAGE_MAX,
    SIZES_PER_DAY,
    Usage,
    read_name,
    refuse_references,
    refuse_usage,
)
from whosthere.core.media import EXTENSIONS
from whosthere.core.reasons import Reason, Refused


@pytest.mark.parametrize(
    ("given_name", "media_type", "kept"),
    [
        ("photo.png", "image/png", "photo.png"),
        ("Photo.PNG", "image/png", "Photo.PNG"),
        ("photo", "image/png", "photo.png"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("Käpt’n \U0001f3f4.txt", "text/plain", "Käpt’n \U0001f3f4.txt"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\dir\\a.txt", "text/plain", "a.txt"),
        ("a\u202egnp.txt", "text/plain", "agnp.txt"),
        ("a\0b\r\nc.txt", "text/plain", "ab  c.txt"),
        ('a"b<c>.pdf', "application/pdf", "a_b_c_.pdf"),
        (".png", "image/png", "png.png"),
        ("x" * 300 + ".png", "image/png", "x" * 251 + ".png"),
        ("v1.2", "text/plain", "v1.2.txt"),
    ],
)
def test_a_name_is_kept_without_what_misleads(given_name: str, media_type: str, kept: str) -> None:
    assert read_name(given_name, media_type) == kept


@pytest.mark.parametrize(
    ("given_name", "media_type"),
    [
        ("page.html", "text/plain"),
        ("run.exe", "text/plain"),
        ("a.svg", "image/png"),
        ("photo.jpg", "image/png"),
        ("a.txt.html", "text/plain"),
        ("", "image/png"),
        (" . ", "image/png"),
        ("\u202e", "image/png"),
        ("a/", "image/png"),
    ],
)
def test_a_name_of_another_kind_is_refused(given_name: str, media_type: str) -> None:
    refused = read_name(given_name, media_type)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.INVALID_FIELD, "name")


@given(st.text(), st.sampled_from(list(EXTENSIONS)))
def test_every_kept_name_is_short_plain_and_ends_as_its_kind_does(name: str, media_type: str) -> None:
    kept = read_name(name, media_type)
    if isinstance(kept, Refused):
        return
    assert 1 <= len(kept) <= NAME_LENGTH_MAX
    assert kept.rpartition(".")[2].lower() in EXTENSIONS[media_type]
    assert not set(kept) & set('/\\"<>|:?*')
    assert all(unicodedata.category(one)[0] != "C" for one in kept)


def test_a_kind_that_is_not_taken_has_no_good_name() -> None:
    refused = read_name("a.html", "text/html")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.ATTACHMENT_REFUSED


def test_a_message_names_each_of_ten_files_once() -> None:
    ids = [str(number) for number in range(PER_MESSAGE_MAX + 1)]
    assert refuse_references(ids[:-1]) is None
    assert refuse_references([]) is None
    assert refuse_references(ids) is not None
    assert refuse_references(["a", "a"]) is not None


def test_there_is_an_end_of_uploading() -> None:
    most = SIZES_PER_DAY * 1_000
    assert refuse_usage(Usage(FILES_PER_DAY - 1, 0), 1_000, 1_000) is None
    assert refuse_usage(Usage(FILES_PER_DAY, 0), 1_000, 1) is not None
    assert refuse_usage(Usage(1, most - 1_000), 1_000, 1_000) is None
    assert refuse_usage(Usage(1, most - 999), 1_000, 1_000) is not None

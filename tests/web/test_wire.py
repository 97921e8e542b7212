"""Values on the wire: instants, ids, cursors, numbers."""

from __future__ import annotations

import base64
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.reasons import Reason, Refused
from whosthere.web.wire import cursor, identifier, instant, read_cursor, whole_number

FIRST = (1 << 62, "ffffffff-ffff-ffff-ffff-ffffffffffff")
ID = "01a203c1-f719-730a-8368-a6c996be7867"
NOBODY = "00000000-0000-0000-0000-000000000000"
INSTANTS = st.integers(0, 10**16 - 1)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (1_800_000_000_999, "2027-01-15T08:00:00.999Z"),
        (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    ],
)
def test_an_instant_is_rfc_3339_in_utc_with_milliseconds(milliseconds: int, text: str) -> None:
    assert instant(milliseconds) == text


@given(INSTANTS, st.uuids())
def test_a_cursor_is_read_as_it_was_written(updated_at: int, row_id: uuid.UUID) -> None:
    written = cursor(updated_at, str(row_id))
    assert read_cursor(written, FIRST) == (updated_at, str(row_id))
    assert written.isascii()
    assert not set(written) & set("+/=&?#%")  # fit for a URL as it is


def test_without_a_cursor_reading_begins_at_the_first_place() -> None:
    assert read_cursor(None, FIRST) == FIRST


def spelled(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é",
        "=",
        "====",
        "a b",
        spelled("1"),
        spelled(f".{ID}"),
        spelled(f"-1.{ID}"),
        spelled(f"1e3.{ID}"),
        spelled(f"{10**16}.{ID}"),
        spelled(f"1.{ID.upper()}"),
        spelled(f"1.{ID[:-1]}"),
        spelled(f"1.{ID.replace('-', 'a')}"),
        spelled(f"1.{'-' * 36}"),
        spelled(f"1.{ID}\n"),
        spelled(f"1.{ID}") + "\n",
        spelled(f"1.{ID}") + "%00",
        spelled(f"٣.{ID}"),
        spelled(f"1.{ID}") * 5,
    ],
)
def test_anything_else_is_no_cursor(text: str) -> None:
    refused = read_cursor(text, FIRST)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INVALID_CURSOR


@given(st.text())
def test_no_text_makes_reading_a_cursor_fail(text: str) -> None:
    read = read_cursor(text, FIRST)
    assert isinstance(read, Refused) or identifier(read[1]) == read[1]


@pytest.mark.parametrize(
    "text", ["", "x", ID.upper(), ID.replace("-", ""), f"{ID} ", f"{ID}\n", f"{{{ID}}}", f"urn:uuid:{ID}", "٣" * 36]
)
def test_what_is_not_spelled_as_our_ids_names_nobody(text: str) -> None:
    assert identifier(text) == NOBODY


def test_an_id_names_itself() -> None:
    assert identifier(ID) == ID


@given(st.integers(1, 100))
def test_a_number_within_its_limits_is_itself(number: int) -> None:
    assert whole_number(str(number), "limit", 7, least=1, most=100) == number


@pytest.mark.parametrize("text", ["", "0", "101", "-1", "+5", "5.0", "5 ", " 5", "1e1", "0x5", "٣", "5_0", "9" * 40])
def test_anything_else_is_named_with_its_limits(text: str) -> None:
    refused = whole_number(text, "limit", 7, least=1, most=100)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.INVALID_FIELD, "limit")
    assert refused.detail == "limit is a whole number from 1 to 100."


def test_a_number_that_is_not_given_is_the_default() -> None:
    assert whole_number(None, "limit", 7, least=1, most=100) == 7

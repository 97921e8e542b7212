"""Working hours: read as written, in the zone's own time, over midnight and over changes of the clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.hours import Unreadable, read_hours, standing

BERLIN = "Europe/Berlin"
SHOP = "mon-fri 9:00-12:00 13:00-17:00, sat 10:00-13:00 Europe/Berlin"


def at(text: str, zone: str = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("hours", "now", "opens", "closes"),
    [
        (SHOP, "2027-01-15 08:59:59.999", "2027-01-15 09:00", None),  # a Friday
        (SHOP, "2027-01-15 09:00", None, "2027-01-15 12:00"),
        (SHOP, "2027-01-15 11:59:59.999", None, "2027-01-15 12:00"),
        (SHOP, "2027-01-15 12:00", "2027-01-15 13:00", None),
        (SHOP, "2027-01-15 17:00", "2027-01-16 10:00", None),
        (SHOP, "2027-01-16 13:00", "2027-01-18 09:00", None),
        ("mon 9:00-10:00 Europe/Berlin", "2027-01-18 10:00", "2027-01-25 09:00", None),
        ("mon 9:00-10:00 Europe/Berlin", "2027-01-18 09:30", None, "2027-01-18 10:00"),
        ("fri 20:00-24:00, sat 0:00-2:00 Europe/Berlin", "2027-01-15 23:00", None, "2027-01-16 02:00"),
        ("fri 20:00-24:00, sat 0:00-2:00 Europe/Berlin", "2027-01-16 01:00", None, "2027-01-16 02:00"),
        ("sat-mon 9:00-10:00 Europe/Berlin", "2027-01-17 09:30", None, "2027-01-17 10:00"),
        ("mon-sun 0:00-24:00 Europe/Berlin", "2027-01-15 12:00", None, None),
        ("mon-fri 9:00-17:00 Europe/Berlin", "2027-03-26 18:00", "2027-03-29 09:00", None),  # clocks go forward
        ("sun 2:30-4:00 Europe/Berlin", "2027-03-28 00:00", "2027-03-28 03:30", None),  # 2:30 does not exist
    ],
)
def test_somebody_is_there_within_the_hours_only(hours: str, now: str, opens: str | None, closes: str | None) -> None:
    found = standing(read_hours(hours), at(now))
    assert found.away == (opens is not None)
    assert found.opens_at == (None if opens is None else at(opens))
    assert found.closes_at == (None if closes is None else at(closes))


def test_without_hours_somebody_is_always_there() -> None:
    assert not standing(None, 0).away


@given(st.integers(at("2026-01-01 00:00"), at("2030-01-01 00:00")))
def test_what_is_promised_comes_true(now: int) -> None:
    hours = read_hours(SHOP)
    found = standing(hours, now)
    turn = found.opens_at if found.away else found.closes_at
    assert turn is not None
    assert now < turn <= now + 4 * 86_400_000
    assert standing(hours, turn - 1).away == found.away
    assert standing(hours, turn).away != found.away


@pytest.mark.parametrize(
    "text",
    [
        "",
        "always",
        "Europe/Berlin",
        "mon-fri 9:00-17:00",
        "mon-fri 9:00-17:00 Europe/Nowhere",
        "mon-fri 9:00-17:00 ../../etc/passwd",
        "mon-fri 9:00-17:00 Europe",
        "mon-fri 17:00-9:00 UTC",
        "mon 9:00-9:00 UTC",
        "mon 9-17 UTC",
        "mon 9:00-24:01 UTC",
        "mon 9:60-10:00 UTC",
        "mon 25:00-26:00 UTC",
        "day 9:00-10:00 UTC",
        "mon 9:00-12:00 11:00-13:00 UTC",
        "mon 9:00-12:00, mon-tue 11:00-13:00 UTC",
        "mon UTC",
        "mon 9:00-10:00,, UTC",
        "mon ٩:00-10:00 UTC",
    ],
)
def test_what_says_no_hours_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_hours(text)

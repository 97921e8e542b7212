"""Reports: which days are counted, and how times fall into groups (docs/desk.md, "Reports")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from whosthere.core.reasons import Reason, Refused

DAY_MS = 86_400_000
DAYS_DEFAULT = 30
DAYS_MAX = 366
_DAYS_ONE_BY_ONE = 92
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
STEPS = (
    ("5 min", 5 * _MINUTE_MS),
    ("30 min", 30 * _MINUTE_MS),
    ("2 h", 2 * _HOUR_MS),
    ("8 h", 8 * _HOUR_MS),
    ("1 day", DAY_MS),
    ("3 days", 3 * DAY_MS),
)
"""How long something took at most, in words and milliseconds; what took longer is a group of its own."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(1990, 3000)
_ONE_DAY = timedelta(days=1)


class Grain(StrEnum):
    """What one line of a report is about."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of 24 hours one after another; only the last one may be shorter or longer, since the clocks change in it.

    Attributes:
        begins_at, ends_at: its first moment and the first one after it, in epoch milliseconds.
    """

    first: date
    last: date
    begins_at: int
    ends_at: int

    def day(self, number: int) -> date:
        """Return the day of what happened so many times 24 hours after the beginning."""
        return min(self.first + number * _ONE_DAY, self.last)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of an IANA time zone, the first and the last one included, told by day or by week."""

    first: date
    last: date
    zone: str = "UTC"
    grain: Grain = Grain.DAY

    @property
    def begins_at(self) -> int:
        """The first moment, in epoch milliseconds."""
        return _midnight(self.first, self.zone)

    @property
    def ends_at(self) -> int:
        """The first moment that does not belong to it, in epoch milliseconds."""
        return _midnight(self.last + _ONE_DAY, self.zone)

    @property
    def days(self) -> list[date]:
        """Every day of it, the oldest first."""
        return [self.first + number * _ONE_DAY for number in range((self.last - self.first).days + 1)]

    @property
    def lines(self) -> list[date]:
        """The first day of every line, the oldest first; weeks begin on Mondays, the first where the period does."""
        return [day for day in self.days if self.line_of(day) == day]

    def line_of(self, day: date) -> date:
        """Return the line that a day of the period belongs to."""
        return day if self.grain is Grain.DAY else max(self.first, day - day.weekday() * _ONE_DAY)

    @property
    def stretches(self) -> list[Stretch]:
        """The days as a database that knows no time zones can count them."""
        midnights = [(day, _midnight(day, self.zone)) for day in (*self.days, self.last + _ONE_DAY)]
        begins = [midnights[0]]
        begins += [two for one, two in pairwise(midnights[:-1]) if two[1] - one[1] != DAY_MS]
        return [
            Stretch(first, end - _ONE_DAY, begins_at, ends_at)
            for (first, begins_at), (end, ends_at) in pairwise([*begins, midnights[-1]])
        ]


def day_of(at: int, zone: str) -> date:
    """Return the day of a moment (epoch milliseconds) in an IANA time zone."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).date()


def last_days(count: int, now: int, zone: str = "UTC") -> Period:
    """Return the last days up to today, day by day; `now` in epoch milliseconds."""
    today = day_of(now, zone)
    return Period(today - (count - 1) * _ONE_DAY, today, zone)


def read_period(first: str, last: str, now: int, *, zone: str = "UTC", grain: str = "") -> Period | Refused:
    """Return what two dates such as `2026-11-22` say; without any, the last days up to today.

    Args:
        first, last: as they were typed, or empty.
        now: epoch milliseconds.
        zone: an IANA time zone.
        grain: `day`, `week`, or empty for the one that fits.
    """
    ends = _read(last) if last else day_of(now, zone)
    if ends is None:
        return _refused("to", "Write a date as in 2026-11-22.")
    begins = _read(first) if first else ends - (DAYS_DEFAULT - 1) * _ONE_DAY
    if begins is None:
        return _refused("from", "Write a date as in 2026-11-22.")
    if begins > ends:
        return _refused("from", "The first day comes after the last one.")
    if (ends - begins).days >= DAYS_MAX:
        return _refused("from", f"A report covers {DAYS_MAX} days at most.")
    if grain and grain not in set(Grain):
        return _refused("by", "Choose day or week.")
    fitting = Grain.DAY if (ends - begins).days < _DAYS_ONE_BY_ONE else Grain.WEEK
    return Period(begins, ends, zone, Grain(grain) if grain else fitting)


def _read(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and day.year in _YEARS else None


def _midnight(day: date, zone: str) -> int:
    """Return when a day begins; where the clocks skip midnight, that is the moment in which they do."""
    return int(datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC).timestamp() * 1000)


def _refused(field: str, detail: str) -> Refused:
    return Refused(Reason.INVALID_FIELD, detail, field)

"""Reports: which days are counted, and how times fall into groups (docs/desk.md, "Reports")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from whosthere.core.reasons import Reason, Refused

DAY_MS = 86_400_000
DAYS_DEFAULT = 30
DAYS_MAX = 366
_MINUTE_MS = 60_000
STEPS = (
    ("5 minutes", 5 * _MINUTE_MS),
    ("30 minutes", 30 * _MINUTE_MS),
    ("2 hours", 120 * _MINUTE_MS),
    ("8 hours", 480 * _MINUTE_MS),
    ("1 day", DAY_MS),
    ("3 days", 3 * DAY_MS),
)
"""How long something took at most, in words and milliseconds; what took longer is a group of its own."""
_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of universal time, the first and the last one included."""

    first: date
    last: date

    @property
    def begins_at(self) -> int:
        """The first moment, in epoch milliseconds."""
        return (self.first - _FIRST_DAY).days * DAY_MS

    @property
    def ends_at(self) -> int:
        """The first moment that does not belong to it, in epoch milliseconds."""
        return ((self.last - _FIRST_DAY).days + 1) * DAY_MS

    @property
    def days(self) -> list[date]:
        """Every day of it, the oldest first."""
        return [self.first + timedelta(number) for number in range((self.last - self.first).days + 1)]


def day_of(number: int) -> date:
    """Return the day that begins so many days after the epoch."""
    return _FIRST_DAY + timedelta(number)


def last_days(count: int, now: int) -> Period:
    """Return the last days up to today; `now` in epoch milliseconds."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    return Period(today - timedelta(count - 1), today)


def read_period(first: str, last: str, now: int) -> Period | Refused:
    """Return what two dates such as `2026-11-22` say; without any, the last days up to today."""
    ends = _read(last) if last else last_days(1, now).last
    if ends is None:
        return _refused("to", "Write a date as in 2026-11-22.")
    begins = _read(first) if first else max(_FIRST_DAY, ends - timedelta(DAYS_DEFAULT - 1))
    if begins is None:
        return _refused("from", "Write a date as in 2026-11-22.")
    if begins > ends:
        return _refused("from", "The first day comes after the last one.")
    if (ends - begins).days >= DAYS_MAX:
        return _refused("from", f"A report covers {DAYS_MAX} days at most.")
    return Period(begins, ends)


def _read(text: str) -> date | None:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return day if day >= _FIRST_DAY else None


def _refused(field: str, detail: str) -> Refused:
    return Refused(Reason.INVALID_FIELD, detail, field)

"""Working hours: when somebody is there, and when somebody will be (docs/operating.md, "Working hours")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_AHEAD_DAYS = 9  # a week, from the day before on, and one more for hours that go on over midnight
_DAY = "|".join(DAYS)
_PART = re.compile(rf"(?P<first>{_DAY})(?:-(?P<last>{_DAY}))?(?P<times>(?:\s+[0-9:]+-[0-9:]+)+)")
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")

Interval = tuple[int, int]
"""Beginning and end, in minutes after midnight or in epoch milliseconds."""


class Unreadable(ValueError):
    """The text says no working hours; the message is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Intervals for each weekday (Monday first), in minutes after midnight of an IANA time zone."""

    zone: str
    week: tuple[tuple[Interval, ...], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether nobody is there, and until when that stays so.

    Attributes:
        opens_at: the next opening while away, epoch milliseconds.
        closes_at: the end of the present hours while not away, epoch milliseconds; `None` when they never end.
    """

    away: bool
    opens_at: int | None = None
    closes_at: int | None = None


ALWAYS = Standing(away=False)


@lru_cache(1024)
def read_hours(text: str) -> WorkingHours:
    """Read working hours, such as `mon-fri 9:00-12:00 13:00-17:00, sat 10:00-13:00 Europe/Berlin`.

    Raises:
        Unreadable: that is not possible.
    """
    parts, _, zone = text.strip().rpartition(" ")
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError):
        raise Unreadable(f"ends with {zone!r}, which is no time zone such as Europe/Berlin") from None
    week: list[list[Interval]] = [[] for _ in DAYS]
    for part in parts.lower().split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise Unreadable(f"holds {part.strip()!r}, which is not like mon-fri 9:00-17:00")
        first = DAYS.index(match["first"])
        last = DAYS.index(match["last"] or match["first"])
        for day in range(first, first + (last - first) % 7 + 1):
            week[day % 7] += [_interval(times) for times in match["times"].split()]
    return WorkingHours(zone, tuple(_in_order(day) for day in week))


def _interval(text: str) -> Interval:
    begin, end = (_minutes(time) for time in text.split("-"))
    if begin >= end:
        raise Unreadable(f"holds {text!r}, which ends before it begins")
    return begin, end


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    minutes = _DAY_MINUTES + 1 if match is None else int(match[1]) * 60 + int(match[2])
    if minutes > _DAY_MINUTES:
        raise Unreadable(f"holds {text!r}, which is no time of day from 0:00 to 24:00")
    return minutes


def _in_order(day: list[Interval]) -> tuple[Interval, ...]:
    ordered = sorted(day)
    if any(one[1] > other[0] for one, other in pairwise(ordered)):
        raise Unreadable("holds hours that overlap")
    return tuple(ordered)


def standing(hours: WorkingHours | None, now: int) -> Standing:
    """Tell whether somebody is there at `now` (epoch milliseconds); without hours there always is."""
    if hours is None:
        return ALWAYS
    try:
        spans = list(_spans(hours, now))
    except (OSError, ValueError, LookupError):  # the machine's time zones went away: better open than a failing boot
        return ALWAYS
    for number, (begin, end) in enumerate(spans):
        if begin <= now < end:
            return Standing(away=False, closes_at=None if number == len(spans) - 1 else end)
        if begin > now:
            return Standing(away=True, opens_at=begin)
    return Standing(away=True)


def _spans(hours: WorkingHours, now: int) -> Iterator[Interval]:
    """Yield the spans from yesterday on; those that meet are one."""
    zone = ZoneInfo(hours.zone)
    today = datetime.fromtimestamp(now / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    known: Interval | None = None
    for ahead in range(-1, _AHEAD_DAYS):
        midnight = today + timedelta(days=ahead)
        for begin, end in hours.week[midnight.weekday()]:
            span = _instant(midnight, begin, zone), _instant(midnight, end, zone)
            if known is not None and known[1] >= span[0]:
                known = known[0], max(known[1], span[1])
                continue
            if known is not None:
                yield known
            known = span
    if known is not None:
        yield known


def _instant(midnight: datetime, minutes: int, zone: ZoneInfo) -> int:
    """Return when the clocks of the zone show a time; one that is skipped in spring counts from before the change."""
    local = (midnight + timedelta(minutes=minutes)).replace(tzinfo=zone)
    return int(local.astimezone(UTC).timestamp() * 1000)

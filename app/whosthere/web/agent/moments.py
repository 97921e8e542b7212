"""When a snoozed conversation comes back, on the agent's own clock."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from whosthere.core.reasons import Reason, Refused

_LATER_MS = 3 * 3_600_000
_MORNING = time(9)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")
_UNREADABLE = Refused(Reason.INVALID_FIELD, "Choose a time, or a date as in 2026-12-24.", "until")


def wake_at(until: str, day: str, zone: str, now: int) -> int | Refused:
    """Return the moment (epoch milliseconds) that a snooze form asks for.

    Args:
        until: `later` (3 hours), `tomorrow`, `week` (next Monday) or `date`; each day begins at 9 o'clock.
        day: an ISO date, for `date`.
        zone: a name of the IANA time zone database; anything else counts as UTC.
        now: epoch milliseconds.
    """
    if until == "later":
        return now + _LATER_MS
    local = _zone(zone)
    today = datetime.fromtimestamp(now / 1000, local).date()
    wanted = {"tomorrow": today + timedelta(days=1), "week": today + timedelta(days=7 - today.weekday())}.get(until)
    if until == "date":
        wanted = _date(day)
    if wanted is None:
        return _UNREADABLE
    return int(datetime.combine(wanted, _MORNING, local).timestamp() * 1000)


def _date(text: str) -> date | None:
    if not re.fullmatch(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name if _ZONE.fullmatch(name) else "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")

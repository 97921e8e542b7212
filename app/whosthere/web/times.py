"""Moments as a page shows them; scripts turn them into the reader's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime

from whosthere.web.wire import instant

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000


def iso(at: int) -> str:
    """Return epoch milliseconds as RFC 3339."""
    return instant(at)


def ago(at: int, now: int) -> str:
    """Return a time relative to now while it is near, else its date."""
    past = max(0, now - at)
    if past < _MINUTE:
        return "now"
    if past < _HOUR:
        return f"{past // _MINUTE} min"
    if past < _DAY:
        return f"{past // _HOUR} h"
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return f"{moment.day} {moment:%b}" if past < 300 * _DAY else f"{moment.day} {moment:%b %Y}"


def exact(at: int) -> str:
    """Return date and time, UTC; the page turns them into the agent's own time zone."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M:%S} UTC"


def clock(at: int) -> str:
    """Return the time of day, UTC; the page turns it into the agent's own time zone."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M}"


def day_name(day: str, now: int) -> str:
    """Return an ISO date as an agent reads it."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    date = datetime.fromisoformat(day).date()
    days = (today - date).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{date.day} {date:%B %Y}"

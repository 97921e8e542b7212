"""Moments as people type them: `now`, `30d`, `2027-01-31`, `never`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

from whosthere.wiring import system_clock

_UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


def parse(text: str, now: int) -> int | None:
    """Return the moment in epoch milliseconds, `None` for `never`; a date is its begin in UTC.

    Raises:
        ValueError: it is none.
    """
    if text in ("never", "now"):
        return None if text == "never" else now
    span = re.fullmatch(r"([0-9]{1,5})([mhd])", text)
    if span:
        return now + int(span[1]) * _UNITS_MS[span[2]]
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def read_moment(ctx: click.Context, param: click.Parameter, value: str) -> int | None:
    """Read an argument (a click callback)."""
    try:
        return parse(value, system_clock())
    except (ValueError, OverflowError):
        words = f"{value!r} is none of: now, 30d, 12h, 2027-01-31, 2027-01-31T18:00Z, never"
        raise click.BadParameter(words, ctx, param) from None

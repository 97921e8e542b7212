"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(milliseconds: int | None) -> str | None:
    """Return epoch milliseconds as RFC 3339 in UTC, `None` for none."""
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

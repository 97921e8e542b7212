"""Reports on a platform's conversations: how many, how fast, how well, and by whom (docs/desk.md, "Reports")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from whosthere.core.hours import Unreadable, read_hours
from whosthere.core.reasons import Reason, Refused
from whosthere.core.reports import Period
from whosthere.services.runtime import Runtime
from whosthere.storage import reports
from whosthere.storage.errors import TooSlow
from whosthere.storage.platforms import Platform
from whosthere.storage.reports import Counts, Took
from whosthere.storage.tenancy import Tenant

LIMIT_MS = 10_000
"""How long the database may count."""
_TOO_MUCH = Refused(Reason.INVALID_FIELD, "That is too much to count at once. Choose fewer days.", "from")
_NOTHING = Counts(*(0,) * len(Counts.__slots__))


@dataclass(frozen=True, slots=True)
class Line:
    """A day or a week of a report.

    Attributes:
        first: its first day.
        counts: the conversations that began in it.
        from_visitors, from_agents: messages written in it.
    """

    first: date
    counts: Counts
    from_visitors: int
    from_agents: int


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in a period: every line of it, and how long answers took."""

    period: Period
    lines: Sequence[Line]
    total: Line
    ratings: Mapping[int, int]
    replies: Took
    resolutions: Took

    @property
    def is_empty(self) -> bool:
        """Whether nobody began a conversation or wrote anything."""
        return not (self.total.counts.conversations or self.total.from_visitors or self.total.from_agents)


def zone_of(platform: Platform) -> str:
    """Return the time zone of a platform's working hours, UTC without any."""
    try:
        return read_hours(str(platform.availability.get("workingHours", ""))).zone
    except Unreadable:
        return "UTC"


def report(runtime: Runtime, platform_id: str, period: Period) -> Report | Refused:
    """Count what began on a platform within a period, and what was written."""
    try:
        with runtime.database.read_within(LIMIT_MS) as connection:
            tenant = Tenant(connection, platform_id)
            lines = _lines(tenant, period)
            stars = reports.ratings(tenant, period)
            times = reports.replies(tenant, period), reports.resolutions(tenant, period)
    except TooSlow:
        return _TOO_MUCH
    return Report(period, lines, _total(period, lines), stars, *times)


def _lines(tenant: Tenant, period: Period) -> list[Line]:
    counts = dict.fromkeys(period.lines, _NOTHING)
    written: Counter[tuple[str, date]] = Counter()
    for stretch in period.stretches:
        for day, some in reports.by_day(tenant, stretch):
            counts[period.line_of(day)] += some
        for kind, day, number in reports.messages_by_day(tenant, stretch):
            written[kind, period.line_of(day)] += number
    return [Line(first, some, written["user", first], written["agent", first]) for first, some in counts.items()]


def _total(period: Period, lines: Sequence[Line]) -> Line:
    counts = sum((one.counts for one in lines), start=_NOTHING)
    return Line(period.first, counts, sum(one.from_visitors for one in lines), sum(one.from_agents for one in lines))

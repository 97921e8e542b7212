"""Reports on a platform's conversations: how many, how fast, how well, and by whom (docs/desk.md, "Reports")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from whosthere.core.reasons import Reason, Refused
from whosthere.core.reports import Period, day_of
from whosthere.services.runtime import Runtime
from whosthere.storage import reports
from whosthere.storage.errors import TooSlow
from whosthere.storage.reports import DayCount, Took
from whosthere.storage.tenancy import Tenant

LIMIT_MS = 10_000
"""How long the database may count."""
_TOO_MUCH = Refused(Reason.INVALID_FIELD, "That is too much to count at once. Choose fewer days.", "from")
_NOTHING = DayCount(*(0,) * len(DayCount.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in a period: every day of it, and how long answers took."""

    period: Period
    days: Sequence[tuple[date, DayCount]]
    ratings: Mapping[int, int]
    replies: Took
    resolutions: Took

    def total(self, name: str) -> int:
        """Return the sum of one of the counts over all days."""
        return sum(getattr(count, name) for _, count in self.days)


def report(runtime: Runtime, platform_id: str, period: Period) -> Report | Refused:
    """Count what began on a platform within a period."""
    try:
        with runtime.database.read_within(LIMIT_MS) as connection:
            tenant = Tenant(connection, platform_id)
            found = {day_of(count.day): count for count in reports.by_day(tenant, period)}
            days = [(day, found.get(day, _NOTHING)) for day in period.days]
            stars = reports.ratings(tenant, period)
            return Report(period, days, stars, reports.replies(tenant, period), reports.resolutions(tenant, period))
    except TooSlow:
        return _TOO_MUCH

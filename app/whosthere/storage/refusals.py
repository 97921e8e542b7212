"""Refusals by reason: a counter per minute and a capped daily sample, so that nobody can fill the disk.

Beside them, by the hour, how many visits brought a good proof.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, select

from whosthere.storage.connection import Row
from whosthere.storage.tables import refusal_counts, refusal_samples
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in

SAMPLES_PER_DAY = 200
SAMPLES_PER_REASON = 20
"""Of one day: a flood for one reason must not hide the others."""
_VERIFIED = "verified"
"""Stands where a reason does, in the rows that count those whose proof was good."""
_NAMESPACE = uuid.UUID("5f2f7c9e-8a0f-4f3a-9d0e-3d8c1c1b7a55")

_COUNT = (
    update_in(refusal_counts)
    .where(refusal_counts.c.id == bindparam("b_id"))
    .values(count=refusal_counts.c.count + bindparam("more"))
)
_SAMPLED = (
    select(func.count(), func.count(case((refusal_samples.c.reason == bindparam("of_reason"), 1))))
    .select_from(refusal_samples)
    .where(refusal_samples.c.platform_id == PLATFORM, refusal_samples.c.day == bindparam("on_day"))
)
_TOTALS = (
    select_in(
        refusal_counts,
        columns=[refusal_counts.c.reason, refusal_counts.c.enforced, func.sum(refusal_counts.c.count).label("count")],
    )
    .where(refusal_counts.c.minute >= bindparam("from_minute"), refusal_counts.c.reason != _VERIFIED)
    .group_by(refusal_counts.c.reason, refusal_counts.c.enforced)
)
_MINUTES_OF_DAY = 1440
_DAY = refusal_counts.c.minute // _MINUTES_OF_DAY
_DAILY = (
    select_in(
        refusal_counts,
        columns=[
            _DAY.label("day"),
            refusal_counts.c.reason,
            refusal_counts.c.enforced,
            func.sum(refusal_counts.c.count).label("count"),
        ],
    )
    .where(
        refusal_counts.c.minute >= bindparam("from_minute"),
        refusal_counts.c.minute < bindparam("to_minute"),
        refusal_counts.c.reason != _VERIFIED,
    )
    .group_by(_DAY, refusal_counts.c.reason, refusal_counts.c.enforced)
    .order_by(_DAY.desc(), refusal_counts.c.reason, refusal_counts.c.enforced)
)
_PROVEN = select_in(refusal_counts, columns=[func.coalesce(func.sum(refusal_counts.c.count), 0)]).where(
    refusal_counts.c.minute >= bindparam("from_minute"), refusal_counts.c.reason == _VERIFIED
)
_NEWEST = (
    select_in(refusal_samples)
    .where(refusal_samples.c.day >= bindparam("from_day"))
    .order_by(refusal_samples.c.day.desc(), refusal_samples.c.id.desc())
    .limit(bindparam("count"))
)
_SAMPLE = select_in(refusal_samples).where(refusal_samples.c.id == bindparam("sample_id"))


@dataclass(frozen=True, slots=True)
class Total:
    """How often a reason came up.

    Attributes:
        enforced: whether those visitors were refused, or let in because the policy does not enforce.
    """

    reason: str
    enforced: bool
    count: int


@dataclass(frozen=True, slots=True)
class Daily(Total):
    """How often a reason came up on a day.

    Attributes:
        day: days since 1970, in universal time.
    """

    day: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One refusal as an example: where and why, never who.

    Attributes:
        detail: `origin`, `browser`, `refused` and `finding`, as in `services.diagnostics`.
    """

    id: str
    reason: str
    page_url: str | None
    detail: Mapping[str, Any]
    created_at: int


def totals(tenant: Tenant, from_minute: int) -> list[Total]:
    """Return the sums by reason since a minute (minutes since 1970), the most frequent first."""
    found = [Total(row.reason, row.enforced, int(row.count)) for row in tenant.run(_TOTALS, from_minute=from_minute)]
    return sorted(found, key=lambda total: (-total.count, total.reason))


def daily(tenant: Tenant, from_day: int, to_day: int) -> list[Daily]:
    """Return the sums by day and reason from one day to another (days since 1970), the newest day first."""
    first, behind = from_day * _MINUTES_OF_DAY, (to_day + 1) * _MINUTES_OF_DAY
    rows = tenant.run(_DAILY, from_minute=first, to_minute=behind)
    return [Daily(row.reason, row.enforced, int(row.count), int(row.day)) for row in rows]


def verified(tenant: Tenant, from_minute: int) -> int:
    """Return how many visits brought a good proof since a minute (minutes since 1970)."""
    return int(tenant.run(_PROVEN, from_minute=from_minute).scalar_one())


def samples(tenant: Tenant, from_day: int, count: int) -> list[Sample]:
    """Return at most `count` examples since a day (days since 1970), the newest first."""
    return [_sample(row) for row in tenant.run(_NEWEST, from_day=from_day, count=count)]


def find_sample(tenant: Tenant, sample_id: str) -> Sample | None:
    """Return one example, or `None`."""
    row = tenant.run(_SAMPLE, sample_id=sample_id).one_or_none()
    return None if row is None else _sample(row)


def _sample(row: Row) -> Sample:
    return Sample(row.id, row.reason, row.page_url, row.detail, row.created_at)


def count(tenant: Tenant, *, minute: int, reason: str, enforced: bool) -> None:
    """Count one refusal.

    Raises:
        Conflict: the first two of a minute met; count again.
    """
    _add(tenant, minute, reason, enforced, 1)


def count_verified(tenant: Tenant, *, minute: int, number: int) -> None:
    """Count visits whose proof was good, in the row of a minute.

    Raises:
        Conflict: the first two of a minute met; count again.
    """
    _add(tenant, minute, _VERIFIED, False, number)


def _add(tenant: Tenant, minute: int, reason: str, enforced: bool, more: int) -> None:
    row_id = str(uuid.uuid5(_NAMESPACE, f"{minute}/{reason}/{enforced}"))
    if tenant.run(_COUNT, b_id=row_id, more=more).rowcount == 0:
        tenant.add(refusal_counts, id=row_id, minute=minute, reason=reason, enforced=enforced, count=more)


def wants_sample(tenant: Tenant, day: int, reason: str) -> bool:
    """Whether a day has not enough examples yet, neither altogether nor for this reason."""
    kept, alike = tenant.run(_SAMPLED, on_day=day, of_reason=reason).one()
    return bool(kept < SAMPLES_PER_DAY and alike < SAMPLES_PER_REASON)


def sample(
    tenant: Tenant,
    *,
    sample_id: str,
    day: int,
    reason: str,
    page_url: str | None,
    detail: dict[str, Any],
    now: int,
) -> None:
    """Keep one refusal as an example."""
    tenant.add(refusal_samples, id=sample_id, day=day, reason=reason, page_url=page_url, detail=detail, created_at=now)

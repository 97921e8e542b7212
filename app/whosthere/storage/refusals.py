"""Refusals by reason: a counter per minute and a capped daily sample, so that nobody can fill the disk."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from whosthere.storage.connection import Row
from whosthere.storage.tables import refusal_counts, refusal_samples
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in

SAMPLES_PER_DAY = 100
_NAMESPACE = uuid.UUID("5f2f7c9e-8a0f-4f3a-9d0e-3d8c1c1b7a55")

_COUNT_ONE = (
    update_in(refusal_counts).where(refusal_counts.c.id == bindparam("b_id")).values(count=refusal_counts.c.count + 1)
)
_SAMPLED = (
    select(func.count())
    .select_from(refusal_samples)
    .where(refusal_samples.c.platform_id == PLATFORM, refusal_samples.c.day == bindparam("on_day"))
)
_TOTALS = (
    select_in(
        refusal_counts,
        columns=[refusal_counts.c.reason, refusal_counts.c.enforced, func.sum(refusal_counts.c.count).label("count")],
    )
    .where(refusal_counts.c.minute >= bindparam("from_minute"))
    .group_by(refusal_counts.c.reason, refusal_counts.c.enforced)
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
class Sample:
    """One refusal as an example: where and why, never who.

    Attributes:
        detail: `origin`, `browser` and `refused`, as in `services.diagnostics`.
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
    row_id = str(uuid.uuid5(_NAMESPACE, f"{minute}/{reason}/{enforced}"))
    if tenant.run(_COUNT_ONE, b_id=row_id).rowcount == 0:
        tenant.add(refusal_counts, id=row_id, minute=minute, reason=reason, enforced=enforced, count=1)


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
    """Keep one refusal as an example, unless the day has enough of them."""
    if tenant.run(_SAMPLED, on_day=day).scalar_one() < SAMPLES_PER_DAY:
        tenant.add(
            refusal_samples,
            id=sample_id,
            day=day,
            reason=reason,
            page_url=page_url,
            detail=detail,
            created_at=now,
        )

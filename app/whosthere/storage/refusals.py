"""Refusals by reason: a counter per minute and a capped daily sample, so that nobody can fill the disk."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import bindparam, func, select

from whosthere.storage.tables import refusal_counts, refusal_samples
from whosthere.storage.tenancy import PLATFORM, Tenant, update_in

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

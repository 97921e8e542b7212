"""Sealed records: how many there are, and opening them to claimed visitors again (docs/identity.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, false, func, select

from whosthere.storage.tables import users
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in

_sealed = (users.c.sealed, users.c.deleted_at.is_(None))
_NUMBER = select(func.count()).select_from(users).where(users.c.platform_id == PLATFORM, *_sealed)
_CAPPED = select(func.count()).select_from(
    select_in(users, columns=[users.c.id]).where(*_sealed).limit(bindparam("most")).subquery()
)
_SOME = (
    select_in(users, columns=[users.c.id])
    .where(*_sealed, users.c.id > bindparam("after"))
    .order_by(users.c.id)
    .limit(bindparam("count"))
)
_UNSEAL = update_in(users).where(users.c.id.in_(bindparam("ids", expanding=True)), *_sealed).values(sealed=false())


def number(tenant: Tenant) -> int:
    """Return how many sealed records there are."""
    return int(tenant.run(_NUMBER).scalar_one())


def number_up_to(tenant: Tenant, most: int) -> int:
    """Return how many sealed records there are, counting no further than `most`."""
    return int(tenant.run(_CAPPED, most=most).scalar_one())


def some(tenant: Tenant, after: str, count: int) -> list[str]:
    """Return the ids of at most `count` sealed records, in their order, that come after an id."""
    return list(tenant.run(_SOME, after=after, count=count).scalars())


def unseal(tenant: Tenant, ids: Sequence[str]) -> int:
    """Open these records to claimed visitors; return how many of them were sealed."""
    return tenant.run(_UNSEAL, ids=list(ids)).rowcount

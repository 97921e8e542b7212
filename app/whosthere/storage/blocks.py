"""People of a platform who may not write."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam

from whosthere.storage import users as people
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant, select_in, update_in
from whosthere.storage.users import User

_alive = users.c.deleted_at.is_(None)
_SINCE = select_in(users, columns=[users.c.blocked_at]).where(users.c.id == bindparam("id"), _alive)
_BLOCK = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), _alive, users.c.blocked_at.is_(None))
    .values(blocked_at=bindparam("b_now"))
)
_UNBLOCK = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), _alive, users.c.blocked_at.is_not(None))
    .values(blocked_at=None)
)
_BLOCKED = (
    select_in(users, columns=[*people.COLUMNS, users.c.blocked_at])
    .where(users.c.blocked_at.is_not(None), _alive)
    .order_by(users.c.blocked_at.desc(), users.c.id)
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody who may not write, since an instant (epoch milliseconds)."""

    user: User
    since: int


def block(tenant: Tenant, record_id: str, now: int) -> bool:
    """Block somebody; `False` for a person who is not there, or blocked already."""
    return tenant.run(_BLOCK, b_id=record_id, b_now=now).rowcount == 1


def unblock(tenant: Tenant, record_id: str) -> bool:
    """Let somebody write again; `False` for a person who is not there, or not blocked."""
    return tenant.run(_UNBLOCK, b_id=record_id).rowcount == 1


def since(tenant: Tenant, record_id: str) -> int | None:
    """Return since when somebody is blocked, `None` for a person who is not."""
    found: int | None = tenant.run(_SINCE, id=record_id).scalar_one_or_none()
    return found


def listed(tenant: Tenant, count: int) -> list[Blocked]:
    """Return who is blocked, newest first."""
    return [Blocked(people.user_from_row(row), row.blocked_at) for row in tenant.run(_BLOCKED, count=count)]

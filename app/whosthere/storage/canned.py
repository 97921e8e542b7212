"""Canned replies of a platform, by name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from whosthere.storage.connection import Row
from whosthere.storage.tables import canned_replies
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in, update_in


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A text that the team writes again and again; `name` is in lower case."""

    id: str
    platform_id: str
    name: str
    body: str
    agent_id: str
    created_at: int
    updated_at: int


_columns = [canned_replies.c[name] for name in CannedReply.__dataclass_fields__]
_ALL = select_in(canned_replies, columns=_columns).order_by(canned_replies.c.name)
_ONE = select_in(canned_replies, columns=_columns).where(canned_replies.c.id == bindparam("id"))
_NAMED = select_in(canned_replies, columns=_columns).where(canned_replies.c.name == bindparam("called"))
_NUMBER = select(func.count()).select_from(canned_replies).where(canned_replies.c.platform_id == PLATFORM)
_CHANGE = (
    update_in(canned_replies)
    .where(canned_replies.c.id == bindparam("b_id"))
    .values(name=bindparam("b_name"), body=bindparam("b_body"), updated_at=bindparam("b_now"))
)
_DELETE = delete_in(canned_replies).where(canned_replies.c.id == bindparam("b_id"))


def all_of(tenant: Tenant) -> list[CannedReply]:
    """Return the platform's canned replies, by name."""
    return [_from_row(row) for row in tenant.run(_ALL)]


def find(tenant: Tenant, reply_id: str) -> CannedReply | None:
    """Return one of them, or `None`."""
    row = tenant.run(_ONE, id=reply_id).one_or_none()
    return None if row is None else _from_row(row)


def named(tenant: Tenant, name: str) -> CannedReply | None:
    """Return the one with this name, or `None`."""
    row = tenant.run(_NAMED, called=name).one_or_none()
    return None if row is None else _from_row(row)


def number(tenant: Tenant) -> int:
    """Return how many the platform has."""
    return int(tenant.run(_NUMBER).scalar_one())


def add(tenant: Tenant, reply: CannedReply) -> None:
    """Store a new one.

    Raises:
        Conflict: another one got this name at the same moment.
    """
    row = {name: getattr(reply, name) for name in CannedReply.__dataclass_fields__ if name != "platform_id"}
    tenant.add(canned_replies, **row)


def change(tenant: Tenant, reply_id: str, name: str, body: str, now: int) -> None:
    """Give one another name and another body.

    Raises:
        Conflict: another one got this name at the same moment.
    """
    tenant.run(_CHANGE, b_id=reply_id, b_name=name, b_body=body, b_now=now)


def delete(tenant: Tenant, reply_id: str) -> None:
    """Delete one."""
    tenant.run(_DELETE, b_id=reply_id)


def _from_row(row: Row) -> CannedReply:
    return CannedReply(*row)

"""Anonymous users whose time is over: those who left nothing behind, and those who left conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, func, or_, select

from whosthere.storage import search
from whosthere.storage.tables import attachments, conversations, ended_anonymous, merge_ledger, messages, users
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in

FIRST = "00000000-0000-0000-0000-000000000000"
"""The id before every id: where paging begins."""


@dataclass(frozen=True, slots=True)
class Limits:
    """An anonymous user is over that was created until `created_until` or last seen until `seen_until`.

    Both in epoch milliseconds. The row is written with the first message, hence never earlier than the user began:
    nobody is ended too soon.
    """

    created_until: int
    seen_until: int


_over = users.c.anonymous & or_(
    users.c.created_at <= bindparam("created_until"),
    users.c.last_seen_at <= bindparam("seen_until"),
    exists().where(ended_anonymous.c.platform_id == users.c.platform_id, ended_anonymous.c.id == users.c.id),
)
_left_nothing = ~or_(
    *(
        exists().where(table.c.platform_id == users.c.platform_id, table.c.record_id == users.c.id)
        for table in (conversations, messages, merge_ledger, attachments)
    )
)
_their = (conversations.c.record_id == users.c.id) & (conversations.c.state != "ended") & users.c.deleted_at.is_(None)


_SILENT = (
    select_in(users, columns=[users.c.id])
    .where(_over, _left_nothing, users.c.id > bindparam("after"))
    .order_by(users.c.id)
    .limit(bindparam("count"))
)
_SILENT_NUMBER = select(func.count()).select_from(users).where(users.c.platform_id == PLATFORM, _over, _left_nothing)
_OPEN = (
    select_in(conversations, users, columns=[conversations.c.id])
    .where(_their, _over, conversations.c.id > bindparam("after"))
    .order_by(conversations.c.id)
    .limit(bindparam("count"))
)
_OPEN_NUMBER = (
    select(func.count())
    .select_from(conversations.join(users, users.c.platform_id == conversations.c.platform_id))
    .where(conversations.c.platform_id == PLATFORM, _their, _over)
)
_AMONG = select_in(conversations, users, columns=[conversations.c.id]).where(
    _their, _over, conversations.c.id.in_(bindparam("ids", expanding=True))
)
_FORGET = (
    delete_in(users).where(users.c.id.in_(bindparam("ids", expanding=True)), _over, _left_nothing).returning(users.c.id)
)


def silent_number(tenant: Tenant, limits: Limits) -> int:
    """Return how many anonymous users are over and left nothing behind."""
    return int(tenant.run(_SILENT_NUMBER, **_values(limits)).scalar_one())


def silent(tenant: Tenant, limits: Limits, after: str, count: int) -> Sequence[str]:
    """Return the ids of at most `count` of them after `after`, in the order of their ids."""
    return tenant.run(_SILENT, after=after, count=count, **_values(limits)).scalars().all()


def forget_silent(tenant: Tenant, limits: Limits, ids: Sequence[str]) -> int:
    """Delete the rows of those among `ids` who are over and left nothing behind still; return how many."""
    forgotten = tenant.run(_FORGET, ids=list(ids), **_values(limits)).scalars().all()
    search.forget(tenant, forgotten)
    return len(forgotten)


def open_number(tenant: Tenant, limits: Limits) -> int:
    """Return how many conversations of anonymous users who are over have not been ended."""
    return int(tenant.run(_OPEN_NUMBER, **_values(limits)).scalar_one())


def still_open(tenant: Tenant, limits: Limits, after: str, count: int) -> Sequence[str]:
    """Return the ids of at most `count` such conversations after `after`, in the order of their ids."""
    return tenant.run(_OPEN, after=after, count=count, **_values(limits)).scalars().all()


def open_among(tenant: Tenant, limits: Limits, ids: Sequence[str]) -> Sequence[str]:
    """Return those among `ids` that are such conversations still."""
    return tenant.run(_AMONG, ids=list(ids), **_values(limits)).scalars().all()


def _values(limits: Limits) -> dict[str, int]:
    return {"created_until": limits.created_until, "seen_until": limits.seen_until}

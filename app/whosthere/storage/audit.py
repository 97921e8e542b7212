"""The audit log: who changed which key or policy, and when. Rows are added and read, never changed.

The one exception: an erasure takes the identifiers of the person out of the lines that hold any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Boolean, and_, bindparam, func, or_, select

from whosthere.core.emails import lookup_key
from whosthere.storage.tables import audit_log
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    Attributes:
        actor: who did it: `cli:<system user>` or `agent:<agent id>`.
        action: what was done, such as `key.created`.
        detail: what it was done to; never holds a secret.
        created_at: epoch milliseconds.
    """

    id: str
    actor: str
    action: str
    detail: Mapping[str, Any]
    created_at: int


_columns = [audit_log.c[name] for name in Entry.__dataclass_fields__]
_NEWEST = (
    select_in(audit_log, columns=_columns)
    .where(
        or_(
            audit_log.c.created_at < bindparam("before_at"),
            and_(audit_log.c.created_at == bindparam("before_at"), audit_log.c.id < bindparam("before_id")),
        )
    )
    .where(
        audit_log.c.created_at >= bindparam("from_at"),
        audit_log.c.created_at < bindparam("to_at"),
        # one statement for every filter: an absent one compares with nothing
        or_(bindparam("any_action", type_=Boolean), audit_log.c.action == bindparam("of_action")),
        or_(bindparam("any_actor", type_=Boolean), audit_log.c.actor == bindparam("of_actor")),
    )
    .order_by(audit_log.c.created_at.desc(), audit_log.c.id.desc())
    .limit(bindparam("count"))
)
_REDACTIONS = (
    select(func.count())
    .select_from(audit_log)
    .where(audit_log.c.platform_id == PLATFORM, audit_log.c.action.in_(("message.redacted", "attachment.redacted")))
)
_ACTIONS = select_in(audit_log, columns=[audit_log.c.action]).distinct().order_by(audit_log.c.action)


_SIGNED = select_in(audit_log, columns=[audit_log.c.id, audit_log.c.detail]).where(
    audit_log.c.action == bindparam("of_action")
)
_BLANK = (
    update_in(audit_log).where(audit_log.c.id == bindparam("b_id")).values(detail=bindparam("b_detail", type_=JSON))
)
TOKEN_SIGNED = "token.signed"  # noqa: S105 - the one action whose lines name a person
KEY_DELETED = "key.deleted"
NEWEST = (2**62, "ffffffff-ffff-ffff-ffff-ffffffffffff")
"""The position after every entry: where reading begins."""
_IDENTIFIERS = {"userId": "", "email": ""}


def add(tenant: Tenant, entry: Entry) -> None:
    """Append one entry; it becomes durable together with the change it tells of."""
    tenant.add(
        audit_log,
        id=entry.id,
        actor=entry.actor,
        action=entry.action,
        detail=dict(entry.detail),
        created_at=entry.created_at,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries somebody looks for; without anything, all of them.

    Attributes:
        from_at: the first moment, epoch milliseconds.
        to_at: the moment after the last one.
    """

    action: str | None = None
    actor: str | None = None
    from_at: int = 0
    to_at: int = 2**62


EVERYTHING = Wanted()


def newest(tenant: Tenant, before: tuple[int, str], count: int, wanted: Wanted = EVERYTHING) -> list[Entry]:
    """Return at most `count` entries older than the position `before` (`created_at`, id), newest first."""
    rows = tenant.run(
        _NEWEST,
        before_at=before[0],
        before_id=before[1],
        from_at=wanted.from_at,
        to_at=wanted.to_at,
        any_action=wanted.action is None,
        of_action=wanted.action or "",
        any_actor=wanted.actor is None,
        of_actor=wanted.actor or "",
        count=count,
    )
    return [Entry(**row._mapping) for row in rows]


def redactions_number(tenant: Tenant) -> int:
    """Return how often content was taken back on the platform, ever."""
    return int(tenant.run(_REDACTIONS).scalar_one())


def actions(tenant: Tenant) -> list[str]:
    """Return every action that the log knows, in order."""
    return list(tenant.run(_ACTIONS).scalars())


def forget(tenant: Tenant, user_id: str | None, emails: Collection[str]) -> None:
    """Take somebody's identifiers out of the lines about tokens that were signed for them."""
    keys = {lookup_key(one) for one in emails}
    for row in tenant.run(_SIGNED, of_action=TOKEN_SIGNED):
        named, email = row.detail.get("userId"), row.detail.get("email")
        if (named and named == user_id) or (email and lookup_key(email) in keys):
            tenant.run(_BLANK, b_id=row.id, b_detail=dict(row.detail) | _IDENTIFIERS)

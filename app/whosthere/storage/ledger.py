"""The merge ledger: every time two histories became one, with what it takes to undo that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, exists

from whosthere.core.resolution import Record
from whosthere.storage.connection import Row
from whosthere.storage.tables import conversations, merge_ledger, messages, users
from whosthere.storage.tenancy import Tenant, select_in, update_in

ADOPTION = "adoption"
HISTORY = "anonymous_history"
_KEPT = ("email", "email_proven", "name", "name_proven", "claimed_user_id", "claimed_email", "sealed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One merge.

    Attributes:
        kind: `ADOPTION` (a record known by email only was given a userId) or `HISTORY` (what was begun without logging
            in was added).
        record_id: the record that the histories are one in.
        other_id: the anonymous user whose history was added.
        detail: what the merge changed.
    """

    id: str
    kind: str
    record_id: str
    other_id: str | None
    detail: Mapping[str, Any]
    created_at: int
    undone_at: int | None

    @property
    def conversation_ids(self) -> tuple[str, ...]:
        """The conversations that were added."""
        return tuple(self.detail.get("conversations", ()))

    @property
    def user_id(self) -> str | None:
        """The userId that was given to the record."""
        return self.detail.get("userId")

    @property
    def email(self) -> str | None:
        """The address by which the record was found."""
        return self.detail.get("email")

    @property
    def before(self) -> Mapping[str, Any]:
        """What the record held before it was given the userId, by fields of `Record`."""
        kept: Mapping[str, Any] = self.detail.get("before", {})
        return kept


_columns = [merge_ledger.c[name] for name in Entry.__dataclass_fields__]
_OF_RECORD = (
    select_in(merge_ledger, columns=_columns)
    .where(merge_ledger.c.record_id == bindparam("of_record"))
    .order_by(merge_ledger.c.created_at.desc())
    .limit(bindparam("count"))
)
_is_gone = exists().where(
    users.c.platform_id == merge_ledger.c.platform_id,
    users.c.id == merge_ledger.c.record_id,
    users.c.deleted_at.is_not(None),
)
_ONE = select_in(merge_ledger, columns=_columns).where(merge_ledger.c.id == bindparam("id"), ~_is_gone)
_NEWEST = (
    select_in(merge_ledger, columns=_columns)
    .where(merge_ledger.c.id < bindparam("before_id"), ~_is_gone)
    .order_by(merge_ledger.c.id.desc())  # ids grow with time
    .limit(bindparam("count"))
)
_MARK_UNDONE = (
    update_in(merge_ledger)
    .where(merge_ledger.c.id == bindparam("b_id"), merge_ledger.c.undone_at.is_(None))
    .values(undone_at=bindparam("b_now", type_=BigInteger))
)
_HELD = select_in(conversations, columns=[conversations.c.id]).where(
    conversations.c.id.in_(bindparam("ids", expanding=True)), conversations.c.record_id == bindparam("of_record")
)
_CONTINUED = (
    select_in(messages, columns=[messages.c.id])
    .where(
        messages.c.conversation_id.in_(bindparam("ids", expanding=True)), messages.c.author_id == bindparam("of_record")
    )
    .limit(1)
)
_BEGUN_SINCE = (
    select_in(conversations, columns=[conversations.c.id])
    .where(conversations.c.record_id == bindparam("of_record"), conversations.c.created_at > bindparam("since"))
    .order_by(conversations.c.id)
)
_HAS_ROW = select_in(users, columns=[users.c.deleted_at]).where(users.c.id == bindparam("id"))


def add_adoption(tenant: Tenant, entry_id: str, before: Record, after: Record, now: int) -> None:
    """Note that a record known by email only was given a userId."""
    kept = {name: getattr(before, name) for name in _KEPT}
    tenant.add(
        merge_ledger,
        id=entry_id,
        kind=ADOPTION,
        record_id=after.id,
        detail={"userId": after.user_id, "email": before.email, "emailProven": before.email_proven, "before": kept},
        created_at=now,
    )


def add_history(
    tenant: Tenant, entry_id: str, record_id: str, anonymous_id: str, conversation_ids: Sequence[str], now: int
) -> None:
    """Note that a person added what they had begun without logging in."""
    tenant.add(
        merge_ledger,
        id=entry_id,
        kind=HISTORY,
        record_id=record_id,
        other_id=anonymous_id,
        detail={"conversations": list(conversation_ids)},
        created_at=now,
    )


def find(tenant: Tenant, entry_id: str) -> Entry | None:
    """Return one entry; `None` also for one of a person who is being erased."""
    row = tenant.run(_ONE, id=entry_id).one_or_none()
    return None if row is None else _from_row(row)


def of_record(tenant: Tenant, record_id: str, count: int) -> list[Entry]:
    """Return the newest entries of a record, newest first."""
    return [_from_row(row) for row in tenant.run(_OF_RECORD, of_record=record_id, count=count)]


def newest(tenant: Tenant, before_id: str, count: int) -> list[Entry]:
    """Return the platform's entries before an id, newest first; none of a person who is being erased."""
    return [_from_row(row) for row in tenant.run(_NEWEST, before_id=before_id, count=count)]


def mark_undone(tenant: Tenant, entry_id: str, now: int) -> bool:
    """Note that a merge was undone; `False` when that was so already."""
    return tenant.run(_MARK_UNDONE, b_id=entry_id, b_now=now).rowcount == 1


def holds(tenant: Tenant, record_id: str, conversation_ids: Sequence[str]) -> bool:
    """Whether all of these conversations are the record's."""
    found = tenant.run(_HELD, ids=list(conversation_ids), of_record=record_id).all()
    return len(found) == len(conversation_ids)


def continued(tenant: Tenant, record_id: str, conversation_ids: Sequence[str]) -> bool:
    """Whether the record's person wrote into any of these conversations."""
    return tenant.run(_CONTINUED, ids=list(conversation_ids), of_record=record_id).one_or_none() is not None


def begun_since(tenant: Tenant, record_id: str, since: int) -> Sequence[str]:
    """Return the ids of the conversations that the record began after an instant (epoch milliseconds)."""
    return tenant.run(_BEGUN_SINCE, of_record=record_id, since=since).scalars().all()


def has_row(tenant: Tenant, record_id: str) -> bool:
    """Whether there is a row of this record, deleted or not."""
    return bool(tenant.run(_HAS_ROW, id=record_id).all())


def _from_row(row: Row) -> Entry:
    return Entry(*row)

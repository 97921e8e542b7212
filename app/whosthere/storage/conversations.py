"""Conversations: their head row, and lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, Column, Update, and_, bindparam, case, func, literal_column, null, or_, select

from whosthere.storage.connection import Row
from whosthere.storage.errors import Conflict
from whosthere.storage.tables import conversations, messages
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in

EXCERPT_LENGTH = 200
TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Conversation:
    """The head of a conversation: everything a list shows."""

    id: str
    record_id: str
    state: str
    place: str
    title: str
    assurance: str
    last_seq: int
    user_read_seq: int
    agent_read_seq: int
    user_unread: int
    agent_unread: int
    last_author_kind: str
    last_body: str
    last_message_at: int
    assignee_id: str | None
    tags: Sequence[str]
    fields: Mapping[str, Any]
    page_url: str | None
    rating: int | None
    rating_comment: str | None
    rated_at: int | None
    waiting_since: int | None
    snoozed_until: int | None
    created_at: int
    updated_at: int


Position = tuple[int, str]
"""Where a list continues: `updated_at` and id of its last item."""

COLUMNS = [conversations.c[name] for name in Conversation.__dataclass_fields__]
"""What `from_row` reads."""

_ONE = select_in(conversations, columns=COLUMNS).where(conversations.c.id == bindparam("id"))
_STARTED = select_in(conversations, columns=COLUMNS).where(
    conversations.c.record_id == bindparam("of_record"), conversations.c.start_id == bindparam("client_id")
)
_newest_first = (conversations.c.updated_at.desc(), conversations.c.id.desc())
_before = and_(
    conversations.c.updated_at <= bindparam("before_at"),  # bounds the range of the index that is read
    or_(conversations.c.updated_at < bindparam("before_at"), conversations.c.id < bindparam("before_id")),
)
_OF_RECORD = (
    select_in(conversations, columns=COLUMNS)
    .where(conversations.c.record_id == bindparam("of_record"), _before)
    .order_by(*_newest_first)
    .limit(bindparam("count"))
)
# One query for the boot answer: the newest conversation, with the unread count of all of them beside it.
_unread = (
    select(func.coalesce(func.sum(conversations.c.user_unread), 0))
    .where(
        conversations.c.platform_id == PLATFORM,
        conversations.c.record_id == bindparam("of_record"),
        # a constant, not a parameter: with a parameter SQLite would plan anew each time whether the partial index fits
        conversations.c.user_unread > literal_column("0"),
    )
    .scalar_subquery()
)
_NEWEST_WITH_UNREAD = (
    select_in(conversations, columns=[*COLUMNS, _unread.label("unread_count")])
    .where(conversations.c.record_id == bindparam("of_record"))
    .order_by(*_newest_first)
    .limit(1)
)


def _read_by(author_kind: str, read_seq: Column[int], unread: Column[int]) -> Update:
    """Move one side's read mark forward.

    What is taken off the unread count is what was read just now, counted between the marks. A message that is being
    appended meanwhile has a greater `seq`: whoever comes second builds on the other's count.
    """
    read_now = (
        select(func.count())
        .select_from(messages)
        .where(
            messages.c.platform_id == PLATFORM,
            messages.c.conversation_id == bindparam("b_id"),
            messages.c.seq > read_seq,
            messages.c.seq <= bindparam("b_seq"),
            messages.c.author_kind == author_kind,
        )
        .correlate(conversations)
        .scalar_subquery()
    )
    return (
        update_in(conversations)
        .where(conversations.c.id == bindparam("b_id"), read_seq < bindparam("b_seq"))
        .values({read_seq: bindparam("b_seq"), unread: unread - read_now})
    )


_RATE = (
    update_in(conversations)
    .where(conversations.c.id == bindparam("b_id"), conversations.c.state == bindparam("b_was"))
    .values(
        rating=bindparam("b_rating"),
        rating_comment=bindparam("b_comment"),
        rated_at=bindparam("b_now"),
        updated_at=bindparam("b_now"),
    )
)
_ANY_IN_STATE = (
    select_in(conversations, columns=[conversations.c.id])
    .where(conversations.c.record_id == bindparam("of_record"), conversations.c.state == bindparam("in_state"))
    .limit(1)
)
_old_resolved = (conversations.c.state == "resolved", conversations.c.updated_at < bindparam("before"))
_RESOLVED_NUMBER = (
    select(func.count()).select_from(conversations).where(conversations.c.platform_id == PLATFORM, *_old_resolved)
)
_RESOLVED = (
    select_in(conversations, columns=[conversations.c.id])
    .where(*_old_resolved, conversations.c.id > bindparam("after"))
    .order_by(conversations.c.id)
    .limit(bindparam("count"))
)
_READ_BY_USER = _read_by("agent", conversations.c.user_read_seq, conversations.c.user_unread).values(
    visitor_notice_at=case(  # who has seen everything needs no mail
        (bindparam("b_seq", type_=BigInteger) >= conversations.c.last_seq, null()),
        else_=conversations.c.visitor_notice_at,
    )
)
_READ_BY_AGENTS = _read_by("user", conversations.c.agent_read_seq, conversations.c.agent_unread)

FIRST_PAGE: Position = (1 << 62, "ffffffff-ffff-ffff-ffff-ffffffffffff")


def find(tenant: Tenant, conversation_id: str) -> Conversation | None:
    """Return one conversation of the platform, or `None`."""
    return _one(tenant.run(_ONE, id=conversation_id).one_or_none())


def started_by(tenant: Tenant, record_id: str, client_message_id: str) -> Conversation | None:
    """Return the conversation that the record started with this idempotency key, or `None`."""
    return _one(tenant.run(_STARTED, of_record=record_id, client_id=client_message_id).one_or_none())


def of_record(tenant: Tenant, record_id: str, before: Position, count: int) -> list[Conversation]:
    """Return the record's conversations before a position, newest first."""
    rows = tenant.run(_OF_RECORD, of_record=record_id, before_at=before[0], before_id=before[1], count=count)
    return [from_row(row) for row in rows]


def newest_with_unread(tenant: Tenant, record_id: str) -> tuple[Conversation | None, int]:
    """Return the record's newest conversation and how many agent messages it has not read in all of them."""
    row = tenant.run(_NEWEST_WITH_UNREAD, of_record=record_id).one_or_none()
    return (None, 0) if row is None else (from_row(row), int(row.unread_count))


def rate(tenant: Tenant, conversation_id: str, *, was: str, rating: int, comment: str | None, now: int) -> None:
    """Store what the visitor thinks of a conversation that is in the state `was`.

    Raises:
        Conflict: it is in another state by now.
    """
    values = {"b_id": conversation_id, "b_was": was, "b_rating": rating, "b_comment": comment, "b_now": now}
    if tenant.run(_RATE, **values).rowcount != 1:
        raise Conflict("the conversation is in another state now")


def has_any(tenant: Tenant, record_id: str, state: str) -> bool:
    """Tell whether the record has a conversation in `state`."""
    return tenant.run(_ANY_IN_STATE, of_record=record_id, in_state=state).one_or_none() is not None


def resolved_number(tenant: Tenant, before: int) -> int:
    """Return how many resolved conversations nothing has happened to since an instant (epoch milliseconds)."""
    return int(tenant.run(_RESOLVED_NUMBER, before=before).scalar_one())


def resolved(tenant: Tenant, before: int, after: str, count: int) -> Sequence[str]:
    """Return the ids of at most `count` of them after `after`, in the order of their ids."""
    return tenant.run(_RESOLVED, before=before, after=after, count=count).scalars().all()


def read_by_user(tenant: Tenant, conversation_id: str, seq: int) -> bool:
    """Move the visitor's read mark forward to `seq`; `False` when it was there already."""
    return tenant.run(_READ_BY_USER, b_id=conversation_id, b_seq=seq).rowcount == 1


def read_by_agents(tenant: Tenant, conversation_id: str, seq: int) -> bool:
    """Move the team's read mark forward to `seq`; `False` when it was there already."""
    return tenant.run(_READ_BY_AGENTS, b_id=conversation_id, b_seq=seq).rowcount == 1


def from_row(row: Row, prefix: str = "") -> Conversation:
    """Read a row that holds the columns of `Conversation`; `prefix` is that of their labels."""
    return Conversation(*_fields(prefix)(row))


@cache
def _fields(prefix: str) -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*(f"{prefix}{name}" for name in Conversation.__dataclass_fields__))


def _one(row: Row | None) -> Conversation | None:
    return None if row is None else from_row(row)

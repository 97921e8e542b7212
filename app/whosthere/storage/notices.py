"""Conversations of which somebody who is away is to be told: an unseen answer, an unanswered message, a call."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam

from whosthere.storage.tables import conversations, mentions, messages, users
from whosthere.storage.tenancy import Tenant, select_in, update_in


@dataclass(frozen=True, slots=True)
class Unseen:
    """A conversation whose visitor may have to be told, with what decides about it.

    Attributes:
        begun_as: the assurance of whoever began it, from the page at `page_url`.
    """

    conversation_id: str
    notice_at: int
    place: str
    unread: int
    read_seq: int
    page_url: str | None
    begun_as: str | None
    record_id: str
    email: str | None
    email_proven: bool
    name: str | None
    blocked_at: int | None
    deleted_at: int | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A conversation of which the team may have to be told."""

    conversation_id: str
    notice_at: int
    place: str
    state: str
    assignee_id: str | None
    waiting_since: int | None


@dataclass(frozen=True, slots=True)
class Call:
    """A note that calls an agent who has not read it."""

    mention_id: str
    conversation_id: str
    agent_id: str
    notice_at: int


_head = conversations.c
_count: BindParameter[int] = bindparam("count")
_UNSEEN = (
    select_in(
        conversations,
        users,
        messages,
        columns=[
            _head.id,
            _head.visitor_notice_at,
            _head.place,
            _head.user_unread,
            _head.user_read_seq,
            _head.page_url,
            messages.c.assurance,
            users.c.id,
            users.c.email,
            users.c.email_proven,
            users.c.name,
            users.c.blocked_at,
            users.c.deleted_at,
        ],
    )
    .where(
        users.c.id == _head.record_id,
        messages.c.conversation_id == _head.id,
        messages.c.seq == 1,  # whoever began it said where they were
        _head.visitor_notice_at.is_not(None),
        _head.visitor_notice_at <= bindparam("now"),
    )
    .order_by(_head.visitor_notice_at)
    .limit(_count)
)
_UNANSWERED = (
    select_in(
        conversations,
        columns=[
            _head.id,
            _head.agents_notice_at,
            _head.place,
            _head.state,
            _head.assignee_id,
            _head.waiting_since,
        ],
    )
    .where(_head.agents_notice_at.is_not(None), _head.agents_notice_at <= bindparam("now"))
    .order_by(_head.agents_notice_at)
    .limit(_count)
)
_of_visitor = (_head.id == bindparam("b_id"), _head.visitor_notice_at == bindparam("b_was"))
_CLAIM_UNSEEN = update_in(conversations).where(*_of_visitor).values(visitor_notice_at=None)
_of_agents = (_head.id == bindparam("b_id"), _head.agents_notice_at == bindparam("b_was"))
_CLAIM_UNANSWERED = update_in(conversations).where(*_of_agents).values(agents_notice_at=None)
_ANSWER = (
    select_in(messages, columns=[messages.c.id, messages.c.author_name, messages.c.body])
    .where(
        messages.c.conversation_id == bindparam("of_conversation"),
        messages.c.seq > bindparam("after"),
        messages.c.author_kind == "agent",
        messages.c.event.is_(None),  # nothing was taken back of it
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)
_CALLS = (
    select_in(mentions, columns=[mentions.c[name] for name in ("id", "conversation_id", "agent_id", "notice_at")])
    .where(mentions.c.notice_at.is_not(None), mentions.c.notice_at <= bindparam("now"))
    .order_by(mentions.c.notice_at)
    .limit(_count)
)
_of_call = (mentions.c.id == bindparam("b_id"), mentions.c.notice_at == bindparam("b_was"))
_CLAIM_CALL = update_in(mentions).where(*_of_call).values(notice_at=None)


def unseen(tenant: Tenant, now: int, count: int) -> list[Unseen]:
    """Return the conversations whose visitor may have to be told by now."""
    return [Unseen(*row) for row in tenant.run(_UNSEEN, now=now, count=count)]


def claim_unseen(tenant: Tenant, one: Unseen) -> bool:
    """Take one of them; `False` when it is another matter by now: seen, told of, answered."""
    return tenant.run(_CLAIM_UNSEEN, b_id=one.conversation_id, b_was=one.notice_at).rowcount == 1


def answer(tenant: Tenant, one: Unseen) -> tuple[str, str | None, str] | None:
    """Return the newest unseen answer: its id, who wrote it, and its text; `None` when there is none."""
    row = tenant.run(_ANSWER, of_conversation=one.conversation_id, after=one.read_seq).one_or_none()
    return None if row is None else (row.id, row.author_name, row.body)


def unanswered(tenant: Tenant, now: int, count: int) -> list[Unanswered]:
    """Return the conversations of which the team may have to be told by now."""
    return [Unanswered(*row) for row in tenant.run(_UNANSWERED, now=now, count=count)]


def claim_unanswered(tenant: Tenant, one: Unanswered) -> bool:
    """Take one of them; `False` when it is another matter by now."""
    return tenant.run(_CLAIM_UNANSWERED, b_id=one.conversation_id, b_was=one.notice_at).rowcount == 1


def calls(tenant: Tenant, now: int, count: int) -> list[Call]:
    """Return the unread notes of which somebody may have to be told by now."""
    return [Call(*row) for row in tenant.run(_CALLS, now=now, count=count)]


def claim_call(tenant: Tenant, one: Call) -> bool:
    """Take one of them; `False` when it is another matter by now: read, told of, not to be told of."""
    return tenant.run(_CLAIM_CALL, b_id=one.mention_id, b_was=one.notice_at).rowcount == 1

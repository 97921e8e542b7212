"""Mentions: which notes call which agent, and whether they have looked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select

from whosthere.core.notices import MENTION_NOTICE_MS
from whosthere.storage.conversations import Position
from whosthere.storage.tables import mentions, notes
from whosthere.storage.tenancy import Tenant, in_platform, select_in, update_in


@dataclass(frozen=True, slots=True)
class Mention:
    """A note that calls an agent."""

    id: str
    platform_id: str
    conversation_id: str
    note_id: str
    author_name: str
    body: str
    created_at: int
    read_at: int | None


_OF_NOTE = ("author_name", "body")
_mine = mentions.c.agent_id == bindparam("agent")
_NEWEST = (
    select(
        *(
            notes.c[name] if name in ("author_name", "body") else mentions.c[name]
            for name in Mention.__dataclass_fields__
        )
    )
    .join_from(mentions, notes, notes.c.id == mentions.c.note_id)
    .where(
        in_platform(mentions, notes),
        _mine,
        mentions.c.created_at <= bindparam("before_at"),
        or_(mentions.c.created_at < bindparam("before_at"), mentions.c.id < bindparam("before_id")),
    )
    .order_by(mentions.c.created_at.desc(), mentions.c.id.desc())
    .limit(bindparam("count"))
)
_latest = (
    select_in(mentions, columns=[mentions.c.read_at])
    .where(_mine)
    .order_by(mentions.c.created_at.desc(), mentions.c.id.desc())
    .limit(bindparam("count"))
    .subquery()
)
_UNREAD = select(func.count()).select_from(_latest).where(_latest.c.read_at.is_(None))
_here = (mentions.c.conversation_id == bindparam("of_conversation"), _mine, mentions.c.read_at.is_(None))
_UNREAD_HERE = select_in(mentions, columns=[mentions.c.id]).where(*_here).limit(1)
_READ = update_in(mentions).where(*_here).values(read_at=bindparam("b_now"), notice_at=None)


def add(
    tenant: Tenant, new_ids: Iterable[str], agent_ids: Iterable[str], *, conversation_id: str, note_id: str, now: int
) -> None:
    """Store whom a note calls; who has not read it after a while is told by mail."""
    note = {"conversation_id": conversation_id, "note_id": note_id, "created_at": now}
    for row_id, agent_id in zip(new_ids, agent_ids, strict=True):
        tenant.add(mentions, id=row_id, agent_id=agent_id, notice_at=now + MENTION_NOTICE_MS, **note)


def newest(tenant: Tenant, agent_id: str, before: Position, count: int) -> list[Mention]:
    """Return an agent's mentions before a position (`created_at`, id), newest first."""
    rows = tenant.run(_NEWEST, agent=agent_id, before_at=before[0], before_id=before[1], count=count)
    return [Mention(*row) for row in rows]


def unread(tenant: Tenant, agent_id: str, look: int) -> int:
    """Return how many of the agent's newest `look` mentions are unread."""
    return int(tenant.run(_UNREAD, agent=agent_id, count=look).scalar_one())


def any_unread(tenant: Tenant, agent_id: str, conversation_id: str) -> bool:
    """Whether something in the conversation calls the agent that they have not seen."""
    return tenant.run(_UNREAD_HERE, agent=agent_id, of_conversation=conversation_id).one_or_none() is not None


def mark_read(tenant: Tenant, agent_id: str, conversation_id: str, now: int) -> None:
    """Note that the agent has seen what calls them in the conversation."""
    tenant.run(_READ, agent=agent_id, of_conversation=conversation_id, b_now=now)

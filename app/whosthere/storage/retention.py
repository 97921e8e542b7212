"""Closed conversations that a platform keeps no longer: found by time, and deleted with all that is in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, func, select

from whosthere.storage import search
from whosthere.storage.tables import attachments, conversations, mentions, messages, notes, outbox, taggings
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in, update_in

_head = conversations.c
_old = (_head.state.in_(("resolved", "rejected", "ended")), _head.updated_at < bindparam("before"))
_these = _head.id.in_(bindparam("ids", expanding=True))
_NUMBER = select(func.count()).select_from(conversations).where(_head.platform_id == PLATFORM, *_old)
_OLDEST = (
    select_in(conversations, columns=[_head.id])
    .where(*_old)
    .order_by(_head.updated_at, _head.id)
    .limit(bindparam("count"))
)
_END = update_in(conversations).where(_these, *_old).values(state="ended").returning(_head.id)
_FILES = (
    select_in(attachments, columns=[attachments.c.id])
    .where(attachments.c.conversation_id.in_(bindparam("ids", expanding=True)))
    .limit(bindparam("count"))
)
_REMOVE_FILES = delete_in(attachments).where(attachments.c.id.in_(bindparam("ids", expanding=True)))
_MESSAGES = (
    select_in(messages, columns=[messages.c.id])
    .where(messages.c.conversation_id.in_(bindparam("ids", expanding=True)))
    .limit(bindparam("count"))
)
_DELETE_MESSAGES = delete_in(messages).where(messages.c.id.in_(bindparam("ids", expanding=True)))
_BELONGINGS = [
    delete_in(table).where(table.c.conversation_id.in_(bindparam("ids", expanding=True)))
    for table in (mentions, notes, taggings, outbox)
]
_DELETE = delete_in(conversations).where(
    _these,
    *(
        ~exists().where(table.c.platform_id == _head.platform_id, table.c.conversation_id == _head.id)
        for table in (messages, attachments)
    ),
)


def number(tenant: Tenant, before: int) -> int:
    """Return how many closed conversations nothing has happened to since an instant (epoch milliseconds)."""
    return int(tenant.run(_NUMBER, before=before).scalar_one())


def end_oldest(tenant: Tenant, before: int, count: int) -> Sequence[str]:
    """End at most `count` of them for good, so that nobody reopens what is about to go; return their ids."""
    ids = tenant.run(_OLDEST, before=before, count=count).scalars().all()
    return tenant.run(_END, ids=list(ids), before=before).scalars().all() if ids else []


def files(tenant: Tenant, ids: Sequence[str], count: int) -> Sequence[str]:
    """Return the ids of at most `count` files of these conversations."""
    return tenant.run(_FILES, ids=list(ids), count=count).scalars().all()


def remove_files(tenant: Tenant, ids: Sequence[str]) -> None:
    """Delete the rows of files."""
    if ids:
        tenant.run(_REMOVE_FILES, ids=list(ids))


def delete_some(tenant: Tenant, ids: Sequence[str], count: int) -> int:
    """Delete at most `count` messages of these conversations, and those that are empty then; return how many."""
    search.forget_notes(tenant, ids)
    for statement in _BELONGINGS:
        tenant.run(statement, ids=list(ids))
    words = tenant.run(_MESSAGES, ids=list(ids), count=count).scalars().all()
    if words:
        tenant.run(_DELETE_MESSAGES, ids=list(words))
        search.forget(tenant, words)
    return tenant.run(_DELETE, ids=list(ids)).rowcount

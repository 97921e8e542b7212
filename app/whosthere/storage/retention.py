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
_SOME = (
    select_in(conversations, columns=[_head.id])
    .where(*_old, _head.id > bindparam("after"))
    .order_by(_head.id)
    .limit(bindparam("count"))
)
_KEEP_AGE = update_in(conversations).where(_head.id == bindparam("b_id")).values(updated_at=bindparam("b_was_at"))
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


def some(tenant: Tenant, before: int, after: str, count: int) -> Sequence[str]:
    """Return the ids of at most `count` of them after `after`, in the order of their ids."""
    return tenant.run(_SOME, before=before, after=after, count=count).scalars().all()


def end(tenant: Tenant, ids: Sequence[str], before: int) -> Sequence[str]:
    """End those among `ids` that are old still, so that nobody reopens what is about to go; return their ids."""
    return tenant.run(_END, ids=list(ids), before=before).scalars().all()


def keep_age(tenant: Tenant, conversation_id: str, updated_at: int) -> None:
    """Let a conversation be as old as it was: that it was ended for its age is nothing that happened to it."""
    tenant.run(_KEEP_AGE, b_id=conversation_id, b_was_at=updated_at)


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

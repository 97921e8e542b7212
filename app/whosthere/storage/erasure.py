"""Removing a person, piece by piece, so that nobody waits long for it and it can go on after a crash.

A record that is being erased has `deleted_at` and no `erased_at`. Its rows of users, conversations and messages stay,
emptied: numbers that were given stay given, and what is counted stays counted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Text, bindparam, case, cast, exists, func, literal, null, or_, select

from whosthere.core.redaction import REDACTED, tells
from whosthere.storage import search
from whosthere.storage.tables import (
    attachments,
    conversations,
    mentions,
    merge_ledger,
    messages,
    notes,
    outbox,
    refusal_samples,
    taggings,
    users,
)
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in, update_in


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is of a person."""

    conversations: int
    messages: int
    notes: int
    attachments: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Where the erasure of a record stands: when it began, was done, was stopped, epoch milliseconds."""

    deleted_at: int | None
    erased_at: int | None
    stopped_at: int | None


_head, _message = conversations.c, messages.c
_of_person = _head.record_id == bindparam("of_record")
_MARKS = select_in(users, columns=[users.c.deleted_at, users.c.erased_at, users.c.erasure_stopped_at]).where(
    users.c.id == bindparam("id")
)
_ADDED = select_in(merge_ledger, columns=[merge_ledger.c.other_id]).where(
    merge_ledger.c.record_id == bindparam("of_record"),
    merge_ledger.c.other_id.is_not(None),
    merge_ledger.c.undone_at.is_(None),
)
_NOTHING: dict[str, Any] = dict.fromkeys(
    (
        *("user_id", "user_id_digest", "email", "email_key", "name", "claimed_user_id", "claimed_email"),
        *("contact_name", "contact_email", "language", "page_url", "logged_in_id", "history_since", "blocked_at"),
        "events",
    ),
    null(),
)
_CLOSE = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), users.c.deleted_at.is_(None))
    .values(
        **_NOTHING,
        user_id_proven=False,
        email_proven=False,
        name_proven=False,
        sealed=False,
        session_generation=users.c.session_generation + 1,
        deleted_at=bindparam("b_now", type_=BigInteger),
        erased_at=None,
        erasure_stopped_at=None,
    )
)
_is_full = or_(
    _head.state != "ended",
    _head.title != "",
    _head.last_body != "",
    *(_head[name].is_not(None) for name in ("page_url", "start_id", "rating_comment")),
    cast(_head.tags, Text) != "[]",
    cast(_head.fields, Text) != "{}",
    *(
        exists().where(table.c.platform_id == _head.platform_id, table.c.conversation_id == _head.id)
        for table in (notes, outbox)
    ),
)
_HEADS = (
    select_in(conversations, columns=[_head.id])
    .where(_of_person, _head.id > bindparam("after"), _is_full)
    .order_by(_head.id)
    .limit(bindparam("count"))
)
_no_instant = dict.fromkeys(
    ("waiting_since", "snoozed_until", "visitor_notice_at", "agents_notice_at", "page_url", "start_id"), null()
)
_EMPTY_HEADS = (
    update_in(conversations)
    .where(_head.id.in_(bindparam("ids", expanding=True)))
    .values(
        **_no_instant,
        state="ended",
        title="",
        last_body="",
        tags=literal([], JSON()),
        fields=literal({}, JSON()),
        rating_comment=None,
        user_unread=0,
        agent_unread=0,
    )
)
_BELONGINGS = [
    delete_in(table).where(table.c.conversation_id.in_(bindparam("ids", expanding=True)))
    for table in (mentions, notes, taggings, outbox)
]
_has_content = or_(
    _message.body != "",
    _message.attachments.is_not(None),
    _message.client_message_id.is_not(None),
    (_message.author_name.is_not(None)) & (_message.author_kind == "user"),
)
_WRITTEN = (
    select_in(messages, columns=[_message.record_seq, _message.id])
    .where(_message.record_id == bindparam("of_record"), _message.record_seq > bindparam("after"), _has_content)
    .order_by(_message.record_seq)
    .limit(bindparam("count"))
)
_EMPTY_MESSAGES = (
    update_in(messages)
    .where(
        _message.record_id == bindparam("b_record"),
        _message.record_seq >= bindparam("b_first"),
        _message.record_seq <= bindparam("b_last"),
    )
    .values(
        body="",
        attachments=null(),
        client_message_id=None,
        author_name=case((_message.author_kind == "user", null()), else_=_message.author_name),
        event=case((_message.author_kind == "system", _message.event), else_=REDACTED),
    )
)
_FILES = (
    select_in(attachments, columns=[attachments.c.id])
    .where(attachments.c.record_id == bindparam("of_record"))
    .limit(bindparam("count"))
)
_REMOVE_FILES = delete_in(attachments).where(attachments.c.id.in_(bindparam("ids", expanding=True)))
_REMOVE_UNDONE = delete_in(merge_ledger).where(
    merge_ledger.c.undone_at.is_not(None), merge_ledger.c.detail["userId"].as_string() == bindparam("of_user")
)
_REMOVE_LEDGER = delete_in(merge_ledger).where(merge_ledger.c.record_id == bindparam("b_id"))
_BLANK_LEDGER = (
    update_in(merge_ledger).where(merge_ledger.c.record_id == bindparam("b_id")).values(detail=literal({}, JSON()))
)
_FINISH = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), users.c.deleted_at.is_not(None))
    .values(erased_at=func.coalesce(users.c.erased_at, bindparam("b_now", type_=BigInteger)))
)
_deleted = select_in(users, columns=[users.c.id]).where(users.c.deleted_at.is_not(None)).order_by(users.c.id)
_UNFINISHED = _deleted.where(users.c.erased_at.is_(None))
_GOING = _UNFINISHED.where(users.c.erasure_stopped_at.is_(None))
_begun = (users.c.id == bindparam("b_id"), users.c.deleted_at.is_not(None), users.c.erased_at.is_(None))
_STOP = update_in(users).where(*_begun).values(erasure_stopped_at=bindparam("b_now", type_=BigInteger))
_FINISHED_SINCE = _deleted.where(users.c.erased_at > bindparam("since"))
_SAMPLED = select_in(refusal_samples, columns=[refusal_samples.c.id, refusal_samples.c.page_url]).where(
    refusal_samples.c.page_url.is_not(None)
)
_REMOVE_SAMPLES = delete_in(refusal_samples).where(refusal_samples.c.id.in_(bindparam("ids", expanding=True)))
_CONVERSATIONS = select(func.count()).select_from(conversations).where(_head.platform_id == PLATFORM, _of_person)
_MESSAGES = (
    select(func.count())
    .select_from(messages)
    .where(_message.platform_id == PLATFORM, _message.record_id == bindparam("of_record"), _has_content)
)
_NOTES = (
    select(func.count())
    .select_from(
        notes.join(conversations, (_head.platform_id == notes.c.platform_id) & (_head.id == notes.c.conversation_id))
    )
    .where(notes.c.platform_id == PLATFORM, _of_person)
)
_ATTACHMENTS = (
    select(func.count())
    .select_from(attachments)
    .where(attachments.c.platform_id == PLATFORM, attachments.c.record_id == bindparam("of_record"))
)


def extent(tenant: Tenant, record_id: str) -> Extent:
    """Return how much there is of a person that is not erased yet."""
    numbers = [
        int(tenant.run(statement, of_record=record_id).scalar_one())
        for statement in (_CONVERSATIONS, _MESSAGES, _NOTES, _ATTACHMENTS)
    ]
    return Extent(*numbers)


def marks(tenant: Tenant, record_id: str) -> Marked | None:
    """Return where the erasure of a record stands; `None` for a record that never was."""
    row = tenant.run(_MARKS, id=record_id).one_or_none()
    return None if row is None else Marked(*row)


def added(tenant: Tenant, record_id: str) -> Sequence[str]:
    """Return the anonymous users whose history this person added to their own."""
    return tenant.run(_ADDED, of_record=record_id).scalars().all()


def close(tenant: Tenant, record_id: str, now: int) -> bool:
    """Take a record's identity away and end its sessions; from now on nobody finds it. `False` if that was so."""
    closed = tenant.run(_CLOSE, b_id=record_id, b_now=now).rowcount == 1
    tenant.run(_BLANK_LEDGER, b_id=record_id)
    search.forget(tenant, [record_id])
    return closed


def forget_undone(tenant: Tenant, user_id: str) -> None:
    """Delete what other records still know of a userId that they were given and that was taken away again."""
    tenant.run(_REMOVE_UNDONE, of_user=user_id)


def empty_heads(tenant: Tenant, record_id: str, after: str, count: int) -> Sequence[str]:
    """Close and empty at most `count` conversations after an id, with their notes and mails; return their ids."""
    ids = tenant.run(_HEADS, of_record=record_id, after=after, count=count).scalars().all()
    if ids:
        tenant.run(_EMPTY_HEADS, ids=list(ids))
        search.forget_notes(tenant, ids)
        for statement in _BELONGINGS:
            tenant.run(statement, ids=list(ids))
    return ids


def empty_messages(tenant: Tenant, record_id: str, after: int, count: int) -> tuple[Sequence[str], int]:
    """Empty at most `count` messages after a `record_seq`; return their ids and the last one's `record_seq`."""
    rows = tenant.run(_WRITTEN, of_record=record_id, after=after, count=count).all()
    if not rows:
        return [], after
    first, last = rows[0].record_seq, rows[-1].record_seq
    tenant.run(_EMPTY_MESSAGES, b_record=record_id, b_first=first, b_last=last)
    search.forget(tenant, [row.id for row in rows])
    return [row.id for row in rows], last


def files(tenant: Tenant, record_id: str, count: int) -> Sequence[str]:
    """Return the ids of at most `count` files of the person's conversations."""
    return tenant.run(_FILES, of_record=record_id, count=count).scalars().all()


def remove_files(tenant: Tenant, ids: Sequence[str]) -> None:
    """Delete the rows of files."""
    tenant.run(_REMOVE_FILES, ids=list(ids))


def finish(tenant: Tenant, record_id: str, now: int) -> None:
    """Forget what was merged into the record, and note that nothing of the person is left."""
    tenant.run(_REMOVE_LEDGER, b_id=record_id)
    tenant.run(_FINISH, b_id=record_id, b_now=now)


def unfinished(tenant: Tenant) -> Sequence[str]:
    """Return the records whose erasure has not come to its end."""
    return tenant.run(_UNFINISHED).scalars().all()


def going(tenant: Tenant) -> Sequence[str]:
    """Return the records whose erasure has not come to its end, and that nobody has stopped."""
    return tenant.run(_GOING).scalars().all()


def stop(tenant: Tenant, record_id: str, now: int | None) -> bool:
    """Have the rest of an erasure wait from `now` on, or go on with `None`; `False` for one that is not under way."""
    return tenant.run(_STOP, b_id=record_id, b_now=now).rowcount == 1


def finished_since(tenant: Tenant, since: int) -> Sequence[str]:
    """Return the records whose erasure came to its end after an instant (epoch milliseconds)."""
    return tenant.run(_FINISHED_SINCE, since=since).scalars().all()


def forget_samples(tenant: Tenant, names: Collection[str]) -> None:
    """Delete the samples of refused boots whose page's address names somebody (`core.redaction.folded`)."""
    rows = tenant.run(_SAMPLED).all() if names else []
    ids = [row.id for row in rows if tells(row.page_url, names)]
    if ids:
        tenant.run(_REMOVE_SAMPLES, ids=ids)

"""Messages: an append-only log with one sequence per conversation and one per record.

`seq` orders a conversation whatever the clock does. `record_seq` orders everything a record may see; because it is
taken under the record's row lock and committed with the message, a reader who continues after a `record_seq` misses
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, String, and_, bindparam, case, func, not_, null, or_

from whosthere.core.notices import AGENTS_NOTICE_MS, VISITOR_NOTICE_MS
from whosthere.core.tags import unique
from whosthere.storage import search, taggings
from whosthere.storage.connection import Rows
from whosthere.storage.conversations import EXCERPT_LENGTH, TITLE_LENGTH
from whosthere.storage.errors import Conflict
from whosthere.storage.tables import conversations, messages, users
from whosthere.storage.tenancy import Tenant, select_in, update_in

Attachments = Sequence[Mapping[str, Any]] | None
"""What is shown of the files of a message (`storage.attachments.Attachment.shown`); `None` without any."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it has its place in the log."""

    id: str
    author_kind: str
    body: str
    author_id: str | None = None
    author_name: str | None = None
    event: str | None = None
    assurance: str | None = None
    key_name: str | None = None
    client_message_id: str | None = None
    attachments: Attachments = None


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message."""

    id: str
    conversation_id: str
    seq: int
    record_seq: int
    author_kind: str
    author_id: str | None
    author_name: str | None
    body: str
    event: str | None
    assurance: str | None
    key_name: str | None
    client_message_id: str | None
    created_at: int
    attachments: Attachments = None


_columns = [messages.c[name] for name in Message.__dataclass_fields__]
_AFTER = (
    select_in(messages, columns=_columns)
    .where(messages.c.conversation_id == bindparam("of_conversation"), messages.c.seq > bindparam("after"))
    .order_by(messages.c.seq)
    .limit(bindparam("count"))
)
_BEFORE = (
    select_in(messages, columns=_columns)
    .where(messages.c.conversation_id == bindparam("of_conversation"), messages.c.seq < bindparam("before"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("count"))
)
_OF_RECORD_AFTER = (
    select_in(messages, columns=_columns)
    .where(messages.c.record_id == bindparam("of_record"), messages.c.record_seq > bindparam("after"))
    .order_by(messages.c.record_seq)
    .limit(bindparam("count"))
)
_SENT = select_in(messages, columns=_columns).where(
    messages.c.conversation_id == bindparam("of_conversation"),
    messages.c.author_id == bindparam("author"),
    messages.c.client_message_id == bindparam("client_id"),
)
_LAST_RECORD_SEQ = select_in(users, columns=[users.c.last_record_seq]).where(users.c.id == bindparam("id"))
_kind = bindparam("b_kind", type_=String)
_NEXT_RECORD_SEQ = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), users.c.deleted_at.is_(None))
    .values(
        last_record_seq=users.c.last_record_seq + 1,
        # who speaks is here: an anonymous user that talks is not idle
        last_seen_at=case((_kind == "user", bindparam("b_now", type_=BigInteger)), else_=users.c.last_seen_at),
    )
    .returning(users.c.last_record_seq)
)
_said = _kind != "system"
_head = conversations.c
_now = bindparam("b_now", type_=BigInteger)
_open = bindparam("b_state", type_=String) == "open"
# What a visitor writes, or what is over, comes back from being snoozed; spam stays where it was put.
_comes_back = and_(_head.place == "snoozed", or_(_kind == "user", not_(_open)))
_APPEND = (
    update_in(conversations)
    .where(
        _head.id == bindparam("b_id"),
        _head.record_id == bindparam("b_record"),
        # The state the writer decided about, or the race was lost: what has ended meanwhile stays so.
        _head.state == bindparam("b_was"),
    )
    .values(
        last_seq=_head.last_seq + 1,
        state=bindparam("b_state"),
        updated_at=bindparam("b_now"),
        # a list shows the last thing somebody said, not that the conversation was resolved
        last_author_kind=case((_said, _kind), else_=_head.last_author_kind),
        last_body=case((_said, bindparam("b_excerpt", type_=String)), else_=_head.last_body),
        last_message_at=case((_said, bindparam("b_now", type_=BigInteger)), else_=_head.last_message_at),
        assurance=case((_kind == "user", bindparam("b_assurance", type_=String)), else_=_head.assurance),
        # what somebody writes they have read; what the other side writes they have not
        user_read_seq=case((_kind == "user", _head.last_seq + 1), else_=_head.user_read_seq),
        user_unread=case((_kind == "user", 0), (_kind == "agent", _head.user_unread + 1), else_=_head.user_unread),
        agent_read_seq=case((_kind == "agent", _head.last_seq + 1), else_=_head.agent_read_seq),
        agent_unread=case((_kind == "agent", 0), (_kind == "user", _head.agent_unread + 1), else_=_head.agent_unread),
        place=case((_comes_back, "inbox"), else_=_head.place),
        snoozed_until=case((_comes_back, null()), else_=_head.snoozed_until),
        waiting_since=case(
            (or_(_kind == "agent", not_(_open)), null()),
            (_kind == "user", func.coalesce(_head.waiting_since, _now)),
            else_=_head.waiting_since,
        ),
        first_reply_at=case((_kind == "agent", func.coalesce(_head.first_reply_at, _now)), else_=_head.first_reply_at),
        resolved_at=case(
            (_open, null()), (bindparam("b_state", type_=String) == "resolved", _now), else_=_head.resolved_at
        ),
        visitor_notice_at=case(
            (_kind == "user", null()),
            (_kind == "agent", func.coalesce(_head.visitor_notice_at, _now + VISITOR_NOTICE_MS)),
            else_=_head.visitor_notice_at,
        ),
        agents_notice_at=case(
            (or_(_kind == "agent", not_(_open), _head.place == "spam"), null()),
            (_kind == "user", func.coalesce(_head.agents_notice_at, _now + AGENTS_NOTICE_MS)),
            else_=_head.agents_notice_at,
        ),
    )
    .returning(_head.last_seq)
)


def start(
    tenant: Tenant,
    *,
    conversation_id: str,
    record_id: str,
    draft: Draft,
    tags: list[str],
    fields: dict[str, Any],
    page_url: str | None,
    now: int,
) -> Message:
    """Store a new conversation with its first message.

    Raises:
        Conflict: the same start was stored at the same moment, or the record is gone.
    """
    record_seq = _next_record_seq(tenant, record_id, draft.author_kind, now)
    tenant.add(
        conversations,
        id=conversation_id,
        record_id=record_id,
        state="open",
        title=_title(excerpt(draft)),
        assurance=draft.assurance,
        last_seq=1,
        user_read_seq=1,
        agent_unread=1,
        last_author_kind=draft.author_kind,
        last_body=excerpt(draft),
        tags=unique(tags),
        fields=fields,
        page_url=page_url,
        start_id=draft.client_message_id,
        agents_notice_at=now + AGENTS_NOTICE_MS,
        **dict.fromkeys(("created_at", "updated_at", "last_message_at", "waiting_since"), now),
    )
    taggings.add(tenant, conversation_id, unique(tags))
    return _store(tenant, draft, conversation_id, record_id, seq=1, record_seq=record_seq, now=now)


def append(
    tenant: Tenant, draft: Draft, *, conversation_id: str, record_id: str, was: str, state: str, now: int
) -> Message:
    """Store one more message of a conversation that is in the state `was`, and leave it in `state`.

    Raises:
        Conflict: the same message was stored at the same moment, or the conversation has another record or another
            state by now.
    """
    # The record's row is locked before the conversation's, everywhere: no two writers can wait for each other.
    record_seq = _next_record_seq(tenant, record_id, draft.author_kind, now)
    seq = tenant.run(
        _APPEND,
        b_id=conversation_id,
        b_record=record_id,
        b_kind=draft.author_kind,
        b_was=was,
        b_state=state,
        b_excerpt=excerpt(draft),
        b_assurance=draft.assurance or "",
        b_now=now,
    ).scalar_one_or_none()
    if seq is None:
        raise Conflict("the conversation belongs to another record or is in another state now")
    return _store(tenant, draft, conversation_id, record_id, seq=seq, record_seq=record_seq, now=now)


def after(tenant: Tenant, conversation_id: str, seq: int, count: int) -> list[Message]:
    """Return the messages of a conversation after `seq`, oldest first."""
    return _read(tenant.run(_AFTER, of_conversation=conversation_id, after=seq, count=count))


def before(tenant: Tenant, conversation_id: str, seq: int, count: int) -> list[Message]:
    """Return the newest `count` messages before `seq`, oldest first."""
    return _read(tenant.run(_BEFORE, of_conversation=conversation_id, before=seq, count=count))[::-1]


def of_record_after(tenant: Tenant, record_id: str, record_seq: int, count: int) -> list[Message]:
    """Return what the record may see after `record_seq`, in the order it was committed."""
    return _read(tenant.run(_OF_RECORD_AFTER, of_record=record_id, after=record_seq, count=count))


def sent(tenant: Tenant, conversation_id: str, author_id: str, client_message_id: str) -> Message | None:
    """Return the message the author sent here with this idempotency key, or `None`."""
    found = _read(tenant.run(_SENT, of_conversation=conversation_id, author=author_id, client_id=client_message_id))
    return found[0] if found else None


def last_record_seq(tenant: Tenant, record_id: str) -> int:
    """Return the newest `record_seq` of a record; 0 for one that has no row."""
    return tenant.run(_LAST_RECORD_SEQ, id=record_id).scalar_one_or_none() or 0


def _next_record_seq(tenant: Tenant, record_id: str, author_kind: str, now: int) -> int:
    taken: int | None = tenant.run(_NEXT_RECORD_SEQ, b_id=record_id, b_kind=author_kind, b_now=now).scalar_one_or_none()
    if taken is None:
        raise Conflict("the record is gone")
    return taken


def _store(
    tenant: Tenant, draft: Draft, conversation_id: str, record_id: str, *, seq: int, record_seq: int, now: int
) -> Message:
    row = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
    row |= {"conversation_id": conversation_id, "seq": seq, "record_seq": record_seq, "created_at": now}
    tenant.add(messages, record_id=record_id, **row)
    if draft.author_kind != "system":
        search.add(tenant, search.Kind.MESSAGE, draft.id, draft.body, *_file_names(draft))
    return Message(**row)


def _read(rows: Rows) -> list[Message]:
    return [Message(*row) for row in rows]


def excerpt(draft: Draft | Message) -> str:
    """Return what a list shows of a message: its text, or else the names of its files."""
    names = ", ".join(_file_names(draft))
    return (draft.body or (names and f"\N{PAPERCLIP} {names}"))[:EXCERPT_LENGTH]


def _file_names(draft: Draft | Message) -> list[str]:
    return [str(attachment["name"]) for attachment in draft.attachments or ()]


def _title(body: str) -> str:
    first_line = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return first_line[:TITLE_LENGTH]

"""What agents look at: conversations with the person behind them, people, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from whosthere.storage import conversations as conversation_rows
from whosthere.storage import search
from whosthere.storage import users as user_rows
from whosthere.storage.connection import Row
from whosthere.storage.conversations import Conversation, Position
from whosthere.storage.tables import conversations, notes, users
from whosthere.storage.tenancy import Tenant, in_platform, select_in
from whosthere.storage.users import User


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation with the person it belongs to."""

    platform_id: str
    conversation: Conversation
    user: User


@dataclass(frozen=True, slots=True)
class Note:
    """What only the team sees; it stands after the message `after_seq`."""

    id: str
    after_seq: int
    agent_id: str
    author_name: str
    body: str
    created_at: int


_head = [conversations.c[name] for name in Conversation.__dataclass_fields__]
_person = [column.label(f"u_{column.name}") for column in users.c]
CASES = (
    select(*_head, *_person)
    .join_from(conversations, users, users.c.id == conversations.c.record_id)
    .where(in_platform(conversations, users), users.c.deleted_at.is_(None))
)
BEFORE = and_(
    conversations.c.updated_at <= bindparam("before_at"),  # bounds the range of the index that is read
    or_(conversations.c.updated_at < bindparam("before_at"), conversations.c.id < bindparam("before_id")),
)
NEWEST_FIRST = (conversations.c.updated_at.desc(), conversations.c.id.desc())
_NEWEST = CASES.where(BEFORE).order_by(*NEWEST_FIRST).limit(bindparam("count"))
_NEWEST_IN_STATE = (
    CASES.where(BEFORE, conversations.c.state == bindparam("in_state"))
    .order_by(*NEWEST_FIRST)
    .limit(bindparam("count"))
)
_ONE = CASES.where(conversations.c.id == bindparam("id"))
_OF_RECORD = (
    CASES.where(conversations.c.record_id == bindparam("of_record")).order_by(*NEWEST_FIRST).limit(bindparam("count"))
)
_PEOPLE = (
    select_in(users)
    .where(
        users.c.deleted_at.is_(None),
        users.c.created_at <= bindparam("before_at"),
        or_(users.c.created_at < bindparam("before_at"), users.c.id < bindparam("before_id")),
    )
    .order_by(users.c.created_at.desc(), users.c.id.desc())
    .limit(bindparam("count"))
)
_note = [notes.c[name] for name in Note.__dataclass_fields__]
_NOTES = (
    select_in(notes, columns=_note)
    .where(notes.c.conversation_id == bindparam("of_conversation"))
    .order_by(notes.c.after_seq, notes.c.id)
)
_NOTED = select_in(notes, columns=_note).where(
    notes.c.conversation_id == bindparam("of_conversation"),
    notes.c.agent_id == bindparam("by"),
    notes.c.client_message_id == bindparam("client_id"),
)


def newest(tenant: Tenant, before: Position, count: int, *, state: str | None = None) -> list[Case]:
    """Return the platform's conversations before a position, newest first."""
    values: dict[str, Any] = {"before_at": before[0], "before_id": before[1], "count": count}
    statement = _NEWEST if state is None else _NEWEST_IN_STATE
    if state is not None:
        values["in_state"] = state
    return [case_from_row(tenant, row) for row in tenant.run(statement, **values)]


def find(tenant: Tenant, conversation_id: str) -> Case | None:
    """Return one conversation of the platform with its person, or `None`."""
    row = tenant.run(_ONE, id=conversation_id).one_or_none()
    return None if row is None else case_from_row(tenant, row)


def of_record(tenant: Tenant, record_id: str, count: int) -> list[Case]:
    """Return the newest conversations of one person."""
    return [case_from_row(tenant, row) for row in tenant.run(_OF_RECORD, of_record=record_id, count=count)]


def people(tenant: Tenant, before: Position, count: int) -> list[User]:
    """Return the platform's people before a position (`created_at`, id), newest first."""
    rows = tenant.run(_PEOPLE, before_at=before[0], before_id=before[1], count=count)
    return [user_rows.user_from_row(row) for row in rows]


def notes_of(tenant: Tenant, conversation_id: str) -> list[Note]:
    """Return the notes on a conversation, oldest first."""
    return [_note_from_row(row) for row in tenant.run(_NOTES, of_conversation=conversation_id)]


def noted(tenant: Tenant, conversation_id: str, agent_id: str, client_message_id: str) -> Note | None:
    """Return the note an agent wrote here with this idempotency key, or `None`."""
    row = tenant.run(_NOTED, of_conversation=conversation_id, by=agent_id, client_id=client_message_id).one_or_none()
    return None if row is None else _note_from_row(row)


def add_note(tenant: Tenant, note: Note, conversation_id: str, client_message_id: str) -> None:
    """Store a note.

    Raises:
        Conflict: the same note was stored at the same moment.
    """
    row = {name: getattr(note, name) for name in Note.__dataclass_fields__}
    tenant.add(notes, conversation_id=conversation_id, client_message_id=client_message_id, **row)
    search.add(tenant, search.Kind.NOTE, note.id, note.body)


def case_from_row(tenant: Tenant, row: Row) -> Case:
    """Read a row of `CASES`."""
    return Case(tenant.platform_id, conversation_rows.from_row(row), user_rows.user_from_row(row, "u_"))


def _note_from_row(row: Row) -> Note:
    column = row._mapping
    return Note(**{name: column[name] for name in Note.__dataclass_fields__})

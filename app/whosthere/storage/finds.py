"""What a search shows of what it found: messages, notes and people by their ids, with their conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, literal, null

from whosthere.storage import users as user_rows
from whosthere.storage.inbox import CASES, Case, case_from_row
from whosthere.storage.messages import Attachments
from whosthere.storage.tables import conversations, messages, notes, users
from whosthere.storage.tenancy import Tenant, select_in
from whosthere.storage.users import User


@dataclass(frozen=True, slots=True)
class Said:
    """A message or a note; `seq` is its place in the conversation, or that of the message it stands behind."""

    id: str
    conversation_id: str
    seq: int
    author_kind: str
    author_name: str | None
    body: str
    assurance: str | None
    attachments: Attachments
    created_at: int


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_MESSAGES = select_in(messages, columns=[messages.c[name] for name in Said.__dataclass_fields__]).where(
    messages.c.id.in_(_ids)
)
_note = notes.c
_NOTES = select_in(
    notes,
    columns=[
        *(_note.id, _note.conversation_id, _note.after_seq, literal("agent"), _note.author_name, _note.body),
        *(null().label("assurance"), null().label("attachments"), _note.created_at),
    ],
).where(_note.id.in_(_ids))
_CASES = CASES.where(conversations.c.id.in_(_ids))
_USERS = select_in(users).where(users.c.id.in_(_ids), users.c.deleted_at.is_(None))


def said(tenant: Tenant, ids: Sequence[str]) -> dict[str, Said]:
    """Return these messages, by id."""
    return {row.id: Said(*row) for row in tenant.run(_MESSAGES, ids=list(ids))} if ids else {}


def noted(tenant: Tenant, ids: Sequence[str]) -> dict[str, Said]:
    """Return these notes, by id."""
    return {row.id: Said(*row) for row in tenant.run(_NOTES, ids=list(ids))} if ids else {}


def cases(tenant: Tenant, ids: Sequence[str]) -> dict[str, Case]:
    """Return these conversations with their people, by id."""
    found = [case_from_row(tenant, row) for row in tenant.run(_CASES, ids=list(ids))] if ids else []
    return {case.conversation.id: case for case in found}


def people(tenant: Tenant, ids: Sequence[str]) -> dict[str, User]:
    """Return these people, by id."""
    found = [user_rows.user_from_row(row) for row in tenant.run(_USERS, ids=list(ids))] if ids else []
    return {user.record.id: user for user in found}

"""Answers of the server API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from whosthere.core.assurance import Assurance
from whosthere.core.claims import Notice
from whosthere.services.erasure import Erasure
from whosthere.storage.ledger import ADOPTION, HISTORY, Entry
from whosthere.storage.users import User
from whosthere.web.shapes import AssuranceName, Id, Instant
from whosthere.web.wire import instant

MergeKind = Annotated[str, WithJsonSchema({"type": "string", "enum": [ADOPTION, HISTORY]})]
ErasureState = Annotated[str, WithJsonSchema({"type": "string", "enum": ["erasing", "erased"]})]


class ContactAnswer(TypedDict):
    name: str | None
    email: str | None


class UserAnswer(TypedDict):
    id: Id
    anonymous: bool
    assurance: AssuranceName
    userId: str | None
    userIdProven: bool
    userEmail: str | None
    userEmailProven: bool
    userName: str | None
    userNameProven: bool
    claimedUserId: str | None
    claimedUserEmail: str | None
    contact: ContactAnswer
    createdAt: Instant
    lastSeenAt: Instant


class UsersAnswer(TypedDict):
    items: list[UserAnswer]


class WarningAnswer(TypedDict):
    code: str
    field: str
    message: str


class IdentifiedAnswer(TypedDict):
    user: UserAnswer
    warnings: list[WarningAnswer]


class ErasureAnswer(TypedDict):
    id: Id
    state: ErasureState


class EntryAnswer(TypedDict):
    id: Id
    kind: MergeKind
    user: Id
    anonymousUser: Id | None
    userId: str | None
    userEmail: str | None
    conversations: list[Id]
    createdAt: Instant
    undoneAt: Instant | None


class LedgerAnswer(TypedDict):
    items: list[EntryAnswer]
    next: str | None


class ExportAnswer(TypedDict):
    format: str
    exportedAt: Instant
    platform: dict[str, Any]
    user: dict[str, Any]
    merges: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    conversations: list[dict[str, Any]]


def user_answer(user: User) -> UserAnswer:
    """One person, with whose word each identifier is."""
    record = user.record
    known = Assurance.ANONYMOUS if user.anonymous else Assurance.VERIFIED if record.proven else Assurance.CLAIMED
    return {
        "id": record.id,
        "anonymous": user.anonymous,
        "assurance": known.value,
        "userId": record.user_id,
        "userIdProven": record.user_id_proven,
        "userEmail": record.email,
        "userEmailProven": record.email_proven,
        "userName": record.name,
        "userNameProven": record.name_proven,
        "claimedUserId": record.claimed_user_id,
        "claimedUserEmail": record.claimed_email,
        "contact": {"name": user.contact_name, "email": user.contact_email},
        "createdAt": instant(user.created_at),
        "lastSeenAt": instant(user.last_seen_at),
    }


def identified_answer(user: User, warnings: Iterable[Notice]) -> IdentifiedAnswer:
    """The person, and what is to be said about how they were found."""
    return {"user": user_answer(user), "warnings": [_warning(one) for one in warnings]}


def erasure_answer(record_id: str, erasure: Erasure) -> ErasureAnswer:
    """How far an erasure came."""
    return {"id": record_id, "state": "erased" if erasure.finished else "erasing"}


def entry_answer(entry: Entry) -> EntryAnswer:
    """One merge."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "user": entry.record_id,
        "anonymousUser": entry.other_id,
        "userId": entry.user_id,
        "userEmail": entry.email,
        "conversations": list(entry.conversation_ids),
        "createdAt": instant(entry.created_at),
        "undoneAt": None if entry.undone_at is None else instant(entry.undone_at),
    }


def _warning(notice: Notice) -> WarningAnswer:
    return {"code": notice.code, "field": notice.field, "message": notice.message}

"""Answers of the agent API about the team and about merged records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from whosthere.services.colleagues import Colleague
from whosthere.storage import ledger
from whosthere.storage.canned import CannedReply
from whosthere.storage.ledger import Entry
from whosthere.storage.mentions import Mention
from whosthere.web.agent.present import initials
from whosthere.web.shapes import Id, Instant
from whosthere.web.wire import cursor, instant

MergeKind = Annotated[str, WithJsonSchema({"type": "string", "enum": [ledger.ADOPTION, ledger.HISTORY]})]


class ColleagueAnswer(TypedDict):
    id: Id
    name: str
    email: str
    initials: str
    available: bool
    platformIds: list[Id]


class ColleaguesAnswer(TypedDict):
    items: list[ColleagueAnswer]


class CannedReplyAnswer(TypedDict):
    id: Id
    platformId: Id
    name: str
    body: str
    updatedAt: Instant


class CannedRepliesAnswer(TypedDict):
    items: list[CannedReplyAnswer]


class MentionAnswer(TypedDict):
    id: Id
    platformId: Id
    conversationId: Id
    authorName: str
    body: str
    createdAt: Instant
    unread: bool


class MentionsAnswer(TypedDict):
    items: list[MentionAnswer]
    next: str | None
    unread: int


class EntryAnswer(TypedDict):
    id: Id
    kind: MergeKind
    userId: str | None
    userEmail: str | None
    conversations: list[Id]
    createdAt: Instant
    undoneAt: Instant | None


class LedgerAnswer(TypedDict):
    items: list[EntryAnswer]


def colleagues_answer(found: Sequence[Colleague]) -> ColleaguesAnswer:
    """Everybody on the team."""
    return {
        "items": [
            {
                "id": one.id,
                "name": one.name,
                "email": one.email,
                "initials": initials(one.name),
                "available": one.available,
                "platformIds": list(one.platform_ids),
            }
            for one in found
        ]
    }


def canned_reply_answer(reply: CannedReply) -> CannedReplyAnswer:
    """One canned reply."""
    return {
        "id": reply.id,
        "platformId": reply.platform_id,
        "name": reply.name,
        "body": reply.body,
        "updatedAt": instant(reply.updated_at),
    }


def canned_replies_answer(found: Sequence[CannedReply]) -> CannedRepliesAnswer:
    """Canned replies, by name."""
    return {"items": [canned_reply_answer(reply) for reply in found]}


def mentions_answer(found: Sequence[Mention], page_size: int, unread: int) -> MentionsAnswer:
    """One page of mentions; `found` holds one more when there is another page."""
    items = found[:page_size]
    last = items[-1] if len(found) > page_size else None
    return {
        "items": [
            {
                "id": one.id,
                "platformId": one.platform_id,
                "conversationId": one.conversation_id,
                "authorName": one.author_name,
                "body": one.body,
                "createdAt": instant(one.created_at),
                "unread": one.read_at is None,
            }
            for one in items
        ],
        "next": None if last is None else cursor(last.created_at, last.id),
        "unread": unread,
    }


def entry_answer(entry: Entry) -> EntryAnswer:
    """One merge."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "userId": entry.user_id,
        "userEmail": entry.email,
        "conversations": list(entry.conversation_ids),
        "createdAt": instant(entry.created_at),
        "undoneAt": None if entry.undone_at is None else instant(entry.undone_at),
    }

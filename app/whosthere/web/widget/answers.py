"""Answers of the widget API: their shapes, and how they are made from what services return."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from whosthere.core.attachments import PER_MESSAGE_MAX
from whosthere.core.media import EXTENSIONS
from whosthere.services.arrival import Booted
from whosthere.services.notices import reference
from whosthere.storage.conversations import Conversation
from whosthere.storage.history import Begun
from whosthere.storage.messages import Message
from whosthere.web.appearance import Appearance, appearance
from whosthere.web.content import AttachmentAnswer, RatingAnswer, attachments_answer, rating_answer
from whosthere.web.launcher import Launcher, launcher
from whosthere.web.shapes import AnonymousScope, AssuranceName, AuthorKind, Id, Instant, StateName, VisitorState
from whosthere.web.wire import cursor, instant


class SessionAnswer(TypedDict):
    token: str
    expiresAt: Instant
    expiresInSeconds: int


class UserAnswer(TypedDict):
    ref: str
    state: VisitorState
    assurance: AssuranceName
    missing: list[str]
    userId: NotRequired[str]
    userEmail: NotRequired[str]
    userName: NotRequired[str]


class LastMessage(TypedDict):
    body: str
    authorKind: AuthorKind
    createdAt: Instant


class ConversationAnswer(TypedDict):
    id: Id
    state: StateName
    title: str
    createdAt: Instant
    updatedAt: Instant
    lastSeq: int
    readSeq: int
    agentReadSeq: int
    lastMessage: LastMessage
    unread: int
    rating: RatingAnswer | None


class WarningAnswer(TypedDict):
    code: str
    field: str
    message: str


class Widget(Appearance, Launcher):
    """Looks and words of the launcher and the panel."""


class HistoryOffer(TypedDict):
    conversations: int
    startedAt: Instant


class AttachmentLimits(TypedDict):
    maxBytes: int
    maxPerMessage: int
    mediaTypes: list[str]


class BootAnswer(TypedDict):
    session: SessionAnswer
    user: UserAnswer
    anonymousToken: str | None
    anonymousScope: AnonymousScope
    unreadCount: int
    conversation: ConversationAnswer | None
    historyOffer: HistoryOffer | None
    attachments: AttachmentLimits
    widget: Widget
    warnings: list[WarningAnswer]


class Author(TypedDict):
    kind: AuthorKind
    name: str | None


class MovedAnswer(TypedDict):
    conversations: list[Id]


class MessageAnswer(TypedDict):
    id: Id
    seq: int
    author: Author
    body: str
    createdAt: Instant
    attachments: list[AttachmentAnswer]
    event: NotRequired[str]
    clientMessageId: NotRequired[str]


class ConversationsAnswer(TypedDict):
    items: list[ConversationAnswer]
    next: str | None


class MessagesAnswer(TypedDict):
    items: list[MessageAnswer]
    next: int | None


class StartedAnswer(TypedDict):
    conversation: ConversationAnswer
    message: MessageAnswer


def boot_answer(booted: Booted, locale: str) -> BootAnswer:
    """Everything the page needs before the first click."""
    newest, offer = booted.conversation, booted.history_offer
    return {
        "session": {
            "token": booted.session_token,
            "expiresAt": instant(booted.session.expires_at),
            # Clocks of visitors are wrong; what counts down on them is right.
            "expiresInSeconds": (booted.session.expires_at - booted.session.issued_at) // 1000,
        },
        "user": _user(booted),
        "anonymousToken": booted.anonymous_token,
        "anonymousScope": "tab" if booted.tab_scoped else "browser",
        "unreadCount": booted.unread_count,
        "conversation": None if newest is None else conversation_answer(newest),
        "historyOffer": None if offer is None else _offer(offer),
        "attachments": {
            "maxBytes": booted.attachment_bytes_max,
            "maxPerMessage": PER_MESSAGE_MAX,
            "mediaTypes": list(EXTENSIONS),
        },
        "widget": {**appearance(booted.platform, booted.session.issued_at), **launcher(booted.platform.name, locale)},
        "warnings": [{"code": w.code, "field": w.field, "message": w.message} for w in booted.warnings],
    }


def _user(booted: Booted) -> UserAnswer:
    person = booted.person
    identified = person.user_id is not None or person.email is not None
    answer: UserAnswer = {
        "ref": reference(booted.session.platform_id, booted.session.record_id),
        "state": "logged-in" if identified else "anonymous",
        "assurance": person.assurance.value,
        "missing": list(booted.missing),
    }
    if person.user_id is not None:
        answer["userId"] = person.user_id
    if person.email is not None:
        answer["userEmail"] = person.email
    if booted.name is not None:
        answer["userName"] = booted.name
    return answer


def _offer(offer: Begun) -> HistoryOffer:
    return {"conversations": offer.conversations, "startedAt": instant(offer.started_at)}


def conversation_answer(conversation: Conversation) -> ConversationAnswer:
    """One item of the list of conversations."""
    return {
        "id": conversation.id,
        "state": conversation.state,
        "title": conversation.title,
        "createdAt": instant(conversation.created_at),
        "updatedAt": instant(conversation.updated_at),
        "lastSeq": conversation.last_seq,
        "readSeq": conversation.user_read_seq,
        "agentReadSeq": conversation.agent_read_seq,
        "lastMessage": {
            "body": conversation.last_body,
            "authorKind": conversation.last_author_kind,
            "createdAt": instant(conversation.last_message_at),
        },
        "unread": conversation.user_unread,
        "rating": rating_answer(conversation),
    }


def conversations_answer(found: list[Conversation], page_size: int) -> ConversationsAnswer:
    """One page of the list; `found` holds one item more when there is another page."""
    items = found[:page_size]
    more = len(found) > page_size
    return {
        "items": [conversation_answer(conversation) for conversation in items],
        "next": cursor(items[-1].updated_at, items[-1].id) if more else None,
    }


def message_answer(message: Message) -> MessageAnswer:
    """One message, as its visitor may see it."""
    mine = message.author_kind == "user"
    answer: MessageAnswer = {
        "id": message.id,
        "seq": message.seq,
        "author": {"kind": message.author_kind, "name": message.author_name},
        "body": message.body,
        "createdAt": instant(message.created_at),
        "attachments": attachments_answer(message),
    }
    if message.event is not None:
        answer["event"] = message.event
    if mine and message.client_message_id is not None:
        answer["clientMessageId"] = message.client_message_id
    return answer


def messages_answer(found: list[Message], page_size: int) -> MessagesAnswer:
    """A part of the log; `found` holds one message more when there is more."""
    items = found[:page_size]
    more = len(found) > page_size
    return {
        "items": [message_answer(message) for message in items],
        "next": items[-1].seq if more else None,
    }

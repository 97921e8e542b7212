"""Answers of the widget API: their shapes, and how they are made from what services return."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NotRequired

from typing_extensions import TypedDict

from whosthere.services.boot import Booted
from whosthere.storage.conversations import Conversation
from whosthere.storage.messages import Message
from whosthere.web.appearance import Appearance, appearance
from whosthere.web.wire import cursor, instant


class SessionAnswer(TypedDict):
    token: str
    expiresAt: str
    expiresInSeconds: int


class UserAnswer(TypedDict):
    ref: str
    state: str
    assurance: str
    userId: NotRequired[str]
    userEmail: NotRequired[str]
    userName: NotRequired[str]


class LastMessage(TypedDict):
    body: str
    authorKind: str
    createdAt: str


class ConversationAnswer(TypedDict):
    id: str
    state: str
    title: str
    createdAt: str
    updatedAt: str
    lastSeq: int
    readSeq: int
    lastMessage: LastMessage
    unread: int


class WarningAnswer(TypedDict):
    code: str
    field: str
    message: str


class BootAnswer(TypedDict):
    session: SessionAnswer
    user: UserAnswer
    anonymousToken: str | None
    anonymousScope: str
    unreadCount: int
    conversation: ConversationAnswer | None
    widget: Appearance
    warnings: list[WarningAnswer]


class Author(TypedDict):
    kind: str
    name: str | None


class MessageAnswer(TypedDict):
    id: str
    seq: int
    author: Author
    body: str
    createdAt: str
    attachments: list[Any]
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


def boot_answer(booted: Booted) -> BootAnswer:
    """Everything the page needs before the first click."""
    newest = booted.conversation
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
        "widget": appearance(booted.platform),
        "warnings": [{"code": w.code, "field": w.field, "message": w.message} for w in booted.warnings],
    }


def _user(booted: Booted) -> UserAnswer:
    person = booted.person
    identified = person.user_id is not None or person.email is not None
    answer: UserAnswer = {
        "ref": _ref(booted.session.platform_id, booted.session.record_id),
        "state": "logged-in" if identified else "anonymous",
        "assurance": person.assurance.value,
    }
    if person.user_id is not None:
        answer["userId"] = person.user_id
    if person.email is not None:
        answer["userEmail"] = person.email
    if booted.name is not None:
        answer["userName"] = booted.name
    return answer


def _ref(platform_id: str, record_id: str) -> str:
    """Return what tells one visitor from another, anonymous ones too, and says nothing else about them."""
    return sha256(f"{platform_id}{record_id}".encode()).hexdigest()[:16]


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
        "lastMessage": {
            "body": conversation.last_body,
            "authorKind": conversation.last_author_kind,
            "createdAt": instant(conversation.last_message_at),
        },
        "unread": conversation.user_unread,
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
        "attachments": [],
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

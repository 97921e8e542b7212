"""Answers of the agent API."""

from __future__ import annotations

from typing_extensions import TypedDict

from whosthere.core.assurance import Assurance
from whosthere.services.inbox import Thread
from whosthere.storage.inbox import Case, Note
from whosthere.storage.messages import Message
from whosthere.storage.users import User
from whosthere.web.wire import cursor, instant


class PersonAnswer(TypedDict):
    id: str
    userId: str | None
    userIdProven: bool
    userEmail: str | None
    userEmailProven: bool
    userName: str | None
    anonymous: bool
    assurance: str


class LastMessage(TypedDict):
    body: str
    authorKind: str
    createdAt: str


class CaseAnswer(TypedDict):
    id: str
    platformId: str
    state: str
    title: str
    user: PersonAnswer
    lastMessage: LastMessage
    unread: int
    lastSeq: int
    assignee: str | None
    tags: list[str]
    createdAt: str
    updatedAt: str


class CasesAnswer(TypedDict):
    items: list[CaseAnswer]
    next: str | None


class Author(TypedDict):
    kind: str
    name: str | None


class MessageAnswer(TypedDict):
    id: str
    seq: int
    author: Author
    body: str
    createdAt: str
    attachments: list[str]
    event: str | None
    assurance: str | None
    keyName: str | None


class NoteAnswer(TypedDict):
    id: str
    afterSeq: int
    author: Author
    body: str
    createdAt: str


class ThreadAnswer(TypedDict):
    items: list[MessageAnswer]
    notes: list[NoteAnswer]
    next: int | None


class UserAnswer(PersonAnswer):
    createdAt: str
    lastSeenAt: str


class UsersAnswer(TypedDict):
    items: list[UserAnswer]
    next: str | None


def person(user: User, assurance: str) -> PersonAnswer:
    """The person behind a conversation.

    A proven record may hold an identifier that was only claimed, so each says for itself whether it is proven.
    """
    record = user.record
    return {
        "id": record.id,
        "userId": record.user_id or record.claimed_user_id,
        "userIdProven": record.user_id is not None and record.user_id_proven,
        "userEmail": record.email or record.claimed_email,
        "userEmailProven": record.email is not None and record.email_proven,
        "userName": record.name,
        "anonymous": user.anonymous,
        "assurance": assurance,
    }


def assurance_of(user: User) -> str:
    """What is known about a record itself: verified once any identifier was proven."""
    if user.anonymous:
        return Assurance.ANONYMOUS.value
    return (Assurance.VERIFIED if user.record.proven else Assurance.CLAIMED).value


def case_answer(case: Case) -> CaseAnswer:
    """One conversation of the list."""
    head = case.conversation
    return {
        "id": head.id,
        "platformId": case.platform_id,
        "state": head.state,
        "title": head.title,
        "user": person(case.user, head.assurance),
        "lastMessage": {
            "body": head.last_body,
            "authorKind": head.last_author_kind,
            "createdAt": instant(head.last_message_at),
        },
        "unread": head.agent_unread,
        "lastSeq": head.last_seq,
        "assignee": head.assignee_id,
        "tags": list(head.tags),
        "createdAt": instant(head.created_at),
        "updatedAt": instant(head.updated_at),
    }


def cases_answer(found: list[Case], page_size: int) -> CasesAnswer:
    """One page of the list; `found` holds one more when there is another page."""
    items = found[:page_size]
    last = items[-1].conversation if len(found) > page_size else None
    return {
        "items": [case_answer(case) for case in items],
        "next": None if last is None else cursor(last.updated_at, last.id),
    }


def message_answer(message: Message) -> MessageAnswer:
    """One message with the assurance it was written with."""
    return {
        "id": message.id,
        "seq": message.seq,
        "author": {"kind": message.author_kind, "name": message.author_name},
        "body": message.body,
        "createdAt": instant(message.created_at),
        "attachments": [],
        "event": message.event,
        "assurance": message.assurance,
        "keyName": message.key_name,
    }


def note_answer(note: Note) -> NoteAnswer:
    """One note."""
    return {
        "id": note.id,
        "afterSeq": note.after_seq,
        "author": {"kind": "agent", "name": note.author_name},
        "body": note.body,
        "createdAt": instant(note.created_at),
    }


def thread_answer(thread: Thread, page_size: int) -> ThreadAnswer:
    """A part of the log with all notes."""
    items = thread.messages[:page_size]
    more = len(thread.messages) > page_size
    return {
        "items": [message_answer(message) for message in items],
        "notes": [note_answer(note) for note in thread.notes],
        "next": items[-1].seq if more else None,
    }


def users_answer(found: list[User], page_size: int) -> UsersAnswer:
    """One page of people; `found` holds one more when there is another page."""
    items = found[:page_size]
    last = items[-1] if len(found) > page_size else None
    return {
        "items": [
            {
                **person(user, assurance_of(user)),
                "createdAt": instant(user.created_at),
                "lastSeenAt": instant(user.last_seen_at),
            }
            for user in items
        ],
        "next": None if last is None else cursor(last.created_at, last.record.id),
    }

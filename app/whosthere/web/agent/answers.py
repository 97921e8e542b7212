"""Answers of the agent API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from whosthere.core.assurance import Assurance
from whosthere.core.contact import Contact
from whosthere.core.views import Place, View
from whosthere.services.inbox import Thread
from whosthere.services.inbox_views import COUNT_MAX, Page
from whosthere.storage.inbox import Case, Note
from whosthere.storage.messages import Message
from whosthere.storage.users import User
from whosthere.web.content import AttachmentAnswer, RatingAnswer, attachments_answer, rating_answer
from whosthere.web.shapes import AssuranceName, AuthorKind, Id, Instant, StateName
from whosthere.web.wire import cursor, instant

ViewName = Annotated[str, WithJsonSchema({"type": "string", "enum": [view.value for view in View]})]
PlaceName = Annotated[str, WithJsonSchema({"type": "string", "enum": [place.value for place in Place]})]


class ContactAnswer(TypedDict):
    name: str | None
    email: str | None


class PersonAnswer(TypedDict):
    id: Id
    userId: str | None
    userIdProven: bool
    userEmail: str | None
    userEmailProven: bool
    userName: str | None
    contact: ContactAnswer | None
    anonymous: bool
    assurance: AssuranceName


class LastMessage(TypedDict):
    body: str
    authorKind: AuthorKind
    createdAt: Instant


class CaseAnswer(TypedDict):
    id: Id
    platformId: Id
    state: StateName
    place: PlaceName
    title: str
    user: PersonAnswer
    lastMessage: LastMessage
    unread: int
    lastSeq: int
    waitingSince: Instant | None
    snoozedUntil: Instant | None
    assignee: Id | None
    tags: list[str]
    fields: dict[str, Any]
    rating: RatingAnswer | None
    createdAt: Instant
    updatedAt: Instant


class CasesAnswer(TypedDict):
    items: list[CaseAnswer]
    next: str | None
    partial: bool


class ViewAnswer(TypedDict):
    view: ViewName
    count: int


class ViewsAnswer(TypedDict):
    items: list[ViewAnswer]
    countMax: int


class Author(TypedDict):
    kind: AuthorKind
    name: str | None


class MessageAnswer(TypedDict):
    id: Id
    seq: int
    author: Author
    body: str
    createdAt: Instant
    attachments: list[AttachmentAnswer]
    event: str | None
    assurance: AssuranceName | None
    keyName: str | None


class NoteAnswer(TypedDict):
    id: Id
    afterSeq: int
    author: Author
    body: str
    createdAt: Instant


class ThreadAnswer(TypedDict):
    items: list[MessageAnswer]
    notes: list[NoteAnswer]
    next: int | None


class UserAnswer(PersonAnswer):
    createdAt: Instant
    lastSeenAt: Instant


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
        "contact": _contact(user),
        "anonymous": user.anonymous,
        "assurance": assurance,
    }


def _contact(user: User) -> ContactAnswer | None:
    """What the person left in the chat: claimed, whatever else is proven."""
    left = user.contact
    return None if left == Contact() else {"name": left.name, "email": left.email}


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
        "place": head.place,
        "title": head.title,
        "user": person(case.user, head.assurance),
        "lastMessage": {
            "body": head.last_body,
            "authorKind": head.last_author_kind,
            "createdAt": instant(head.last_message_at),
        },
        "unread": head.agent_unread,
        "lastSeq": head.last_seq,
        "waitingSince": _instant(head.waiting_since),
        "snoozedUntil": _instant(head.snoozed_until),
        "assignee": head.assignee_id,
        "tags": list(head.tags),
        "fields": dict(head.fields),
        "rating": rating_answer(head),
        "createdAt": instant(head.created_at),
        "updatedAt": instant(head.updated_at),
    }


def cases_answer(page: Page) -> CasesAnswer:
    """One page of the list; `partial` when there may be more although the page is not full."""
    return {
        "items": [case_answer(case) for case in page.cases],
        "next": None if page.next is None else cursor(*page.next),
        "partial": page.partial,
    }


def views_answer(counts: Mapping[View, int]) -> ViewsAnswer:
    """How much stands in each view; one more than `countMax` means more than that."""
    return {"items": [{"view": view.value, "count": count} for view, count in counts.items()], "countMax": COUNT_MAX}


def _instant(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else instant(milliseconds)


def message_answer(message: Message) -> MessageAnswer:
    """One message with the assurance it was written with."""
    return {
        "id": message.id,
        "seq": message.seq,
        "author": {"kind": message.author_kind, "name": message.author_name},
        "body": message.body,
        "createdAt": instant(message.created_at),
        "attachments": attachments_answer(message),
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

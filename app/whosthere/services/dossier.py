"""A person's data as one JSON document, piece by piece (docs/privacy.md, "Exporting")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from whosthere.core.instants import rfc3339
from whosthere.services.export import Begins, Ends, Export, Says, Step
from whosthere.storage.attachments import Attachment
from whosthere.storage.conversations import Conversation
from whosthere.storage.events import Event, read
from whosthere.storage.inbox import Note
from whosthere.storage.ledger import Entry
from whosthere.storage.messages import Message
from whosthere.storage.outbox import Mail

FORMAT = "whosthere-person-1"


END = "]}\n"
"""What follows the last of what was said."""


def pieces(export: Export) -> Iterator[str]:
    """Yield the document.

    Raises:
        Gone: the person was erased meanwhile; the document is not complete then, and no JSON.
    """
    yield from head(export)
    for step in export.steps():
        yield said(export, step)
    yield END


def head(export: Export) -> Iterator[str]:
    """Yield everything that comes before what was said."""
    about = {
        "format": FORMAT,
        "exportedAt": rfc3339(export.now),
        "platform": {"id": export.platform_id, "name": export.platform_name},
        "user": _person(export),
        "merges": [_merge(entry) for entry in export.merges],
    }
    yield f'{_text(about)[:-1]},\n"attachments": ['
    for number, one in enumerate(export.attachments()):
        yield f"{_between(not number)}{_text(_file(one))}"
    yield '],\n"conversations": ['


def said(export: Export, step: Step) -> str:
    """Return one step of what was said."""
    match step:
        case Begins(conversation, is_first):
            about = _head(conversation) | {
                "notes": [_note(one) for one in export.notes(conversation.id)],
                "mails": [_mail(one) for one in export.mails(conversation.id)],
            }
            return f'{_between(is_first)}{_text(about)[:-1]},\n"messages": ['
        case Says(message, is_first):
            return f"{_between(is_first)}{_text(_message(message))}"
        case Ends():
            return "]}"


def _between(is_first: bool) -> str:
    return "\n" if is_first else ",\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _person(export: Export) -> dict[str, Any]:
    user, record = export.user, export.user.record
    return {
        "id": record.id,
        "anonymous": user.anonymous,
        "userId": _identifier(record.user_id, record.user_id_proven),
        "userEmail": _identifier(record.email, record.email_proven),
        "userName": _identifier(record.name, record.name_proven),
        "claimedUserId": record.claimed_user_id,
        "claimedEmail": record.claimed_email,
        "contact": {"name": user.contact_name, "email": user.contact_email},
        "language": user.language,
        "pageUrl": user.page_url,
        "sealed": record.sealed,
        "shadow": record.shadow,
        "blockedAt": rfc3339(export.standing.blocked_at),
        "createdAt": rfc3339(user.created_at),
        "lastSeenAt": rfc3339(user.last_seen_at),
        "events": [_event(one) for one in read(export.standing.events)],
    }


def _event(event: Event) -> dict[str, Any]:
    return {"at": rfc3339(event.at), "event": event.name, "properties": dict(event.properties)}


def _identifier(value: str | None, proven: bool) -> dict[str, Any] | None:
    return None if value is None else {"value": value, "provenance": "proven" if proven else "claimed"}


def _merge(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "anonymousUser": entry.other_id,
        "detail": dict(entry.detail),
        "createdAt": rfc3339(entry.created_at),
        "undoneAt": rfc3339(entry.undone_at),
    }


def _head(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "state": conversation.state,
        "title": conversation.title,
        "tags": list(conversation.tags),
        "fields": dict(conversation.fields),
        "pageUrl": conversation.page_url,
        "rating": conversation.rating,
        "ratingComment": conversation.rating_comment,
        "ratedAt": rfc3339(conversation.rated_at),
        "createdAt": rfc3339(conversation.created_at),
        "updatedAt": rfc3339(conversation.updated_at),
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "afterSeq": note.after_seq,
        "authorName": note.author_name,
        "body": note.body,
        "createdAt": rfc3339(note.created_at),
    }


def _mail(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "body": mail.body,
        "createdAt": rfc3339(mail.created_at),
        "sentAt": rfc3339(mail.sent_at),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "seq": message.seq,
        "author": {"kind": message.author_kind, "name": message.author_name},
        "body": message.body,
        "event": message.event,
        "assurance": message.assurance,
        "keyName": message.key_name,
        "attachments": [shown["id"] for shown in message.attachments or ()],
        "createdAt": rfc3339(message.created_at),
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "conversationId": attachment.conversation_id,
        "messageId": attachment.message_id,
        "uploadedBy": attachment.author_kind,
        "name": attachment.name,
        "mediaType": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.digest.hex(),
        "createdAt": rfc3339(attachment.created_at),
    }

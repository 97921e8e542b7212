"""Rows of attachments: who uploaded which file, and which message it is part of. The bytes are in `storage.files`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from whosthere.core.attachments import Usage
from whosthere.storage.connection import Row
from whosthere.storage.tables import attachments, conversations
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in, update_in


@dataclass(frozen=True, slots=True)
class Attachment:
    """One uploaded file.

    Attributes:
        record_id: the person whose conversation it belongs to, whoever uploaded it.
        conversation_id: `None` for a visitor's that has not been sent.
        message_id: `None` while it has not been sent.
        author_kind, author_id: who uploaded it.
        size: in bytes.
        digest: SHA-256 of the bytes.
        width, height: in pixels, of an image.
    """

    id: str
    record_id: str
    conversation_id: str | None
    message_id: str | None
    author_kind: str
    author_id: str
    name: str
    media_type: str
    size: int
    digest: bytes
    width: int | None
    height: int | None
    created_at: int

    @property
    def shown(self) -> dict[str, Any]:
        """What everybody who may read the message sees of it."""
        return {
            "id": self.id,
            "name": self.name,
            "mediaType": self.media_type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
        }


COLUMNS = [attachments.c[name] for name in Attachment.__dataclass_fields__]
"""What `from_row` reads."""

_ONE = select_in(attachments, columns=COLUMNS).where(attachments.c.id == bindparam("id"))
_ONE_WITH_OWNER = (
    select(*COLUMNS, conversations.c.record_id.label("owner_id"))
    .select_from(
        attachments.outerjoin(
            conversations,
            and_(
                conversations.c.platform_id == attachments.c.platform_id,
                conversations.c.id == attachments.c.conversation_id,
            ),
        )
    )
    .where(attachments.c.platform_id == PLATFORM, attachments.c.id == bindparam("id"))
)
_USAGE = select(func.count(), func.coalesce(func.sum(attachments.c.size), 0)).where(
    attachments.c.platform_id == PLATFORM,
    attachments.c.author_id == bindparam("by"),
    attachments.c.created_at > bindparam("since"),
)
_SEND = (
    update_in(attachments)
    .where(
        attachments.c.id == bindparam("b_id"),
        attachments.c.record_id == bindparam("b_record"),
        attachments.c.author_kind == bindparam("b_kind"),
        attachments.c.author_id == bindparam("b_author"),
        or_(attachments.c.conversation_id.is_(None), attachments.c.conversation_id == bindparam("b_conversation")),
        attachments.c.message_id.is_(None),
    )
    .values(message_id=bindparam("b_message"), conversation_id=bindparam("b_conversation"))
)
_unsent = (attachments.c.message_id.is_(None), attachments.c.created_at < bindparam("before"))
_UNSENT_NUMBER = select(func.count()).select_from(attachments).where(attachments.c.platform_id == PLATFORM, *_unsent)
_UNSENT = (
    select_in(attachments, columns=[attachments.c.id])
    .where(*_unsent)
    .order_by(attachments.c.created_at, attachments.c.id)
    .limit(bindparam("count"))
)
_DELETE_UNSENT = delete_in(attachments).where(attachments.c.id == bindparam("b_id"), attachments.c.message_id.is_(None))
_KNOWN = select_in(attachments, columns=[attachments.c.id]).where(
    attachments.c.id.in_(bindparam("ids", expanding=True))
)


def add(tenant: Tenant, attachment: Attachment) -> None:
    """Store a row whose file is already there."""
    tenant.add(attachments, **{name: getattr(attachment, name) for name in Attachment.__dataclass_fields__})


def find(tenant: Tenant, attachment_id: str) -> Attachment | None:
    """Return one attachment of the platform, or `None`."""
    row = tenant.run(_ONE, id=attachment_id).one_or_none()
    return None if row is None else from_row(row)


def find_with_owner(tenant: Tenant, attachment_id: str) -> tuple[Attachment, str | None] | None:
    """Return an attachment and whose conversation it is in, in one query; `None` for the owner of one in none."""
    row = tenant.run(_ONE_WITH_OWNER, id=attachment_id).one_or_none()
    return None if row is None else (from_row(row), row.owner_id)


def usage(tenant: Tenant, author_id: str, since: int) -> Usage:
    """Return what an author uploaded after an instant (epoch milliseconds)."""
    files, size = tenant.run(_USAGE, by=author_id, since=since).one()
    return Usage(int(files), int(size))


def send(tenant: Tenant, attachment: Attachment, *, conversation_id: str, message_id: str) -> bool:
    """Make a file part of a message of its author; `False` if that is not what it was, or is part of one already."""
    values = {
        "b_id": attachment.id,
        "b_record": attachment.record_id,
        "b_kind": attachment.author_kind,
        "b_author": attachment.author_id,
        "b_conversation": conversation_id,
        "b_message": message_id,
    }
    return tenant.run(_SEND, **values).rowcount == 1


def unsent_number(tenant: Tenant, before: int) -> int:
    """Return how many files were uploaded before an instant and never sent."""
    return int(tenant.run(_UNSENT_NUMBER, before=before).scalar_one())


def delete_unsent(tenant: Tenant, before: int, count: int) -> list[str]:
    """Delete the rows of at most `count` such files, and return their ids."""
    ids = list(tenant.run(_UNSENT, before=before, count=count).scalars())
    return [one for one in ids if tenant.run(_DELETE_UNSENT, b_id=one).rowcount]


def unknown(tenant: Tenant, ids: Sequence[str]) -> list[str]:
    """Return those of `ids` that no row has."""
    known = set(tenant.run(_KNOWN, ids=list(ids)).scalars()) if ids else set()
    return [one for one in ids if one not in known]


def from_row(row: Row) -> Attachment:
    """Read a row that holds the columns of `Attachment`."""
    return Attachment(*(getattr(row, name) for name in Attachment.__dataclass_fields__))

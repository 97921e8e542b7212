"""Everything that is stored of a person, read in pages, so that nobody has to hold all of it in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from whosthere.storage import attachments as attachment_rows
from whosthere.storage import conversations as conversation_rows
from whosthere.storage.attachments import Attachment
from whosthere.storage.conversations import Conversation
from whosthere.storage.outbox import Mail
from whosthere.storage.tables import attachments, conversations, messages, outbox, users
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in


@dataclass(frozen=True, slots=True)
class Standing:
    """What else stands beside a record, instants in epoch milliseconds."""

    blocked_at: int | None
    sealed: bool
    shadow: bool
    events: list[dict[str, Any]] | None = None


_STANDING = select_in(users, columns=[users.c[name] for name in Standing.__dataclass_fields__]).where(
    users.c.id == bindparam("id"), users.c.deleted_at.is_(None)
)
_CONVERSATIONS = (
    select_in(conversations, columns=conversation_rows.COLUMNS)
    .where(conversations.c.record_id == bindparam("of_record"), conversations.c.id > bindparam("after"))
    .order_by(conversations.c.id)
    .limit(bindparam("count"))
)
_CONVERSATION = select_in(conversations, columns=conversation_rows.COLUMNS).where(
    conversations.c.record_id == bindparam("of_record"), conversations.c.id == bindparam("id")
)
_of_person = (conversations.c.platform_id == PLATFORM) & (conversations.c.record_id == bindparam("of_record"))
_CONVERSATIONS_UNTIL = (
    select(func.count()).select_from(conversations).where(_of_person, conversations.c.id <= bindparam("until"))
)
_MESSAGES_UNTIL = (
    select(func.count())
    .select_from(
        messages.join(
            conversations,
            (conversations.c.platform_id == messages.c.platform_id)
            & (conversations.c.id == messages.c.conversation_id),
        )
    )
    .where(
        _of_person,
        messages.c.record_seq <= bindparam("last"),
        (conversations.c.id < bindparam("until"))
        | ((conversations.c.id == bindparam("until")) & (messages.c.seq <= bindparam("seq"))),
    )
)
_ATTACHMENTS = (
    select_in(attachments, columns=attachment_rows.COLUMNS)
    .where(attachments.c.record_id == bindparam("of_record"), attachments.c.id > bindparam("after"))
    .order_by(attachments.c.id)
    .limit(bindparam("count"))
)
_MAILS = (
    select_in(outbox, columns=[outbox.c[name] for name in Mail.__dataclass_fields__])
    .where(outbox.c.conversation_id == bindparam("of_conversation"), outbox.c.kind == "reply")
    .order_by(outbox.c.created_at, outbox.c.id)
)


def standing(tenant: Tenant, record_id: str) -> Standing | None:
    """Return how a record stands; `None` for one that is not there, or is being erased."""
    row: Any = tenant.run(_STANDING, id=record_id).one_or_none()
    return None if row is None else Standing(*row)


def conversation(tenant: Tenant, record_id: str, conversation_id: str) -> Conversation | None:
    """Return one of the person's conversations, if it is still there."""
    row = tenant.run(_CONVERSATION, of_record=record_id, id=conversation_id).one_or_none()
    return None if row is None else conversation_rows.from_row(row)


def numbers_until(tenant: Tenant, record_id: str, until: str, seq: int, last_record_seq: int) -> tuple[int, int]:
    """Return how many conversations there are up to one, and how many messages up to its `seq` that are not newer."""
    talks = tenant.run(_CONVERSATIONS_UNTIL, of_record=record_id, until=until).scalar_one()
    said = tenant.run(_MESSAGES_UNTIL, of_record=record_id, until=until, seq=seq, last=last_record_seq).scalar_one()
    return int(talks), int(said)


def conversations_after(tenant: Tenant, record_id: str, after: str, count: int) -> Sequence[Conversation]:
    """Return the person's conversations after an id."""
    rows = tenant.run(_CONVERSATIONS, of_record=record_id, after=after, count=count)
    return [conversation_rows.from_row(row) for row in rows]


def mails_of(tenant: Tenant, conversation_id: str) -> Sequence[Mail]:
    """Return the mails to the person about a conversation; those to the team are the team's."""
    return [Mail(*row) for row in tenant.run(_MAILS, of_conversation=conversation_id)]


def attachments_after(tenant: Tenant, record_id: str, after: str, count: int) -> Sequence[Attachment]:
    """Return the files of the person's conversations after an id, whoever uploaded them."""
    rows = tenant.run(_ATTACHMENTS, of_record=record_id, after=after, count=count)
    return [attachment_rows.from_row(row) for row in rows]

"""Taking the content of one message, or one file, out of everything that holds it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import JSON, BigInteger, bindparam, func, null

from whosthere.core.redaction import REDACTED
from whosthere.storage import search
from whosthere.storage.messages import Attachments, Message, excerpt
from whosthere.storage.tables import attachments, conversations, messages, outbox
from whosthere.storage.tenancy import Tenant, delete_in, select_in, update_in

_columns = [messages.c[name] for name in Message.__dataclass_fields__]
_ONE = select_in(messages, columns=_columns).where(messages.c.id == bindparam("id"))
_CHANGE = (
    update_in(messages)
    .where(messages.c.id == bindparam("b_id"))
    .values(
        body=bindparam("b_body"),
        event=bindparam("b_event"),
        attachments=bindparam("b_files", type_=JSON(none_as_null=True)),
        client_message_id=null(),  # the same one again would bring another content
    )
)
_REMOVE_FILE = delete_in(attachments).where(attachments.c.id == bindparam("b_id"))
_LAST_SAID = select_in(messages, columns=[func.max(messages.c.seq)]).where(
    messages.c.conversation_id == bindparam("of_conversation"), messages.c.author_kind != "system"
)
_SUMMARIZE = (
    update_in(conversations).where(conversations.c.id == bindparam("b_id")).values(last_body=bindparam("b_excerpt"))
)
_UNTITLE = update_in(conversations).where(conversations.c.id == bindparam("b_id")).values(title="", start_id=None)
# The mail that quotes an answer has the answer's id (`services.notices`); no other mail quotes anything.
_quotes = (outbox.c.id == bindparam("b_id")) & (outbox.c.kind == "reply")
_FORGET_WAITING = delete_in(outbox).where(_quotes, outbox.c.due_at.is_not(None))
_FORGET_MAIL = delete_in(outbox).where(_quotes)
_TELL_OF_OTHERS = (
    update_in(conversations)
    .where(conversations.c.id == bindparam("b_id"), conversations.c.user_unread > 0)
    .values(visitor_notice_at=func.coalesce(conversations.c.visitor_notice_at, bindparam("b_now", type_=BigInteger)))
)


def find(tenant: Tenant, message_id: str) -> Message | None:
    """Return one message of the platform, or `None`."""
    row = tenant.run(_ONE, id=message_id).one_or_none()
    return None if row is None else Message(*row)


def empty(tenant: Tenant, message: Message, now: int) -> Message:
    """Remove the content of a message, and the mail that quotes it; return what is left.

    If that mail was still to be sent, the visitor is told of what else they have not seen.
    """
    search.forget(tenant, [message.id])
    if tenant.run(_FORGET_WAITING, b_id=message.id).rowcount:
        tenant.run(_TELL_OF_OTHERS, b_id=message.conversation_id, b_now=now)
    tenant.run(_FORGET_MAIL, b_id=message.id)
    return _store(tenant, replace(message, body="", attachments=None, event=REDACTED))


def keep_files(tenant: Tenant, message: Message, kept: Attachments) -> Message:
    """Leave a message with fewer files than it had."""
    search.change(tenant, message.id, message.body, *(str(file["name"]) for file in kept or ()))
    return _store(tenant, replace(message, attachments=kept or None))


def remove_file(tenant: Tenant, attachment_id: str) -> None:
    """Delete the row of a file."""
    tenant.run(_REMOVE_FILE, b_id=attachment_id)


def _store(tenant: Tenant, message: Message) -> Message:
    """Store what is left of a message: there, and in the lists."""
    files = None if message.attachments is None else list(message.attachments)
    tenant.run(_CHANGE, b_id=message.id, b_body=message.body, b_event=message.event, b_files=files)
    last = tenant.run(_LAST_SAID, of_conversation=message.conversation_id).scalar_one()
    if last == message.seq:
        tenant.run(_SUMMARIZE, b_id=message.conversation_id, b_excerpt=excerpt(message))
    if message.seq == 1:  # the title was made of it
        tenant.run(_UNTITLE, b_id=message.conversation_id)
    return replace(message, client_message_id=None)

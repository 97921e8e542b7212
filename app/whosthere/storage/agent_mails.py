"""Mail that holds a credential, until it is sent; its content is encrypted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from whosthere.storage.connection import Connection
from whosthere.storage.tables import agent_mails


@dataclass(frozen=True, slots=True)
class SecretMail:
    """A mail that waits; `content` is encrypted."""

    id: str
    recipient: str
    content: str
    created_at: int
    due_at: int
    tries: int


_columns = [agent_mails.c[name] for name in SecretMail.__dataclass_fields__]
_this = agent_mails.c.id == bindparam("b_id")
_ADD = insert(agent_mails)
_DUE = (
    select(*_columns)
    .where(agent_mails.c.due_at <= bindparam("now"))
    .order_by(agent_mails.c.due_at)
    .limit(bindparam("count"))
)
_CLAIM = (
    update(agent_mails)
    .where(_this, agent_mails.c.due_at == bindparam("b_was"))
    .values(due_at=bindparam("b_until"), tries=agent_mails.c.tries + 1)
)
_LATER = update(agent_mails).where(_this).values(due_at=bindparam("b_due"))
_DELETE = delete(agent_mails).where(_this)


def add(connection: Connection, mail_id: str, recipient: str, content: str, now: int) -> None:
    """Queue one mail, due at once; `content` is encrypted already."""
    row = {"id": mail_id, "recipient": recipient, "content": content, "created_at": now, "due_at": now, "tries": 0}
    connection.execute(_ADD, row)


def due(connection: Connection, now: int, count: int) -> list[SecretMail]:
    """Return what is to be sent by now, longest due first."""
    return [SecretMail(*row) for row in connection.execute(_DUE, {"now": now, "count": count})]


def claim(connection: Connection, mail: SecretMail, until: int) -> bool:
    """Take a mail that is due, until an instant; `False` when somebody else was faster."""
    return connection.execute(_CLAIM, {"b_id": mail.id, "b_was": mail.due_at, "b_until": until}).rowcount == 1


def try_later(connection: Connection, mail_id: str, due_at: int) -> None:
    """Note when a mail that could not be sent is tried again."""
    connection.execute(_LATER, {"b_id": mail_id, "b_due": due_at})


def remove(connection: Connection, mail_id: str) -> None:
    """Forget a mail that was sent, or is given up."""
    connection.execute(_DELETE, {"b_id": mail_id})

"""Mail that holds a credential, until it is sent; its content is encrypted."""

from __future__ import annotations

from sqlalchemy import insert

from whosthere.storage.connection import Connection
from whosthere.storage.tables import agent_mails

_ADD = insert(agent_mails)


def add(connection: Connection, mail_id: str, recipient: str, content: str, now: int) -> None:
    """Queue one mail, due at once; `content` is encrypted already."""
    row = {"id": mail_id, "recipient": recipient, "content": content, "created_at": now, "due_at": now, "tries": 0}
    connection.execute(_ADD, row)

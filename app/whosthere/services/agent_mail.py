"""Mail that holds a credential: encrypted until it is sent, and shown to nobody."""

from __future__ import annotations

import json

from whosthere.services.runtime import Runtime
from whosthere.storage import agent_mails
from whosthere.storage.connection import Connection


def queue(runtime: Runtime, connection: Connection, recipient: str, subject: str, body: str) -> None:
    """Queue one mail within the transaction of what it tells of."""
    content = runtime.vault.encrypt(json.dumps({"subject": subject, "body": body}).encode())
    agent_mails.add(connection, runtime.new_id(), recipient, content, runtime.clock())

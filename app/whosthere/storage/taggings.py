"""The tags of conversations, as what finds them; `conversations.tags` holds the same, as what is shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import bindparam

from whosthere.storage.tables import taggings
from whosthere.storage.tenancy import Tenant, delete_in

_REMOVE = delete_in(taggings).where(
    taggings.c.conversation_id == bindparam("of_conversation"), taggings.c.tag == bindparam("that_tag")
)


def add(tenant: Tenant, conversation_id: str, tags: Iterable[str]) -> None:
    """Store tags that the conversation does not have yet.

    Raises:
        Conflict: it has one of them by now.
    """
    for tag in tags:
        # The same tag of the same conversation is the same row, whoever stores it.
        row_id = str(uuid.uuid5(uuid.UUID(conversation_id), tag))
        tenant.add(taggings, id=row_id, conversation_id=conversation_id, tag=tag)


def remove(tenant: Tenant, conversation_id: str, tags: Iterable[str]) -> None:
    """Remove tags of the conversation."""
    for tag in tags:
        tenant.run(_REMOVE, of_conversation=conversation_id, that_tag=tag)

"""Conversations that move from a browser's anonymous user to the person who logged in there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from whosthere.storage import users
from whosthere.storage.errors import Conflict
from whosthere.storage.tables import attachments, conversations, messages
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun without logging in: how many conversations, and the first one's time (epoch milliseconds)."""

    conversations: int
    started_at: int


_theirs = (
    conversations.c.record_id == bindparam("of_record"),
    conversations.c.created_at > bindparam("since"),
    conversations.c.state != "ended",
)
_BEGUN = select(func.count(), func.min(conversations.c.created_at)).where(
    conversations.c.platform_id == PLATFORM, *_theirs
)
_IDS = select_in(conversations, columns=[conversations.c.id]).where(*_theirs).order_by(conversations.c.id)
_MOVE_CONVERSATION = (
    update_in(conversations)
    .where(conversations.c.id == bindparam("b_id"), conversations.c.record_id == bindparam("b_from"))
    # The idempotency key was the anonymous user's; the person may have used the same one.
    .values(record_id=bindparam("b_to"), start_id=None)
)
_MOVE_MESSAGES = (
    update_in(messages)
    .where(messages.c.conversation_id == bindparam("b_id"))
    .values(record_id=bindparam("b_to"), record_seq=messages.c.record_seq + bindparam("b_base"))
)
_MOVE_ATTACHMENTS = (
    update_in(attachments).where(attachments.c.conversation_id == bindparam("b_id")).values(record_id=bindparam("b_to"))
)


def begun(tenant: Tenant, anonymous_id: str, since: int | None) -> Begun | None:
    """Return what the anonymous user began after an instant (`None`: ever), `None` for nothing."""
    number, started_at = tenant.run(_BEGUN, of_record=anonymous_id, since=-1 if since is None else since).one()
    return Begun(int(number), int(started_at)) if number else None


def begun_ids(tenant: Tenant, anonymous_id: str, since: int | None) -> Sequence[str]:
    """Return the ids of those conversations."""
    return tenant.run(_IDS, of_record=anonymous_id, since=-1 if since is None else since).scalars().all()


def move(tenant: Tenant, ids: Sequence[str], *, from_id: str, to_id: str) -> None:
    """Give conversations with all that is in them to another record, whose streams read them as new.

    Raises:
        Conflict: one of the records is gone, or a conversation is somebody else's by now.
    """
    # Nothing is appended to either record until the transaction ends; and the numbers that the messages get there are
    # later than all that the record has.
    last = users.lock(tenant, from_id)
    end = None if last is None else users.lock(tenant, to_id, more=last)
    if last is None or end is None:
        raise Conflict("one of the records is gone")
    for one in ids:
        if tenant.run(_MOVE_CONVERSATION, b_id=one, b_from=from_id, b_to=to_id).rowcount != 1:
            raise Conflict("the conversation is somebody else's by now")
        tenant.run(_MOVE_MESSAGES, b_id=one, b_to=to_id, b_base=end - last)
        tenant.run(_MOVE_ATTACHMENTS, b_id=one, b_to=to_id)

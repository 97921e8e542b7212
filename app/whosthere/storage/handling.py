"""What the team does with a conversation beside answering it: whose it is, its tags, and where it is kept.

None of it is the visitor's business: nothing here touches the log, or the time by which lists are ordered, except that
what comes back from being snoozed comes back to the top.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, bindparam, case, null

from whosthere.core.notices import AGENTS_NOTICE_MS
from whosthere.storage import taggings
from whosthere.storage.columns import ID
from whosthere.storage.tables import conversations
from whosthere.storage.tenancy import Tenant, select_in, update_in

_row = conversations.c
_this = _row.id == bindparam("b_id")
_now = bindparam("b_now", type_=BigInteger)
# Who waits has waited long enough, but the team has it in sight again only now.
_notice = case((_row.waiting_since.is_not(None), _now + AGENTS_NOTICE_MS), else_=null())
_IN_INBOX: dict[str, Any] = {"place": "inbox", "snoozed_until": None, "agents_notice_at": _notice}

_ASSIGN = update_in(conversations).where(_this).values(assignee_id=bindparam("b_agent", type_=ID))
_LOCK_TAGS = update_in(conversations).where(_this).values(place=_row.place).returning(_row.tags)
_SET_TAGS = update_in(conversations).where(_this).values(tags=bindparam("b_tags", type_=JSON))
_SNOOZE = (
    update_in(conversations)
    .where(_this, _row.state == "open", _row.place != "spam")
    .values(place="snoozed", snoozed_until=bindparam("b_until"), agents_notice_at=None)
)
_WAKE = update_in(conversations).where(_this, _row.place == "snoozed").values(_IN_INBOX)
_WAKE_DUE = (
    update_in(conversations)
    .where(_this, _row.place == "snoozed", _row.snoozed_until <= _now)
    .values(_IN_INBOX | {"updated_at": _now})
)
_DUE = (
    select_in(conversations, columns=[_row.id])
    .where(_row.snoozed_until.is_not(None), _row.snoozed_until <= bindparam("now"))
    .order_by(_row.snoozed_until)
    .limit(bindparam("count"))
)
_MARK_SPAM = (
    update_in(conversations)
    .where(_this, _row.place != "spam")
    .values(place="spam", snoozed_until=None, agents_notice_at=None, visitor_notice_at=None)
)
_UNMARK_SPAM = update_in(conversations).where(_this, _row.place == "spam").values(_IN_INBOX)


def assign(tenant: Tenant, conversation_id: str, agent_id: str | None) -> None:
    """Make the conversation an agent's, or nobody's."""
    tenant.run(_ASSIGN, b_id=conversation_id, b_agent=agent_id)


def lock_tags(tenant: Tenant, conversation_id: str) -> list[str]:
    """Return the conversation's tags, which nobody else changes until the transaction ends."""
    return list(tenant.run(_LOCK_TAGS, b_id=conversation_id).scalar_one_or_none() or ())


def set_tags(tenant: Tenant, conversation_id: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Replace the tags `before`, which were locked, by `after`; neither names one twice."""
    taggings.remove(tenant, conversation_id, [tag for tag in before if tag not in after])
    taggings.add(tenant, conversation_id, [tag for tag in after if tag not in before])
    tenant.run(_SET_TAGS, b_id=conversation_id, b_tags=list(after))


def snooze(tenant: Tenant, conversation_id: str, until: int) -> bool:
    """Put an open conversation out of sight until an instant; `False` if it is not open, or spam."""
    return tenant.run(_SNOOZE, b_id=conversation_id, b_until=until).rowcount == 1


def wake(tenant: Tenant, conversation_id: str, now: int) -> None:
    """Bring a snoozed conversation back."""
    tenant.run(_WAKE, b_id=conversation_id, b_now=now)


def due(tenant: Tenant, now: int, count: int) -> Sequence[str]:
    """Return the ids of at most `count` snoozed conversations whose time has come."""
    return tenant.run(_DUE, now=now, count=count).scalars().all()


def wake_due(tenant: Tenant, conversation_id: str, now: int) -> bool:
    """Bring a snoozed conversation back to the top of the inbox, if its time has come."""
    return tenant.run(_WAKE_DUE, b_id=conversation_id, b_now=now).rowcount == 1


def mark_spam(tenant: Tenant, conversation_id: str) -> None:
    """Put the conversation among the spam: nobody is told of it any more."""
    tenant.run(_MARK_SPAM, b_id=conversation_id)


def unmark_spam(tenant: Tenant, conversation_id: str, now: int) -> None:
    """Put the conversation back into the inbox."""
    tenant.run(_UNMARK_SPAM, b_id=conversation_id, b_now=now)

"""Mail about conversations: queued with what it tells of, sent later, kept for admins to read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam

from whosthere.storage.conversations import Position
from whosthere.storage.tables import outbox
from whosthere.storage.tenancy import Tenant, select_in, update_in


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `kind` is reply, waiting or mention.

    Attributes:
        due_at: when it is sent next; `None` once it is sent, or given up.
        tries: how often sending it was begun.
        error: why the last try failed, without any secret.
    """

    id: str
    kind: str
    conversation_id: str | None
    recipient: str
    subject: str
    body: str
    created_at: int
    due_at: int | None
    sent_at: int | None = None
    tries: int = 0
    error: str | None = None


_columns = [outbox.c[name] for name in Mail.__dataclass_fields__]
_this = outbox.c.id == bindparam("b_id")
_ONE = select_in(outbox, columns=_columns).where(outbox.c.id == bindparam("id"))
_DUE = (
    select_in(outbox, columns=_columns)
    .where(outbox.c.due_at.is_not(None), outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at)
    .limit(bindparam("count"))
)
_CLAIM = (
    update_in(outbox)
    .where(_this, outbox.c.due_at == bindparam("b_was"))
    .values(due_at=bindparam("b_until"), tries=outbox.c.tries + 1)
)
_SENT = update_in(outbox).where(_this).values(due_at=None, sent_at=bindparam("b_now"), error=None)
_FAILED = update_in(outbox).where(_this).values(due_at=bindparam("b_due"), error=bindparam("b_error"))
_AGAIN = (
    update_in(outbox)
    .where(_this, outbox.c.sent_at.is_(None))
    .values(due_at=bindparam("b_now", type_=BigInteger), tries=0, error=None)
)
_before = (outbox.c.created_at < bindparam("before_at")) | (
    (outbox.c.created_at == bindparam("before_at")) & (outbox.c.id < bindparam("before_id"))
)
_NEWEST = (
    select_in(outbox, columns=_columns)
    .where(outbox.c.created_at <= bindparam("before_at"), _before)
    .order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
    .limit(bindparam("count"))
)
STATES = {
    "": _NEWEST,
    "waiting": _NEWEST.where(outbox.c.due_at.is_not(None)),
    "sent": _NEWEST.where(outbox.c.sent_at.is_not(None)),
    "failed": _NEWEST.where(outbox.c.due_at.is_(None), outbox.c.sent_at.is_(None)),
}
"""What a list may be narrowed down to."""

_LATELY = (
    select_in(outbox, columns=[outbox.c.id])
    .where(
        outbox.c.created_at > bindparam("since"),
        outbox.c.recipient == bindparam("wanted"),
        outbox.c.kind == bindparam("wanted_kind"),
    )
    .limit(bindparam("count"))
)


def add(tenant: Tenant, mail: Mail) -> None:
    """Queue one mail."""
    tenant.add(outbox, **{name: getattr(mail, name) for name in Mail.__dataclass_fields__})


def find(tenant: Tenant, mail_id: str) -> Mail | None:
    """Return one mail, or `None`."""
    row = tenant.run(_ONE, id=mail_id).one_or_none()
    return None if row is None else Mail(*row)


def due(tenant: Tenant, now: int, count: int) -> list[Mail]:
    """Return what is to be sent by now, longest due first."""
    return [Mail(*row) for row in tenant.run(_DUE, now=now, count=count)]


def claim(tenant: Tenant, mail: Mail, until: int) -> bool:
    """Take a mail that is due, until an instant; `False` when somebody else was faster."""
    return tenant.run(_CLAIM, b_id=mail.id, b_was=mail.due_at, b_until=until).rowcount == 1


def mark_sent(tenant: Tenant, mail_id: str, now: int) -> None:
    """Note that a mail is on its way."""
    tenant.run(_SENT, b_id=mail_id, b_now=now)


def mark_failed(tenant: Tenant, mail_id: str, error: str, due_at: int | None) -> None:
    """Note that a mail could not be sent, and when it is tried again; never, with `None`."""
    tenant.run(_FAILED, b_id=mail_id, b_error=error, b_due=due_at)


def send_again(tenant: Tenant, mail_id: str, now: int) -> bool:
    """Make a mail due that was not sent; `False` for any other."""
    return tenant.run(_AGAIN, b_id=mail_id, b_now=now).rowcount == 1


def newest(tenant: Tenant, state: str, before: Position, count: int) -> list[Mail]:
    """Return the mails of a state before a position (`created_at`, id), newest first."""
    return [Mail(*row) for row in tenant.run(STATES[state], before_at=before[0], before_id=before[1], count=count)]


def lately(tenant: Tenant, recipient: str, kind: str, since: int, count: int) -> int:
    """Return how many mails of a kind somebody got since an instant, `count` at most."""
    return len(tenant.run(_LATELY, since=since, wanted=recipient, wanted_kind=kind, count=count).all())

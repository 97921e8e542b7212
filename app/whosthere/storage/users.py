"""Records: the facts that resolution looks at, and the storing of what it decides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, false, func, literal, true, union_all

from whosthere.core.contact import Contact
from whosthere.core.emails import lookup_key
from whosthere.core.history import Beside
from whosthere.core.resolution import Facts, Record
from whosthere.storage import platforms, search
from whosthere.storage.connection import Row
from whosthere.storage.errors import Conflict
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant, select_in, update_in

LAST_SEEN_RESOLUTION_MS = 60_000


@dataclass(frozen=True, slots=True)
class User:
    """A stored record with what agents see of it beyond resolution."""

    record: Record
    anonymous: bool
    created_at: int
    last_seen_at: int
    language: str | None
    page_url: str | None
    contact_name: str | None
    contact_email: str | None

    @property
    def contact(self) -> Contact:
        """What the person left in the chat about themselves."""
        return Contact(self.contact_name, self.contact_email)


@dataclass(frozen=True, slots=True)
class Visit:
    """When and where somebody is at this moment; `now` in epoch milliseconds."""

    now: int
    language: str | None = None
    page_url: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of one claim; of each record in them, when it was last seen, what was left in the chat, and the
    generation of its sessions; and which of them are blocked."""

    facts: Facts
    last_seen_at: dict[str, int]
    contacts: dict[str, Contact]
    generations: dict[str, int]
    blocked: frozenset[str] = frozenset()


_of_user = tuple(name for name in User.__dataclass_fields__ if name != "record")
COLUMNS = [users.c[name] for name in (*Record.__dataclass_fields__, *_of_user)]
"""What `user_from_row` reads."""

_alive = users.c.deleted_at.is_(None)
_record = [users.c[name] for name in Record.__dataclass_fields__]
_beside = [
    users.c[name] for name in ("last_seen_at", "contact_name", "contact_email", "session_generation", "blocked_at")
]
_FACTS = union_all(
    select_in(users, columns=[literal(True).label("by_user_id"), *_beside, *_record]).where(
        # `shadow` stands before the digest in the unique index: naming both of its values lets the index be used
        users.c.shadow.in_((false(), true())),
        users.c.user_id_digest == bindparam("digest"),
        _alive,
    ),
    select_in(users, columns=[literal(False).label("by_user_id"), *_beside, *_record]).where(
        users.c.email_key == bindparam("wanted_email"), _alive
    ),
)
_ONE = select_in(users).where(users.c.id == bindparam("id"), _alive)
_DECIDED = (
    "user_id",
    "user_id_digest",
    "user_id_proven",
    "email",
    "email_key",
    "email_proven",
    "name",
    "name_proven",
    "claimed_user_id",
    "claimed_email",
    "sealed",
)
_visit: dict[str, Any] = {
    # A visit that does not say where it is leaves what an earlier one said.
    "last_seen_at": func.coalesce(bindparam("seen_at"), users.c.last_seen_at),
    "language": func.coalesce(bindparam("seen_language"), users.c.language),
    "page_url": func.coalesce(bindparam("seen_page"), users.c.page_url),
}
_STORE = (
    update_in(users)
    .where(
        users.c.id == bindparam("b_id"),
        # The record must still be the one the decision was made about, or the race was lost: a claimed visitor's
        # decision that comes late must not undo what a verified one has proven meanwhile.
        *(users.c[column].is_not_distinct_from(bindparam(f"old_{column}")) for column in _DECIDED),
        _alive,
    )
    .values({column: bindparam(f"new_{column}") for column in _DECIDED} | _visit)
)
_SEEN = update_in(users).where(users.c.id == bindparam("b_id"), _alive).values(_visit)
_LEAVE = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), _alive)
    .values(
        contact_name=func.coalesce(bindparam("left_name"), users.c.contact_name),
        contact_email=func.coalesce(bindparam("left_email"), users.c.contact_email),
    )
)
_FORGET_CONTACT = update_in(users).where(users.c.id == bindparam("b_id")).values(contact_name=None, contact_email=None)
_BESIDE = (
    update_in(users)
    .where(
        users.c.id == bindparam("b_id"),
        # Of two logins at once one comes first, and the other one learns of it.
        users.c.logged_in_id.is_not_distinct_from(bindparam("old_logged_in")),
        users.c.history_since.is_not_distinct_from(bindparam("old_since")),
        _alive,
    )
    .values(logged_in_id=bindparam("new_logged_in"), history_since=bindparam("new_since"))
)
_LOCK = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), _alive)
    .values(last_record_seq=users.c.last_record_seq + bindparam("b_more"))
    .returning(users.c.last_record_seq)
)
_END_SESSIONS = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), _alive)
    .values(session_generation=users.c.session_generation + 1)
)


def digest(user_id: str) -> bytes:
    """Return the SHA-256 by which a userId is unique and found."""
    return hashlib.sha256(user_id.encode()).digest()


def facts(tenant: Tenant, *, user_id: str | None, email: str | None) -> Found:
    """Return every record with this userId and every record with this email key, in one query."""
    rows = tenant.run(
        _FACTS,
        digest=None if user_id is None else digest(user_id),
        wanted_email=None if email is None else lookup_key(email),
    ).all()
    return Found(
        facts=Facts(
            by_user_id=tuple(record_from_row(row) for row in rows if row.by_user_id),
            by_email=tuple(record_from_row(row) for row in rows if not row.by_user_id),
        ),
        last_seen_at={row.id: row.last_seen_at for row in rows},
        contacts={row.id: Contact(row.contact_name, row.contact_email) for row in rows},
        generations={row.id: row.session_generation for row in rows},
        blocked=frozenset(row.id for row in rows if row.blocked_at is not None),
    )


def find(tenant: Tenant, user_record_id: str) -> User | None:
    """Return one record that is not deleted, or `None`."""
    row = tenant.run(_ONE, id=user_record_id).one_or_none()
    return None if row is None else user_from_row(row)


def add(tenant: Tenant, record: Record, visit: Visit, *, anonymous: bool = False) -> None:
    """Store a new record.

    Raises:
        Conflict: somebody else was faster (one record per userId, one email-only record per email key).
    """
    tenant.add(
        users,
        id=record.id,
        anonymous=anonymous,
        shadow=record.shadow,
        created_at=visit.now,
        last_seen_at=visit.now,
        language=visit.language,
        page_url=visit.page_url,
        **_columns(record),
    )
    if not anonymous:
        search.add(tenant, search.Kind.USER, record.id, *search.known_of(record))


def store(tenant: Tenant, before: Record, after: Record, visit: Visit | None) -> None:
    """Turn the record `before` into `after`.

    Args:
        visit: `None` when it is not the person of this record who is here.

    Raises:
        Conflict: the stored record is not `before` any more.
    """
    old = {f"old_{column}": value for column, value in _columns(before).items()}
    new = {f"new_{column}": value for column, value in _columns(after).items()}
    if tenant.run(_STORE, b_id=before.id, **old, **new, **_seen(visit)).rowcount != 1:
        raise Conflict("the record changed meanwhile")
    search.refresh_person(tenant, before.id)


def mark_seen(tenant: Tenant, record_id: str, visit: Visit) -> None:
    """Note that the person was just here."""
    tenant.run(_SEEN, b_id=record_id, **_seen(visit))


def leave_contact(tenant: Tenant, record_id: str, contact: Contact) -> None:
    """Keep what the person left in the chat; what was not left stays as it is."""
    tenant.run(_LEAVE, b_id=record_id, left_name=contact.name, left_email=contact.email)
    search.refresh_person(tenant, record_id)


def forget_contact(tenant: Tenant, record_id: str) -> None:
    """Forget what was left in the chat: it may not have been this person who left it."""
    tenant.run(_FORGET_CONTACT, b_id=record_id)
    search.refresh_person(tenant, record_id)


def put_beside(tenant: Tenant, anonymous_id: str, before: Beside, after: Beside) -> None:
    """Note who is logged in beside an anonymous user.

    Raises:
        Conflict: that changed meanwhile.
    """
    old = {"old_logged_in": before.record_id, "old_since": before.since}
    new = {"new_logged_in": after.record_id, "new_since": after.since}
    if tenant.run(_BESIDE, b_id=anonymous_id, **old, **new).rowcount != 1:
        raise Conflict("somebody else logged in or out meanwhile")


def lock(tenant: Tenant, record_id: str, more: int = 0) -> int | None:
    """Lock a record's row until the transaction ends, and reserve `more` numbers of its `record_seq`.

    Returns:
        The last number that is taken then; `None` for a record that is not there.
    """
    taken: int | None = tenant.run(_LOCK, b_id=record_id, b_more=more).scalar_one_or_none()
    return taken


def end_sessions(tenant: Tenant, record_id: str) -> bool:
    """End every session of the record that was opened until now; `False` for a record that is not there.

    By a number, not by the time: a clock that is put back brings none of them back, and refuses no new one.
    """
    platforms.raise_access(tenant.connection, tenant.platform_id)  # streams that miss their wake-up find out by it
    return tenant.run(_END_SESSIONS, b_id=record_id).rowcount == 1


def record_from_row(row: Row, prefix: str = "") -> Record:
    """Read the part of a row of `users` that resolution looks at; `prefix` is that of its column labels."""
    return Record(*_fields(prefix, *Record.__dataclass_fields__)(row))


def user_from_row(row: Row, prefix: str = "") -> User:
    """Read a row that holds all columns of `users`."""
    return User(record_from_row(row, prefix), *_fields(prefix, *_of_user)(row))


@cache
def _fields(prefix: str, *names: str) -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*(f"{prefix}{name}" for name in names))


def _seen(visit: Visit | None) -> dict[str, Any]:
    if visit is None:
        return {"seen_at": None, "seen_language": None, "seen_page": None}
    return {"seen_at": visit.now, "seen_language": visit.language, "seen_page": visit.page_url}


def _columns(record: Record) -> dict[str, Any]:
    return {
        "user_id": record.user_id,
        "user_id_digest": None if record.user_id is None else digest(record.user_id),
        "user_id_proven": record.user_id_proven,
        "email": record.email,
        "email_key": None if record.email is None else lookup_key(record.email),
        "email_proven": record.email_proven,
        "name": record.name,
        "name_proven": record.name_proven,
        "claimed_user_id": record.claimed_user_id,
        "claimed_email": record.claimed_email,
        "sealed": record.sealed,
    }

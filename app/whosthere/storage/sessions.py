"""What decides whether a signed widget session may still act, read in one query."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, literal, select, true

from whosthere.core.contact import Contact
from whosthere.core.history import Beside
from whosthere.core.sessions import Session
from whosthere.storage import conversations as conversation_rows
from whosthere.storage import platforms as platform_rows
from whosthere.storage import users as user_rows
from whosthere.storage.connection import Row
from whosthere.storage.conversations import Conversation
from whosthere.storage.platforms import Platform
from whosthere.storage.tables import conversations, ended_anonymous, keys, platforms, revoked_sessions, users
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in
from whosthere.storage.users import User


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The present state of everything a session depends on.

    Attributes:
        key_ends_at: end of the key that proved the session, epoch milliseconds; `None` for a key without an end.
        key_exists: whether that key is there and not deleted.
        user: the record, `None` while an anonymous visitor has not said anything yet, or when it was deleted.
        user_deleted: the record existed and was deleted.
        session_generation: that of the record; 0 while it has no row.
    """

    platform: Platform
    revoked: bool
    anonymous_ended: bool
    key_exists: bool
    key_name: str | None
    key_ends_at: int | None
    user: User | None
    user_deleted: bool
    session_generation: int


@dataclass(frozen=True, slots=True)
class Departures:
    """What may have ended sessions of a platform lately.

    Attributes:
        access_version: raised by every change that may end several sessions.
        gone: ids of sessions that were revoked, and of anonymous users that ended.
    """

    access_version: int
    gone: frozenset[str]


@dataclass(frozen=True, slots=True)
class AnonymousState:
    """What is known of an anonymous user.

    Attributes:
        ended: whether it was ended at the server, or deleted.
        last_active_at: when it last said something, epoch milliseconds; `None` while it has no row.
        contact: what was left in the chat.
        beside: who is logged in in its browser.
        generation: that of its sessions.
    """

    ended: bool
    last_active_at: int | None
    contact: Contact
    beside: Beside
    generation: int = 0
    blocked: bool = False

    @property
    def has_row(self) -> bool:
        """Whether it has said something."""
        return self.last_active_at is not None


_columns = (
    *platform_rows.COLUMNS,
    keys.c.id.label("key_id"),
    keys.c.name.label("key_name"),
    keys.c.ends_at.label("key_ends_at"),
    revoked_sessions.c.id.label("revoked_id"),
    ended_anonymous.c.id.label("ended_id"),
    *(column.label(f"u_{column.name}") for column in user_rows.COLUMNS),
    users.c.deleted_at.label("u_deleted_at"),
    users.c.session_generation.label("u_session_generation"),
)
_conversation_columns = [column.label(f"c_{column.name}") for column in conversation_rows.COLUMNS]
_sources = (
    platforms.outerjoin(
        keys,
        (keys.c.platform_id == platforms.c.id) & (keys.c.id == bindparam("key_id")) & keys.c.deleted_at.is_(None),
    )
    .outerjoin(
        revoked_sessions,
        (revoked_sessions.c.platform_id == platforms.c.id) & (revoked_sessions.c.id == bindparam("session_id")),
    )
    .outerjoin(
        ended_anonymous,
        (ended_anonymous.c.platform_id == platforms.c.id) & (ended_anonymous.c.id == bindparam("record_id")),
    )
    .outerjoin(users, (users.c.platform_id == platforms.c.id) & (users.c.id == bindparam("record_id")))
)
_with_conversation = _sources.outerjoin(
    conversations,
    (conversations.c.platform_id == platforms.c.id) & (conversations.c.id == bindparam("conversation_id")),
)
_FACTS = select(*_columns).select_from(_sources).where(platforms.c.id == PLATFORM)
_FACTS_AND_CONVERSATION = (
    select(*_columns, *_conversation_columns).select_from(_with_conversation).where(platforms.c.id == PLATFORM)
)
_LATELY_REVOKED = select_in(revoked_sessions, columns=[revoked_sessions.c.id]).where(
    revoked_sessions.c.revoked_at >= bindparam("since")
)
_LATELY_ENDED = select_in(ended_anonymous, columns=[ended_anonymous.c.id]).where(
    ended_anonymous.c.ended_at >= bindparam("since")
)
_ACCESS_VERSION = select(platforms.c.access_version).where(platforms.c.id == PLATFORM)
_REVOKED = select_in(revoked_sessions, columns=[revoked_sessions.c.id]).where(
    revoked_sessions.c.id == bindparam("session_id")
)
_ENDED = select_in(ended_anonymous, columns=[ended_anonymous.c.id]).where(
    ended_anonymous.c.id == bindparam("anonymous_id")
)
_of_anonymous = (
    users.c.last_seen_at,
    users.c.deleted_at,
    users.c.contact_name,
    users.c.contact_email,
    users.c.logged_in_id,
    users.c.history_since,
    users.c.session_generation,
    users.c.blocked_at,
)
_this_anonymous = select_in(users, columns=_of_anonymous).where(users.c.id == bindparam("anonymous_id")).subquery()
_ANONYMOUS = select(_ENDED.exists().label("ended"), *_this_anonymous.c).select_from(
    # one row, whether the anonymous user has one or not
    select(literal(1).label("always")).subquery().outerjoin(_this_anonymous, true())
)


def facts(tenant: Tenant, session: Session) -> SessionFacts | None:
    """Return what the session depends on; `None` when its platform is gone."""
    row = tenant.run(_FACTS, **_names(session)).one_or_none()
    return None if row is None else _read(row)


def facts_and_conversation(
    tenant: Tenant, session: Session, conversation_id: str
) -> tuple[SessionFacts | None, Conversation | None]:
    """Return the facts together with a conversation of the platform, anybody's, in one query."""
    row = tenant.run(_FACTS_AND_CONVERSATION, conversation_id=conversation_id, **_names(session)).one_or_none()
    if row is None:
        return None, None
    return _read(row), None if row.c_id is None else conversation_rows.from_row(row, "c_")


def _names(session: Session) -> dict[str, str | None]:
    return {"session_id": session.id, "record_id": session.record_id, "key_id": session.key_id}


def _read(row: Row) -> SessionFacts:
    deleted = row.u_deleted_at is not None
    return SessionFacts(
        platform=platform_rows.from_row(row),
        revoked=row.revoked_id is not None,
        anonymous_ended=row.ended_id is not None,
        key_exists=row.key_id is not None,
        key_name=row.key_name,
        key_ends_at=row.key_ends_at,
        user=None if row.u_id is None or deleted else user_rows.user_from_row(row, "u_"),
        user_deleted=deleted,
        session_generation=row.u_session_generation or 0,
    )


def revoke(tenant: Tenant, session_id: str, *, expires_at: int, now: int) -> bool:
    """Revoke a session until it would have expired anyway; `False` when it was revoked already.

    Raises:
        Conflict: somebody else is revoking it at this moment.
    """
    if tenant.run(_REVOKED, session_id=session_id).one_or_none() is not None:
        return False
    tenant.add(revoked_sessions, id=session_id, revoked_at=now, expires_at=expires_at)
    return True


def departures(tenant: Tenant, since: int) -> Departures:
    """Return what may have ended sessions since an instant (epoch milliseconds)."""
    revoked = tenant.run(_LATELY_REVOKED, since=since).scalars()
    ended = tenant.run(_LATELY_ENDED, since=since).scalars()
    version = tenant.run(_ACCESS_VERSION).scalar_one_or_none()
    return Departures(-1 if version is None else version, frozenset([*revoked, *ended]))


def end_anonymous(tenant: Tenant, anonymous_id: str, now: int) -> bool:
    """End an anonymous user for good, even one that never had a row; `False` when it had ended already."""
    if tenant.run(_ENDED, anonymous_id=anonymous_id).one_or_none() is not None:
        return False
    tenant.add(ended_anonymous, id=anonymous_id, ended_at=now)
    return True


def anonymous_state(tenant: Tenant, anonymous_id: str) -> AnonymousState:
    """Return what the server knows of an anonymous user whose token a browser brought, in one query."""
    row = tenant.run(_ANONYMOUS, anonymous_id=anonymous_id).one()
    return AnonymousState(
        ended=bool(row.ended) or row.deleted_at is not None,
        last_active_at=row.last_seen_at,
        contact=Contact(row.contact_name, row.contact_email),
        beside=Beside(row.logged_in_id, row.history_since),
        generation=row.session_generation or 0,
        blocked=row.blocked_at is not None,
    )

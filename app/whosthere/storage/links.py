"""Links that let somebody in once: invitations, and ways to a new password. Stored as digests only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, delete, insert, select, update

from whosthere.core.emails import lookup_key
from whosthere.storage.connection import Connection
from whosthere.storage.tables import agent_links


class Kind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - a kind, not a secret


@dataclass(frozen=True, slots=True)
class Link:
    """One of them; instants in epoch milliseconds.

    Attributes:
        email: whom it is for, in the spelling by which addresses are found.
        agent_id: whose password it sets; `None` for an invitation.
        platform_id, role: what an invitation is to; `None` for a way to a new password.
        invited_by: the agent who made it; `None` for the command line, and for who asked for themselves.
    """

    id: str
    kind: str
    email: str
    agent_id: str | None
    platform_id: str | None
    role: str | None
    invited_by: str | None
    created_at: int
    expires_at: int


_FIELDS = tuple(Link.__dataclass_fields__)
_link = agent_links.c
_open = (_link.used_at.is_(None), _link.expires_at > bindparam("now"))
_columns = [_link[name] for name in _FIELDS]
_ONE = select(*_columns).where(_link.digest == bindparam("secret"), _link.kind == bindparam("of_kind"), *_open)
_PENDING = (
    select(*_columns)
    .where(_link.platform_id == bindparam("platform"), _link.kind == Kind.INVITATION.value, *_open)
    .order_by(_link.created_at.desc(), _link.id.desc())
)
_ADD = insert(agent_links)
_REMOVE = delete(agent_links).where(_link.id == bindparam("b_id"))
_USE = update(agent_links).where(_link.id == bindparam("b_id"), *_open).values(used_at=bindparam("now"))
_REVOKE = (
    update(agent_links)
    .where(
        _link.id == bindparam("b_id"),
        _link.platform_id == bindparam("platform"),
        _link.kind == Kind.INVITATION.value,
        *_open,
    )
    .values(used_at=bindparam("now"))
)
_END_INVITATIONS = (
    update(agent_links)
    .where(
        _link.email == bindparam("b_email"),
        _link.platform_id == bindparam("platform"),
        _link.kind == Kind.INVITATION.value,
        _link.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
)
_END_OF_AGENT = (
    update(agent_links)
    .where(_link.agent_id == bindparam("b_agent"), _link.kind == Kind.PASSWORD.value, _link.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


def add(connection: Connection, link: Link, digest: bytes) -> None:
    """Store a link by the digest of its secret."""
    row = {name: getattr(link, name) for name in _FIELDS}
    connection.execute(_ADD, {**row, "email": lookup_key(link.email), "digest": digest})


def find(connection: Connection, kind: Kind, digest: bytes, now: int) -> Link | None:
    """Return the link behind a digest while it can be used."""
    values = {"secret": digest, "of_kind": kind.value, "now": now}
    row = connection.execute(_ONE, values).one_or_none()
    return None if row is None else Link(**row._mapping)


def pending(connection: Connection, platform_id: str, now: int) -> list[Link]:
    """Return the invitations to a platform that nobody has accepted yet, newest first."""
    return [Link(**row._mapping) for row in connection.execute(_PENDING, {"platform": platform_id, "now": now})]


def use(connection: Connection, link_id: str, now: int) -> bool:
    """Use a link up; `False` when somebody was faster."""
    return connection.execute(_USE, {"b_id": link_id, "now": now}).rowcount > 0


def revoke(connection: Connection, platform_id: str, link_id: str, now: int) -> bool:
    """End an invitation; `False` when there is no open one with this id."""
    return connection.execute(_REVOKE, {"b_id": link_id, "platform": platform_id, "now": now}).rowcount > 0


def end_invitations(connection: Connection, email: str, platform_id: str, now: int) -> None:
    """End every invitation of this address to this platform."""
    values = {"b_email": lookup_key(email), "platform": platform_id, "now": now}
    connection.execute(_END_INVITATIONS, values)


def end_of_agent(connection: Connection, agent_id: str, now: int) -> None:
    """End every way to a new password of this agent."""
    connection.execute(_END_OF_AGENT, {"b_agent": agent_id, "now": now})


def remove(connection: Connection, link_id: str) -> None:
    """Delete a link."""
    connection.execute(_REMOVE, {"b_id": link_id})

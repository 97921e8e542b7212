"""Agents and the platforms they serve. Global, and small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from whosthere.core.emails import lookup_key
from whosthere.storage.connection import Connection, Row
from whosthere.storage.tables import agents, memberships, platforms


@dataclass(frozen=True, slots=True)
class Agent:
    """A person of a support team.

    Attributes:
        available: whether they say that they are there.
        preferences: what is stored of them; `core.preferences.complete` adds the rest.
        totp_secret: encrypted; `None` without a second factor.
    """

    id: str
    email: str
    name: str
    password_hash: str = field(repr=False)
    created_at: int
    disabled_at: int | None
    available: bool = True
    preferences: Mapping[str, Any] = field(default_factory=dict)
    totp_secret: str | None = field(default=None, repr=False)

    @property
    def has_second_factor(self) -> bool:
        """Whether a password alone does not let them in."""
        return self.totp_secret is not None


@dataclass(frozen=True, slots=True)
class Membership:
    """An agent's role on a platform, with the platform's name."""

    platform_id: str
    platform_name: str
    role: str


COLUMNS = [agents.c[name] for name in Agent.__dataclass_fields__]
_BY_EMAIL = select(*COLUMNS).where(agents.c.email_key == bindparam("key"))
_BY_ID = select(*COLUMNS).where(agents.c.id == bindparam("id"))
_LOCKED = select(*COLUMNS).where(agents.c.id == bindparam("id")).with_for_update()
_MEMBERSHIPS = (
    select(memberships.c.platform_id, platforms.c.name.label("platform_name"), memberships.c.role)
    .join_from(memberships, platforms, platforms.c.id == memberships.c.platform_id)
    .where(memberships.c.agent_id == bindparam("agent"))
    .order_by(platforms.c.created_at, platforms.c.id)
)
_ADD = insert(agents)
_DISABLE = (
    update(agents)
    .where(agents.c.id == bindparam("b_id"), agents.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"))
)
_SET_PASSWORD = update(agents).where(agents.c.id == bindparam("b_id")).values(password_hash=bindparam("b_hash"))
_SET_PROFILE = (
    update(agents)
    .where(agents.c.id == bindparam("b_id"))
    .values(
        name=bindparam("b_name"),
        available=bindparam("b_available"),
        preferences=bindparam("b_preferences", type_=agents.c.preferences.type),
    )
)
_JOIN = insert(memberships)
_SET_ROLE = (
    update(memberships)
    .where(memberships.c.agent_id == bindparam("b_agent"), memberships.c.platform_id == bindparam("b_platform"))
    .values(role=bindparam("b_role"))
)


def add(connection: Connection, agent: Agent) -> None:
    """Store a new agent.

    Raises:
        Conflict: the email address is taken.
    """
    row = {name: getattr(agent, name) for name in Agent.__dataclass_fields__}
    connection.execute(_ADD, {**row, "email_key": lookup_key(agent.email)})


def find_by_email(connection: Connection, email: str) -> Agent | None:
    """Return the agent with this address, whatever the case of its ASCII letters."""
    if "\0" in email:  # no address holds one, and PostgreSQL refuses to compare with it
        return None
    return _agent(connection.execute(_BY_EMAIL, {"key": lookup_key(email)}).one_or_none())


def find(connection: Connection, agent_id: str) -> Agent | None:
    """Return one agent, or `None`."""
    return _agent(connection.execute(_BY_ID, {"id": agent_id}).one_or_none())


def lock(connection: Connection, agent_id: str) -> Agent | None:
    """Return one agent as they are now, and let nobody change them before this transaction ends."""
    return _agent(connection.execute(_LOCKED, {"id": agent_id}).one_or_none())


def set_password_hash(connection: Connection, agent_id: str, password_hash: str) -> None:
    """Replace the hash, after the parameters or the password changed."""
    connection.execute(_SET_PASSWORD, {"b_id": agent_id, "b_hash": password_hash})


def set_profile(
    connection: Connection, agent_id: str, *, name: str, available: bool, preferences: Mapping[str, bool]
) -> None:
    """Replace what agents say about themselves."""
    values = {"b_id": agent_id, "b_name": name, "b_available": available, "b_preferences": dict(preferences)}
    connection.execute(_SET_PROFILE, values)


def disable(connection: Connection, agent_id: str, now: int) -> None:
    """Close an account that is open."""
    connection.execute(_DISABLE, {"b_id": agent_id, "now": now})


def join(connection: Connection, agent_id: str, platform_id: str, role: str) -> None:
    """Give the agent a role on a platform, or another one."""
    values = {"b_agent": agent_id, "b_platform": platform_id, "b_role": role}
    if connection.execute(_SET_ROLE, values).rowcount == 0:
        connection.execute(_JOIN, {"agent_id": agent_id, "platform_id": platform_id, "role": role})


def memberships_of(connection: Connection, agent_id: str) -> tuple[Membership, ...]:
    """Return the platforms an agent serves, oldest first."""
    rows = connection.execute(_MEMBERSHIPS, {"agent": agent_id})
    return tuple(Membership(row.platform_id, row.platform_name, row.role) for row in rows)


def _agent(row: Row | None) -> Agent | None:
    return None if row is None else from_row(row)


def from_row(row: Row) -> Agent:
    """Return the agent of a row that has `COLUMNS`, among others."""
    column = row._mapping
    return Agent(**{name: column[name] for name in Agent.__dataclass_fields__})

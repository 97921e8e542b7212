"""The team of a platform as those see it who manage it: every account, and its role."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update

from whosthere.storage.connection import Connection
from whosthere.storage.tables import agents, memberships


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of the team; `disabled_at` in epoch milliseconds."""

    agent_id: str
    email: str
    name: str
    role: str
    available: bool
    disabled_at: int | None
    has_second_factor: bool


_OWN = memberships.c.platform_id == bindparam("platform")
_ENTRIES = (
    select(
        memberships.c.agent_id,
        agents.c.email,
        agents.c.name,
        memberships.c.role,
        agents.c.available,
        agents.c.disabled_at,
        agents.c.totp_secret.is_not(None).label("has_second_factor"),
    )
    .join_from(memberships, agents, agents.c.id == memberships.c.agent_id)
    .where(_OWN)
    .order_by(agents.c.name, agents.c.id)
)
_ROLES = (
    select(memberships.c.agent_id, memberships.c.role).where(_OWN).order_by(memberships.c.agent_id).with_for_update()
)
_ONE = (_OWN, memberships.c.agent_id == bindparam("agent"))
_SET_ROLE = update(memberships).where(*_ONE).values(role=bindparam("b_role"))
_LEAVE = delete(memberships).where(*_ONE)


def entries(connection: Connection, platform_id: str) -> list[Entry]:
    """Return everybody who serves a platform, by name."""
    rows = connection.execute(_ENTRIES, {"platform": platform_id})
    return [Entry(**{**row._mapping, "has_second_factor": bool(row.has_second_factor)}) for row in rows]


def lock_roles(connection: Connection, platform_id: str) -> dict[str, str]:
    """Return the role of every member by agent id, which nobody changes before this transaction ends."""
    return {row.agent_id: row.role for row in connection.execute(_ROLES, {"platform": platform_id})}


def set_role(connection: Connection, platform_id: str, agent_id: str, role: str) -> None:
    """Give a member another role."""
    connection.execute(_SET_ROLE, {"platform": platform_id, "agent": agent_id, "b_role": role})


def leave(connection: Connection, platform_id: str, agent_id: str) -> None:
    """End a membership."""
    connection.execute(_LEAVE, {"platform": platform_id, "agent": agent_id})

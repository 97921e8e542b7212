"""Who serves a platform: the agents that can be assigned, mentioned and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from whosthere.storage.tables import agents, memberships
from whosthere.storage.tenancy import PLATFORM, Tenant


@dataclass(frozen=True, slots=True)
class Member:
    """An agent whose account is open, with their role on one platform."""

    id: str
    name: str
    email: str
    email_key: str
    available: bool
    role: str


_MEMBERS = (
    select(*(agents.c[name] for name in Member.__dataclass_fields__ if name != "role"), memberships.c.role)
    .join_from(memberships, agents, agents.c.id == memberships.c.agent_id)
    .where(memberships.c.platform_id == PLATFORM, agents.c.disabled_at.is_(None))
)
_ALL = _MEMBERS.order_by(agents.c.name, agents.c.id)
_ONE = _MEMBERS.where(agents.c.id == bindparam("agent"))
_BY_EMAIL = _MEMBERS.where(agents.c.email_key.in_(bindparam("keys", expanding=True)))


def all_of(tenant: Tenant) -> list[Member]:
    """Return everybody who serves the platform, by name."""
    return [Member(*row) for row in tenant.run(_ALL)]


def find(tenant: Tenant, agent_id: str) -> Member | None:
    """Return one of them, or `None`."""
    row = tenant.run(_ONE, agent=agent_id).one_or_none()
    return None if row is None else Member(*row)


def by_email(tenant: Tenant, keys: tuple[str, ...]) -> Mapping[str, Member]:
    """Return those of them who have one of these email lookup keys, by key."""
    if not keys:
        return {}
    return {member.email_key: member for member in (Member(*row) for row in tenant.run(_BY_EMAIL, keys=list(keys)))}

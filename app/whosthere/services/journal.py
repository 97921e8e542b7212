"""The audit log, as services write it: in the transaction of the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whosthere.services.runtime import Runtime
from whosthere.storage import agents, audit, roster
from whosthere.storage.audit import EVERYTHING, NEWEST, Entry, Wanted
from whosthere.storage.connection import Connection
from whosthere.storage.tenancy import Tenant


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change, as the audit log names them: `cli:ada`, `agent:<id>`, `demo`."""

    name: str


VISITOR = Actor("visitor")
"""Whoever boots; the log does not say who."""


def note(runtime: Runtime, tenant: Tenant, actor: Actor, action: str, now: int, **detail: Any) -> None:
    """Append what `actor` does to the platform's audit log; `detail` never holds a secret."""
    audit.add(tenant, Entry(runtime.new_id(), actor.name, action, detail, now))


def entries(
    runtime: Runtime,
    platform_id: str,
    *,
    before: tuple[int, str] = NEWEST,
    count: int = 100,
    wanted: Wanted = EVERYTHING,
) -> list[Entry]:
    """Return the newest entries of a platform's audit log before a position (`created_at`, id)."""
    with runtime.reading(platform_id) as tenant:
        return audit.newest(tenant, before, count, wanted)


def actions_of(runtime: Runtime, platform_id: str) -> list[str]:
    """Return every action that the platform's audit log knows."""
    with runtime.reading(platform_id) as tenant:
        return audit.actions(tenant)


def names_of(runtime: Runtime, platform_id: str) -> dict[str, str]:
    """Return what to call the actors of the log who serve the platform today, by the names the log has for them."""
    with runtime.database.read() as connection:
        return {f"agent:{one.agent_id}": one.name for one in roster.entries(connection, platform_id)}


def note_everywhere(
    runtime: Runtime, connection: Connection, actor: Actor, agent_id: str, action: str, now: int, **detail: Any
) -> None:
    """Append what concerns an agent's account to the audit log of every platform that this agent serves."""
    for own in agents.memberships_of(connection, agent_id):
        note(runtime, Tenant(connection, own.platform_id), actor, action, now, **detail)

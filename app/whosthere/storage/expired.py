"""Rows that have done their work: found by time, counted, and deleted in batches.

Each batch is a transaction of its own, so that no purge holds the writers' lock for long and an interrupted one has
lost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Delete, Select, Table, bindparam, delete, func, select

from whosthere.storage.connection import Connection
from whosthere.storage.tables import (
    agent_sessions,
    ended_anonymous,
    refusal_counts,
    refusal_samples,
    revoked_sessions,
)
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in


class Kind(StrEnum):
    """Rows of a platform that nobody asks for any more once they are old."""

    REVOKED_SESSIONS = "revokedSessions"
    ENDED_ANONYMOUS = "endedAnonymous"
    REFUSAL_COUNTS = "refusalCounts"
    REFUSAL_SAMPLES = "refusalSamples"


@dataclass(frozen=True, slots=True)
class _Statements:
    number: Select[Any]
    batch: Delete


_AGES: Mapping[Kind, tuple[Table, ColumnElement[int]]] = {
    Kind.REVOKED_SESSIONS: (revoked_sessions, revoked_sessions.c.expires_at),
    Kind.ENDED_ANONYMOUS: (ended_anonymous, ended_anonymous.c.ended_at),
    Kind.REFUSAL_COUNTS: (refusal_counts, refusal_counts.c.minute),
    Kind.REFUSAL_SAMPLES: (refusal_samples, refusal_samples.c.day),
}


def _statements(table: Table, age: ColumnElement[int]) -> _Statements:
    old = age < bindparam("limit_at")
    some = select_in(table, columns=[table.c.id]).where(old).limit(bindparam("count"))
    return _Statements(
        number=select(func.count()).select_from(table).where(table.c.platform_id == PLATFORM, old),
        batch=delete_in(table).where(table.c.id.in_(some)),
    )


_STATEMENTS = {kind: _statements(table, age) for kind, (table, age) in _AGES.items()}
_old_agent_session = agent_sessions.c.expires_at < bindparam("now")
_AGENT_SESSIONS = select(func.count()).select_from(agent_sessions).where(_old_agent_session)
_DELETE_AGENT_SESSIONS = delete(agent_sessions).where(
    agent_sessions.c.digest.in_(select(agent_sessions.c.digest).where(_old_agent_session).limit(bindparam("count")))
)


def number(tenant: Tenant, kind: Kind, before: int) -> int:
    """Return how many rows are older than `before`, in the unit of the rows' age."""
    return int(tenant.run(_STATEMENTS[kind].number, limit_at=before).scalar_one())


def delete_some(tenant: Tenant, kind: Kind, before: int, count: int) -> int:
    """Delete at most `count` rows older than `before`; return how many it were."""
    return tenant.run(_STATEMENTS[kind].batch, limit_at=before, count=count).rowcount


def agent_sessions_number(connection: Connection, now: int) -> int:
    """Return how many sessions of agents are over."""
    return int(connection.execute(_AGENT_SESSIONS, {"now": now}).scalar_one())


def delete_agent_sessions(connection: Connection, now: int, count: int) -> int:
    """Delete at most `count` sessions of agents that are over; return how many it were."""
    return connection.execute(_DELETE_AGENT_SESSIONS, {"now": now, "count": count}).rowcount

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
    agent_links,
    agent_sessions,
    ended_anonymous,
    outbox,
    refusal_counts,
    refusal_samples,
    revoked_sessions,
    sign_in_tries,
)
from whosthere.storage.tenancy import PLATFORM, Tenant, delete_in, select_in


class Kind(StrEnum):
    """Rows of a platform that nobody asks for any more once they are old."""

    REVOKED_SESSIONS = "revokedSessions"
    ENDED_ANONYMOUS = "endedAnonymous"
    REFUSAL_COUNTS = "refusalCounts"
    REFUSAL_SAMPLES = "refusalSamples"
    OUTBOX = "outbox"


class Global(StrEnum):
    """Rows of no platform that have an end."""

    AGENT_SESSIONS = "agentSessions"
    AGENT_LINKS = "agentLinks"
    SIGN_IN_TRIES = "signInTries"


@dataclass(frozen=True, slots=True)
class _Statements:
    number: Select[Any]
    batch: Delete


_AGES: Mapping[Kind, tuple[Table, ColumnElement[int]]] = {
    Kind.REVOKED_SESSIONS: (revoked_sessions, revoked_sessions.c.expires_at),
    Kind.ENDED_ANONYMOUS: (ended_anonymous, ended_anonymous.c.ended_at),
    Kind.REFUSAL_COUNTS: (refusal_counts, refusal_counts.c.minute),
    Kind.REFUSAL_SAMPLES: (refusal_samples, refusal_samples.c.day),
    Kind.OUTBOX: (outbox, outbox.c.created_at),
}


def _statements(table: Table, age: ColumnElement[int]) -> _Statements:
    old = age < bindparam("limit_at")
    some = select_in(table, columns=[table.c.id]).where(old).limit(bindparam("count"))
    return _Statements(
        number=select(func.count()).select_from(table).where(table.c.platform_id == PLATFORM, old),
        batch=delete_in(table).where(table.c.id.in_(some)),
    )


_STATEMENTS = {kind: _statements(table, age) for kind, (table, age) in _AGES.items()}

_GLOBAL: Mapping[Global, tuple[Table, ColumnElement[Any], ColumnElement[int]]] = {
    Global.AGENT_SESSIONS: (agent_sessions, agent_sessions.c.digest, agent_sessions.c.expires_at),
    Global.AGENT_LINKS: (agent_links, agent_links.c.digest, agent_links.c.expires_at),
    Global.SIGN_IN_TRIES: (sign_in_tries, sign_in_tries.c.digest, sign_in_tries.c.window_ends_at),
}


def _of_nobody(table: Table, key: ColumnElement[Any], age: ColumnElement[int]) -> _Statements:
    old = age < bindparam("now")
    some = select(key).where(old).limit(bindparam("count"))
    return _Statements(
        number=select(func.count()).select_from(table).where(old),
        batch=delete(table).where(key.in_(some)),
    )


_GLOBAL_STATEMENTS = {kind: _of_nobody(*about) for kind, about in _GLOBAL.items()}


def number(tenant: Tenant, kind: Kind, before: int) -> int:
    """Return how many rows are older than `before`, in the unit of the rows' age."""
    return int(tenant.run(_STATEMENTS[kind].number, limit_at=before).scalar_one())


def delete_some(tenant: Tenant, kind: Kind, before: int, count: int) -> int:
    """Delete at most `count` rows older than `before`; return how many it were."""
    return tenant.run(_STATEMENTS[kind].batch, limit_at=before, count=count).rowcount


def global_number(connection: Connection, kind: Global, now: int) -> int:
    """Return how many rows of no platform are over."""
    return int(connection.execute(_GLOBAL_STATEMENTS[kind].number, {"now": now}).scalar_one())


def delete_some_global(connection: Connection, kind: Global, now: int, count: int) -> int:
    """Delete at most `count` of them; return how many it were."""
    return connection.execute(_GLOBAL_STATEMENTS[kind].batch, {"now": now, "count": count}).rowcount

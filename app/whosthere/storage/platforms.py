"""Platforms and their policy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text, bindparam, cast, insert, select, update

from whosthere.core.abuse import Abuse, read_abuse
from whosthere.core.policy import AnonymousHistory, Policy, Verification
from whosthere.storage.connection import Connection, Row
from whosthere.storage.tables import platforms

_KEPT_MAX = 1024


@dataclass(frozen=True, slots=True)
class Platform:
    """One tenant: its policy, where it may be embedded, how it looks."""

    id: str
    name: str
    policy: Policy
    origins: tuple[str, ...]
    appearance: Mapping[str, Any]
    created_at: int
    version: int = 0
    access_version: int = 0
    availability: Mapping[str, Any] = field(default_factory=dict)
    retention_days: int | None = None
    first_boot_at: int | None = None
    abuse: Abuse = field(default_factory=Abuse)


COLUMNS = (
    platforms.c.id,
    platforms.c.name,
    platforms.c.created_at,
    platforms.c.version,
    platforms.c.access_version,
    cast(platforms.c.origins, Text).label("origins"),
    cast(platforms.c.appearance, Text).label("appearance"),
    cast(platforms.c.availability, Text).label("availability"),
    platforms.c.retention_days,
    platforms.c.first_boot_at,
    cast(platforms.c.abuse, Text).label("abuse"),
    *(platforms.c[name] for name in Policy.__dataclass_fields__ if name != "platform_id"),
)
"""What `from_row` reads; they stand first in a query that has more columns."""

_ONE = select(*COLUMNS).where(platforms.c.id == bindparam("id"))
_ALL = select(*COLUMNS).order_by(platforms.c.created_at, platforms.c.id)
_ORIGINS = select(platforms.c.origins)
_SETTINGS = (
    "name",
    "verification",
    "user_id_pattern",
    "email_adoption",
    "anonymous_days",
    "anonymous_idle_days",
    "anonymous_history",
    "origins",
    "appearance",
    "availability",
    "retention_days",
    "abuse",
)
_raised = {"version": platforms.c.version + 1, "access_version": platforms.c.access_version + 1}
_ADD = insert(platforms)
_SAVE = (
    update(platforms)
    .where(platforms.c.id == bindparam("b_id"), platforms.c.version == bindparam("b_version"))
    .values({name: bindparam(f"new_{name}") for name in _SETTINGS} | _raised)
)
_RAISE_ACCESS = (
    update(platforms).where(platforms.c.id == bindparam("b_id")).values(access_version=platforms.c.access_version + 1)
)
_FIRST_BOOT = (
    update(platforms)
    .where(platforms.c.id == bindparam("b_id"), platforms.c.first_boot_at.is_(None))
    .values(first_boot_at=bindparam("now"))
)
_LOCK = update(platforms).where(platforms.c.id == bindparam("b_id")).values(version=platforms.c.version)


def from_row(row: Row) -> Platform:
    """Read a platform out of a row that begins with `COLUMNS`."""
    return _read(row[: len(COLUMNS)])


@lru_cache(_KEPT_MAX)
def _read(values: tuple[Any, ...]) -> Platform:
    # Every request reads the row anew. What is kept is only what the same values were turned into before.
    platform_id, name, created_at, version, access_version, origins, appearance, availability, *more = values
    days, first_boot_at, abuse, *settings = more
    verification, user_id_pattern, email_adoption, anonymous_days, anonymous_idle_days, history = settings
    return Platform(
        id=platform_id,
        name=name,
        policy=Policy(
            platform_id,
            Verification(verification),
            user_id_pattern,
            email_adoption,
            anonymous_days,
            anonymous_idle_days,
            AnonymousHistory(history),
        ),
        origins=tuple(json.loads(origins)),
        appearance=MappingProxyType(json.loads(appearance)),
        created_at=created_at,
        version=version,
        access_version=access_version,
        availability=MappingProxyType(json.loads(availability)),
        retention_days=days,
        first_boot_at=first_boot_at,
        abuse=read_abuse(json.loads(abuse)),
    )


def find(connection: Connection, platform_id: str) -> Platform | None:
    """Return the platform, or `None`."""
    row = connection.execute(_ONE, {"id": platform_id}).one_or_none()
    return None if row is None else from_row(row)


def all_of(connection: Connection) -> list[Platform]:
    """Return every platform, oldest first."""
    return [from_row(row) for row in connection.execute(_ALL)]


def all_origins(connection: Connection) -> list[Sequence[str]]:
    """Return the allowed origins of every platform."""
    return [tuple(origins) for origins in connection.execute(_ORIGINS).scalars()]


def add(connection: Connection, platform: Platform) -> None:
    """Store a new platform."""
    row = {"id": platform.id, "created_at": platform.created_at, "version": platform.version}
    connection.execute(_ADD, {**row, **_settings(platform)})


def save(connection: Connection, platform: Platform) -> bool:
    """Store changed settings; `False` when somebody else changed the platform meanwhile."""
    new = {f"new_{name}": value for name, value in _settings(platform).items()}
    return connection.execute(_SAVE, {"b_id": platform.id, "b_version": platform.version, **new}).rowcount == 1


def lock(connection: Connection, platform_id: str) -> None:
    """Lock the platform's row, and change nothing of it: changes of its keys happen one after the other."""
    connection.execute(_LOCK, {"b_id": platform_id})


def raise_access(connection: Connection, platform_id: str) -> None:
    """Have every open stream of the platform ask within seconds whether it may still listen."""
    connection.execute(_RAISE_ACCESS, {"b_id": platform_id})


def note_first_boot(connection: Connection, platform_id: str, now: int) -> None:
    """Note when the first page of the platform's site reached us; the first note stays."""
    connection.execute(_FIRST_BOOT, {"b_id": platform_id, "now": now})


def _settings(platform: Platform) -> dict[str, Any]:
    policy = platform.policy
    return {
        "name": platform.name,
        "verification": policy.verification.value,
        "user_id_pattern": policy.user_id_pattern,
        "email_adoption": policy.email_adoption,
        "anonymous_days": policy.anonymous_days,
        "anonymous_idle_days": policy.anonymous_idle_days,
        "anonymous_history": policy.anonymous_history.value,
        "origins": list(platform.origins),
        "appearance": dict(platform.appearance),
        "availability": dict(platform.availability),
        "retention_days": platform.retention_days,
        "abuse": platform.abuse.stored(),
    }

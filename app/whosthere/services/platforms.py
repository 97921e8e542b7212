"""Platforms: create, look at, change. Every change is in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whosthere.core.keys import Scheme
from whosthere.core.policy import Policy
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Role
from whosthere.realtime.hub import access_topic
from whosthere.services import keys
from whosthere.services.journal import Actor, note
from whosthere.services.keys import NewKey
from whosthere.services.options import Invalid, apply, texts
from whosthere.services.runtime import Runtime
from whosthere.storage import agents, platforms
from whosthere.storage.errors import Conflict
from whosthere.storage.platforms import Platform
from whosthere.storage.tenancy import Tenant

NOT_FOUND = Refused(Reason.NOT_FOUND, "There is no such platform.", field="platformId")
CHANGED = Refused(
    Reason.CHANGED_MEANWHILE, "Somebody else changed this platform meanwhile. Look at it again.", field="version"
)


@dataclass(frozen=True, slots=True)
class Created:
    """A new platform with its first key, whose secret is shown this once."""

    platform: Platform
    key: NewKey


def create(
    runtime: Runtime,
    name: str,
    origins: Sequence[str],
    *,
    actor: Actor,
    values: Mapping[str, str] | None = None,
    owner_id: str | None = None,
) -> Created | Invalid:
    """Create a platform that enforces verification, with one `standard` key.

    Args:
        origins: where it may be embedded; without any, no page can boot.
        values: further options, as in `change`.
        owner_id: the agent who becomes its owner.
    """
    now = runtime.clock()
    platform_id = runtime.new_id()
    empty = Platform(platform_id, "", Policy(platform_id), (), {}, created_at=now, version=0)
    given = {"name": name, "origins": " ".join(origins), **(values or {})}
    platform = apply(empty, given)
    if isinstance(platform, Invalid):
        return platform

    def store(tenant: Tenant) -> Created:
        platforms.add(tenant.connection, platform)
        if owner_id is not None:
            agents.join(tenant.connection, owner_id, platform_id, Role.OWNER.value)
        note(runtime, tenant, actor, "platform.created", now, **texts(platform))
        key = keys.add(runtime, tenant, keys.Wanted(Scheme.STANDARD), actor, now)
        if isinstance(key, Refused):
            raise RuntimeError(f"a new platform's first key was refused: {key.detail}")
        return Created(platform, key)

    return runtime.writing(platform_id, store)


def find(runtime: Runtime, platform_id: str) -> Platform | Refused:
    """Return one platform."""
    with runtime.database.read() as connection:
        return platforms.find(connection, platform_id) or NOT_FOUND


def listed(runtime: Runtime) -> list[Platform]:
    """Return every platform, oldest first."""
    with runtime.database.read() as connection:
        return platforms.all_of(connection)


def change(
    runtime: Runtime, platform_id: str, values: Mapping[str, str], *, actor: Actor, version: int | None = None
) -> Platform | Invalid | Refused:
    """Set options of a platform, all of them or none.

    A change of policy ends the sessions it no longer admits at their next request, and their streams within seconds.

    Args:
        values: option → text (`services.options`).
        version: the version the values were chosen for; a platform that has another by now is left alone.
    """
    now = runtime.clock()

    def store(tenant: Tenant) -> Platform | Invalid | Refused:
        before = platforms.find(tenant.connection, platform_id)
        if before is None:
            return NOT_FOUND
        if version is not None and version != before.version:
            return CHANGED
        after = apply(before, values)
        if isinstance(after, Invalid) or after == before:
            return after
        if not platforms.save(tenant.connection, after):
            raise Conflict("the platform changed meanwhile")
        note(runtime, tenant, actor, "platform.changed", now, **_difference(before, after))
        return platforms.find(tenant.connection, platform_id) or NOT_FOUND

    outcome = runtime.writing(platform_id, store)
    if isinstance(outcome, Platform):
        runtime.hub.publish(access_topic(platform_id))
    return outcome


def _difference(before: Platform, after: Platform) -> dict[str, list[str]]:
    old, new = texts(before), texts(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}

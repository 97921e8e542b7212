"""Who works beside an agent: for menus that assign, for mentions, for lists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.storage import colleagues as rows
from whosthere.storage.tenancy import Tenant


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent on one or more of the platforms that somebody serves.

    Attributes:
        available: whether they say that they are there.
        platform_ids: which of those platforms.
    """

    id: str
    name: str
    email: str
    available: bool
    platform_ids: tuple[str, ...]


def listed(runtime: Runtime, identity: Identity, platform_id: str | None = None) -> list[Colleague]:
    """Return everybody of the agent's platforms by name, the agent too; those of one platform if it is given."""
    known: dict[str, Colleague] = {}
    with runtime.database.read() as connection:
        for own in identity.platform_ids:
            if platform_id not in (None, own):
                continue
            for one in rows.all_of(Tenant(connection, own)):
                before = known.get(one.id) or Colleague(one.id, one.name, one.email, one.available, ())
                known[one.id] = replace(before, platform_ids=(*before.platform_ids, own))
    return sorted(known.values(), key=lambda one: (one.name.casefold(), one.id))

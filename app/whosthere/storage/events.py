"""What people did, as the site's backend tells: the newest few events of each record, in its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam

from whosthere.storage import users as people
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant, select_in, update_in


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody did; `at` in epoch milliseconds, `properties` as they came."""

    at: int
    name: str
    properties: Mapping[str, Any]


_EVENTS = select_in(users, columns=[users.c.events]).where(users.c.id == bindparam("id"), users.c.deleted_at.is_(None))
_PUT = (
    update_in(users)
    .where(users.c.id == bindparam("b_id"), users.c.deleted_at.is_(None))
    .values(events=bindparam("b_events", type_=users.c.events.type))
)


def add(tenant: Tenant, record_id: str, event: Event, *, most: int) -> bool:
    """Put an event before those there are, of which the newest stay: `most` in all. `False` without such a record."""
    if people.lock(tenant, record_id) is None:  # two at once: the second one reads what the first one wrote
        return False
    kept = [{"at": one.at, "name": one.name, "properties": dict(one.properties)} for one in of(tenant, record_id)]
    new = {"at": event.at, "name": event.name, "properties": dict(event.properties)}
    tenant.run(_PUT, b_id=record_id, b_events=[new, *kept][:most])
    return True


def of(tenant: Tenant, record_id: str) -> list[Event]:
    """Return the events of a record, newest first."""
    return read(tenant.run(_EVENTS, id=record_id).scalar_one_or_none())


def read(stored: list[dict[str, Any]] | None) -> list[Event]:
    """Read the column."""
    return [Event(one["at"], one["name"], one["properties"]) for one in stored or ()]

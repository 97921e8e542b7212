"""Secret keys of a platform, encrypted at rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from whosthere.core.keys import Key, Scheme
from whosthere.storage.connection import Row
from whosthere.storage.platforms import COLUMNS as PLATFORM_COLUMNS
from whosthere.storage.platforms import Platform
from whosthere.storage.platforms import from_row as platform_from_row
from whosthere.storage.tables import keys, platforms
from whosthere.storage.tenancy import PLATFORM, Tenant, select_in, update_in
from whosthere.storage.vault import Vault

LAST_USED_RESOLUTION_MS = 60_000


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What may be shown of a key: everything but its secret."""

    id: str
    name: str
    scheme: Scheme
    weak: bool
    created_at: int
    last_used_at: int | None
    ends_at: int | None


@dataclass(frozen=True, slots=True)
class Keyring:
    """A platform and its keys that are not deleted, as one transaction sees them."""

    platform: Platform
    keys: tuple[Key, ...]
    last_used_at: Mapping[str, int | None]

    def use_is_stale(self, key_id: str, now: int) -> bool:
        """Whether the last use on record is old enough to be noted again (so that boots seldom write)."""
        last = self.last_used_at[key_id]
        return last is None or last < now - LAST_USED_RESOLUTION_MS


_WITH_PLATFORM = (
    select(
        *PLATFORM_COLUMNS,
        keys.c.id.label("key_id"),
        keys.c.name.label("key_name"),
        keys.c.scheme,
        keys.c.secret,
        keys.c.ends_at,
        keys.c.last_used_at,
    )
    .select_from(platforms.outerjoin(keys, (keys.c.platform_id == platforms.c.id) & keys.c.deleted_at.is_(None)))
    .where(platforms.c.id == PLATFORM)
)
_LIST = select_in(keys).where(keys.c.deleted_at.is_(None)).order_by(keys.c.created_at, keys.c.id)
_USED = update_in(keys).where(keys.c.id == bindparam("key_id")).values(last_used_at=bindparam("now"))
_DELETE = (
    update_in(keys)
    .where(keys.c.id == bindparam("key_id"), keys.c.deleted_at.is_(None))
    .values(secret="", deleted_at=bindparam("now"))
)
_SET_END = (
    update_in(keys)
    .where(keys.c.id == bindparam("key_id"), keys.c.deleted_at.is_(None))
    .values(ends_at=bindparam("new_ends_at"))
)


def keyring(tenant: Tenant, vault: Vault) -> Keyring | None:
    """Return the platform with its keys, in one query; `None` for an unknown platform."""
    rows = tenant.run(_WITH_PLATFORM).all()
    if not rows:
        return None
    found = [row for row in rows if row.key_id is not None]
    return Keyring(
        platform=platform_from_row(rows[0]),
        keys=tuple(_key(row, vault) for row in found),
        last_used_at={row.key_id: row.last_used_at for row in found},
    )


def listed(tenant: Tenant) -> list[KeyRow]:
    """Return the platform's keys that are not deleted, oldest first."""
    return [
        KeyRow(
            id=row.id,
            name=row.name,
            scheme=Scheme(row.scheme),
            weak=row.weak,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            ends_at=row.ends_at,
        )
        for row in tenant.run(_LIST)
    ]


def add(tenant: Tenant, key: Key, *, weak: bool, now: int, vault: Vault) -> None:
    """Store a new key, its secret encrypted."""
    tenant.add(
        keys,
        id=key.id,
        name=key.name,
        scheme=key.scheme.value,
        secret=vault.encrypt(key.secret),
        weak=weak,
        created_at=now,
        ends_at=key.ends_at,
    )


def mark_used(tenant: Tenant, key_id: str, now: int) -> None:
    """Note that the key just proved somebody."""
    tenant.run(_USED, key_id=key_id, now=now)


def delete(tenant: Tenant, key_id: str, now: int) -> bool:
    """Forget the secret for good; the name stays for the messages it proved."""
    return tenant.run(_DELETE, key_id=key_id, now=now).rowcount == 1


def set_end(tenant: Tenant, key_id: str, ends_at: int | None) -> bool:
    """Give the key an end, or take it away."""
    return tenant.run(_SET_END, key_id=key_id, new_ends_at=ends_at).rowcount == 1


def _key(row: Row, vault: Vault) -> Key:
    return Key(
        id=row.key_id,
        name=row.key_name,
        scheme=Scheme(row.scheme),
        secret=vault.decrypt(row.secret),
        ends_at=row.ends_at,
    )

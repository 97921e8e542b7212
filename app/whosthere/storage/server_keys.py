"""Server API keys of a platform: only the digest of each is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam

from whosthere.storage.tables import server_keys
from whosthere.storage.tenancy import Tenant, select_in, update_in


@dataclass(frozen=True, slots=True)
class ServerKey:
    """What is known of a server API key; instants in epoch milliseconds."""

    id: str
    name: str
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


_columns = [server_keys.c[name] for name in ServerKey.__dataclass_fields__]
_LIST = select_in(server_keys, columns=_columns).order_by(server_keys.c.created_at, server_keys.c.id)
_WITH_DIGEST = select_in(server_keys, columns=[*_columns, server_keys.c.digest]).where(
    server_keys.c.id == bindparam("key_id")
)
_REVOKE = (
    update_in(server_keys)
    .where(server_keys.c.id == bindparam("key_id"), server_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_USED = update_in(server_keys).where(server_keys.c.id == bindparam("key_id")).values(last_used_at=bindparam("now"))


def add(tenant: Tenant, *, key_id: str, name: str, digest: bytes, now: int) -> None:
    """Store a new key by the SHA-256 of its text."""
    tenant.add(server_keys, id=key_id, name=name, digest=digest, created_at=now)


def listed(tenant: Tenant) -> list[ServerKey]:
    """Return the platform's keys, revoked ones too, oldest first."""
    return [ServerKey(**row._mapping) for row in tenant.run(_LIST)]


def find(tenant: Tenant, key_id: str) -> tuple[ServerKey, bytes] | None:
    """Return a key, revoked or not, with its digest; `None` for an unknown one."""
    row = tenant.run(_WITH_DIGEST, key_id=key_id).one_or_none()
    if row is None:
        return None
    return ServerKey(**{name: row._mapping[name] for name in ServerKey.__dataclass_fields__}), row.digest


def revoke(tenant: Tenant, key_id: str, now: int) -> bool:
    """Revoke a key for good; `False` when there is none or it was revoked before."""
    return tenant.run(_REVOKE, key_id=key_id, now=now).rowcount == 1


def mark_used(tenant: Tenant, key_id: str, now: int) -> None:
    """Note that the key was just used."""
    tenant.run(_USED, key_id=key_id, now=now)

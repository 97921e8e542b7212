"""Server API keys: what a site's backend shows to act for its platform. Hashed at rest, revocable, several at once."""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from whosthere.core.reasons import Reason, Refused
from whosthere.services.journal import Actor, note
from whosthere.services.keys import CHANGED
from whosthere.services.runtime import Runtime, new_secret
from whosthere.storage import platforms, server_keys
from whosthere.storage.server_keys import ServerKey
from whosthere.storage.tenancy import Tenant

NAME_LENGTH_MAX = 100
LIVE_MAX = 20
USE_RESOLUTION_MS = 60_000

_SHAPE = re.compile(r"whs_([A-Za-z0-9_-]{43})\.[A-Za-z0-9_-]{43}")
_INVALID = Refused(Reason.CREDENTIAL_INVALID, "This is no server API key, or it was revoked.")
NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.", field="platformId")
NO_KEY = Refused(Reason.NOT_FOUND, "There is no such server API key, or it was revoked before.", field="key")


@dataclass(frozen=True, slots=True)
class NewServerKey:
    """A key just created; its secret is shown this once."""

    id: str
    name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Backend:
    """A site's backend that showed a good server API key."""

    platform_id: str
    key_id: str
    key_name: str


def create(
    runtime: Runtime, platform_id: str, *, actor: Actor, name: str = "backend", seen: str | None = None
) -> NewServerKey | Refused:
    """Create a server API key beside those there are.

    Args:
        seen: the `state` of the keys when it was asked for: a form that is sent twice makes one key.
    """
    now = runtime.clock()
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable() or name != name.strip():
        detail = f"A name has 1 to {NAME_LENGTH_MAX} printable characters, without spaces around it."
        return Refused(Reason.INVALID_FIELD, detail, field="name")

    def store(tenant: Tenant) -> NewServerKey | Refused:
        platforms.lock(tenant.connection, platform_id)  # two creations at once count one after the other
        if platforms.find(tenant.connection, platform_id) is None:
            return NO_PLATFORM
        there = server_keys.listed(tenant)
        if seen is not None and seen != state(there):
            return CHANGED
        if sum(key.revoked_at is None for key in there) >= LIVE_MAX:
            return Refused(Reason.TOO_MANY_KEYS, f"A platform has at most {LIVE_MAX} server API keys.")
        key_id = runtime.new_id()
        secret = f"whs_{_address(platform_id, key_id)}.{new_secret()}"
        server_keys.add(tenant, key_id=key_id, name=name, digest=_digest(secret), now=now)
        note(runtime, tenant, actor, "server_key.created", now, key=key_id, name=name)
        return NewServerKey(key_id, name, secret)

    return runtime.writing(platform_id, store)


def listed(runtime: Runtime, platform_id: str) -> list[ServerKey] | Refused:
    """Return the platform's server API keys, revoked ones too, oldest first."""
    with runtime.reading(platform_id) as tenant:
        if platforms.find(tenant.connection, platform_id) is None:
            return NO_PLATFORM
        return server_keys.listed(tenant)


def state(made: Sequence[ServerKey]) -> str:
    """Return what a page remembers of the keys, revoked ones too: how many were ever made."""
    return str(len(made))


def revoke(runtime: Runtime, platform_id: str, key_id: str, *, actor: Actor) -> ServerKey | Refused:
    """Revoke a server API key for good, from the next request on."""
    now = runtime.clock()

    def end(tenant: Tenant) -> ServerKey | Refused:
        if not server_keys.revoke(tenant, key_id, now):
            return NO_KEY
        found = server_keys.find(tenant, key_id)
        if found is None:
            raise LookupError("a key vanished in the transaction that revoked it")
        note(runtime, tenant, actor, "server_key.revoked", now, key=key_id, name=found[0].name)
        return found[0]

    return runtime.writing(platform_id, end)


def authenticate(runtime: Runtime, credential: str) -> Backend | Refused:
    """Return the backend behind a bearer credential; nobody learns what is wrong with a bad one."""
    address = _read_address(credential)
    if address is None:
        return _INVALID
    platform_id, key_id = address
    now = runtime.clock()
    with runtime.reading(platform_id) as tenant:
        found = server_keys.find(tenant, key_id)
    if found is None or not hmac.compare_digest(found[1], _digest(credential)) or found[0].revoked_at is not None:
        return _INVALID
    key = found[0]
    if key.last_used_at is None or key.last_used_at < now - USE_RESOLUTION_MS:
        runtime.writing(platform_id, lambda tenant: server_keys.mark_used(tenant, key_id, now))
    return Backend(platform_id, key_id, key.name)


def _digest(secret: str) -> bytes:
    # 32 random bytes are inside, so there is nothing for a slow hash to slow down.
    return hashlib.sha256(secret.encode()).digest()


def _address(platform_id: str, key_id: str) -> str:
    """Return where the key's row is, as text: the key is found by its primary key, within its platform."""
    return urlsafe_b64encode(uuid.UUID(platform_id).bytes + uuid.UUID(key_id).bytes).decode().rstrip("=")


def _read_address(credential: str) -> tuple[str, str] | None:
    match = _SHAPE.fullmatch(credential)
    if match is None:
        return None
    both = urlsafe_b64decode(f"{match[1]}=")
    return str(uuid.UUID(bytes=both[:16])), str(uuid.UUID(bytes=both[16:]))

"""Secret keys of a platform: new ones, their end, their deletion. Every change is in the audit log.

Changes of one platform's keys happen one after the other, under the lock of its row, so that two of them together
never exceed what one alone may do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from whosthere.core.keys import LIVE_KEYS_MAX, Key, Scheme, refuse_new
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import access_topic
from whosthere.services.journal import Actor, note
from whosthere.services.runtime import Runtime, new_secret
from whosthere.storage import keys, platforms
from whosthere.storage.audit import KEY_DELETED
from whosthere.storage.keys import KeyRow
from whosthere.storage.tenancy import Tenant

T = TypeVar("T")

NAME_LENGTH_MAX = 100
SECRET_LENGTH_MAX = 1024

NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.", field="platformId")
NO_KEY = Refused(Reason.NOT_FOUND, "There is no such key.", field="key")
CHANGED = Refused(
    Reason.CHANGED_MEANWHILE,
    "Somebody else changed this platform's keys meanwhile, or a form was sent twice. Look at them again.",
    field="seen",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key somebody asks for.

    Attributes:
        name: `None` for the month of its creation, such as `2026-11`.
        secret: text of another vendor's secret to import; `None` to have one made.
    """

    scheme: Scheme
    name: str | None = None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just created; its secret is shown this once."""

    id: str
    name: str
    scheme: Scheme
    secret: str = field(repr=False)
    weak: bool
    created_at: int


def listed(runtime: Runtime, platform_id: str) -> list[KeyRow] | Refused:
    """Return the platform's keys, oldest first, without their secrets."""
    with runtime.reading(platform_id) as tenant:
        if platforms.find(tenant.connection, platform_id) is None:
            return NO_PLATFORM
        return keys.listed(tenant)


def new(
    runtime: Runtime, platform_id: str, wanted: Wanted, *, actor: Actor, seen: str | None = None
) -> NewKey | Refused:
    """Create a key beside those there are: at most five live ones, and no secret twice.

    An imported secret below 32 bytes is accepted for a legacy scheme only, and is flagged as weak for good. `seen` as
    for `delete`: a form that is sent twice makes one key.
    """
    now = runtime.clock()

    def make(tenant: Tenant) -> NewKey | Refused:
        return CHANGED if _is_stale(tenant, seen) else add(runtime, tenant, wanted, actor, now)

    return _change(runtime, platform_id, make)


def delete(
    runtime: Runtime, platform_id: str, key_id: str, *, actor: Actor, seen: str | None = None
) -> KeyRow | Refused:
    """Forget a key's secret for good: its tokens and the sessions that came from them are refused from now on.

    Args:
        seen: the `state` of the keys that the decision was made about; without it whatever they are now.
    """
    now = runtime.clock()

    def forget(tenant: Tenant) -> KeyRow | Refused:
        row = _row(tenant, key_id)
        if row is not None and _is_stale(tenant, seen):
            return CHANGED
        if row is None or not keys.delete(tenant, key_id, now):
            return NO_KEY
        note(runtime, tenant, actor, KEY_DELETED, now, key=key_id, name=row.name, scheme=row.scheme.value)
        return row

    return _change(runtime, platform_id, forget)


def set_end(
    runtime: Runtime,
    platform_id: str,
    key_id: str,
    ends_at: int | None,
    *,
    actor: Actor,
    seen: str | None = None,
) -> KeyRow | Refused:
    """Give a key an end (epoch milliseconds), move it, or take it away with `None`.

    A key that would come back to life counts among the five live ones again. `seen` as for `delete`.
    """
    now = runtime.clock()

    def put(tenant: Tenant) -> KeyRow | Refused:
        before = _row(tenant, key_id)
        if before is None:
            return NO_KEY
        if _is_stale(tenant, seen):
            return CHANGED
        others = sum(_is_live(row, now) for row in keys.listed(tenant) if row.id != key_id)
        if (ends_at is None or ends_at > now) and others >= LIVE_KEYS_MAX:
            return Refused(Reason.TOO_MANY_KEYS, f"A platform has at most {LIVE_KEYS_MAX} live keys.")
        keys.set_end(tenant, key_id, ends_at)
        detail = {"key": key_id, "name": before.name, "endsAt": [before.ends_at, ends_at]}
        note(runtime, tenant, actor, "key.end_set", now, **detail)
        return _row(tenant, key_id) or NO_KEY

    return _change(runtime, platform_id, put)


def add(runtime: Runtime, tenant: Tenant, wanted: Wanted, actor: Actor, now: int) -> NewKey | Refused:
    """Store a key within the caller's transaction, which holds the platform's lock."""
    keyring = keys.keyring(tenant, runtime.vault)
    if keyring is None:
        return NO_PLATFORM
    secret = new_secret() if wanted.secret is None else wanted.secret
    name = _name_of_month([key.name for key in keyring.keys], now) if wanted.name is None else wanted.name
    refused = _name_problem(name, keyring.keys) or _text_problem(secret)
    refused = refused or refuse_new(wanted.scheme, secret.encode(), keyring.keys, now)
    if refused is not None:
        return refused
    key = Key(runtime.new_id(), name, wanted.scheme, secret.encode())
    keys.add(tenant, key, weak=key.weak, now=now, vault=runtime.vault)
    detail = {"key": key.id, "name": name, "scheme": key.scheme.value, "imported": wanted.secret is not None}
    note(runtime, tenant, actor, "key.created", now, **detail)
    return NewKey(key.id, name, key.scheme, secret, key.weak, now)


def _change(runtime: Runtime, platform_id: str, work: Callable[[Tenant], T | Refused]) -> T | Refused:
    """Run `work` under the platform's lock; wake every stream of the platform when it changed something."""

    def locked(tenant: Tenant) -> T | Refused:
        platforms.lock(tenant.connection, platform_id)
        if platforms.find(tenant.connection, platform_id) is None:
            return NO_PLATFORM
        done = work(tenant)
        if not isinstance(done, Refused):
            platforms.raise_access(tenant.connection, platform_id)
        return done

    outcome = runtime.writing(platform_id, locked)
    if not isinstance(outcome, Refused):
        runtime.hub.publish(access_topic(platform_id))
    return outcome


def state(rows: Iterable[KeyRow]) -> str:
    """Return what a page remembers of the keys it shows: which there are, and when each ends."""
    return " ".join(f"{row.id}:{row.ends_at or ''}" for row in sorted(rows, key=lambda row: row.id))


def _is_stale(tenant: Tenant, seen: str | None) -> bool:
    """Whether somebody decided about keys that are not these any more, as when the other one was deleted meanwhile."""
    return seen is not None and seen != state(keys.listed(tenant))


def _row(tenant: Tenant, key_id: str) -> KeyRow | None:
    return next((row for row in keys.listed(tenant) if row.id == key_id), None)


def _is_live(row: KeyRow, now: int) -> bool:
    return row.ends_at is None or row.ends_at > now


def _name_of_month(taken: Iterable[str], now: int) -> str:
    """Return `2026-11`, or `2026-11-2` and so on when that is taken."""
    month = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m")
    names = set(taken)
    candidates = (month if number == 1 else f"{month}-{number}" for number in count(1))
    return next(name for name in candidates if name not in names)


def _name_problem(name: str, others: Iterable[Key]) -> Refused | None:
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable() or name != name.strip():
        detail = f"A key's name has 1 to {NAME_LENGTH_MAX} printable characters, without spaces around it."
        return Refused(Reason.INVALID_FIELD, detail, field="name")
    if any(key.name == name for key in others):
        return Refused(Reason.ALREADY_EXISTS, f"This platform has a key named {name!r} already.", field="name")
    return None


def _text_problem(secret: str) -> Refused | None:
    """Say why a secret is not what the other vendor shows: most often it was copied with something around it."""
    if secret != secret.strip() or not secret.isprintable():
        detail = "The secret begins or ends with white space or holds control characters: copy it again."
        return Refused(Reason.INVALID_FIELD, detail, field="secret")
    if len(secret) > SECRET_LENGTH_MAX:
        return Refused(Reason.INVALID_FIELD, f"A secret has at most {SECRET_LENGTH_MAX} characters.", field="secret")
    return None

"""Tokens for developers: make one with a platform's key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from whosthere.core.keys import Key, Scheme, live
from whosthere.core.reasons import Reason, Refused
from whosthere.core.signing import identity_token, user_auth_token
from whosthere.services.journal import Actor, note
from whosthere.services.runtime import Runtime
from whosthere.storage import keys
from whosthere.storage.audit import TOKEN_SIGNED
from whosthere.storage.tenancy import Tenant

NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.", field="platformId")
NO_KEY = Refused(Reason.NOT_FOUND, "There is no such key that is live.", field="key")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a token is made for; at least one identifier."""

    user_id: str | None = None
    email: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of token is wanted.

    Attributes:
        key_id: the key to sign with; `None` for the newest live one that fits.
        jwt_seconds: lifetime of an `identityToken`; `None` for a `userAuthToken`.
    """

    key_id: str | None = None
    jwt_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A token, the config key it belongs under, and the key it was made with."""

    config_key: str
    token: str = field(repr=False)
    key_id: str
    key_name: str
    scheme: Scheme


def sign(runtime: Runtime, platform_id: str, person: Person, wish: Wish, *, actor: Actor) -> Signed | Refused:
    """Make a token that verifies `person`; who did so is in the audit log."""
    now = runtime.clock()

    def make(tenant: Tenant) -> Signed | Refused:
        keyring = keys.keyring(tenant, runtime.vault)
        if keyring is None:
            return NO_PLATFORM
        key = _choose(live(keyring.keys, now), wish)
        if isinstance(key, Refused):
            return key
        try:
            signed = _sign(key, person, wish, now)
        except ValueError as error:
            return Refused(Reason.INVALID_FIELD, _sentence(str(error)))
        detail = {"key": key.id, "name": key.name, "as": signed.config_key}
        detail |= {"userId": person.user_id or "", "email": person.email or ""}
        note(runtime, tenant, actor, TOKEN_SIGNED, now, **detail)
        return signed

    return runtime.writing(platform_id, make)


def _choose(candidates: Sequence[Key], wish: Wish) -> Key | Refused:
    if wish.key_id is not None:
        chosen = next((key for key in candidates if key.id == wish.key_id), NO_KEY)
    else:
        # The newest first; a standard key proves the most.
        ordered = sorted(candidates, key=lambda key: (key.scheme is Scheme.STANDARD, key.id), reverse=True)
        chosen = next(iter(ordered), NO_KEY)
    if isinstance(chosen, Key) and wish.jwt_seconds is not None and chosen.scheme is not Scheme.STANDARD:
        return Refused(Reason.INVALID_FIELD, "Only a standard key signs identity tokens.", field="key")
    return chosen


def _sign(key: Key, person: Person, wish: Wish, now: int) -> Signed:
    if wish.jwt_seconds is None:
        token = user_auth_token(key.secret, user_id=person.user_id, user_email=person.email, scheme=key.scheme.value)
        return Signed("userAuthToken", token, key.id, key.name, key.scheme)
    token = identity_token(
        key.secret,
        user_id=person.user_id,
        email=person.email,
        name=person.name,
        expires_in=wish.jwt_seconds,
        now=now,
    )
    return Signed("identityToken", token, key.id, key.name, key.scheme)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."

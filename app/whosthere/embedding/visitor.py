"""Who a page is for, as the host says it, and the config that tells the chat, with a proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from whosthere.core.claims import Claim
from whosthere.core.identifiers import read_claim
from whosthere.core.keys import Scheme, live
from whosthere.core.signing import user_auth_token
from whosthere.services.platforms import listed
from whosthere.services.runtime import Runtime
from whosthere.storage import keys

USER = "whosthere.user"
"""The environ key by which a host says who the page is for."""

_KNOWN = frozenset({"userId", "userEmail", "userName"})
_OURS = _KNOWN | {"platformId", "userAuthToken", "identityToken"}


class Mistake(Exception):
    """The host's or the installation's mistake, in words that say what to do and name nobody."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How pages of one host are signed.

    Attributes:
        platform_id: the platform, `None` for the only one there is.
        secret: the secret of a `standard` key, `None` for the platform's newest live one.
        config: further config keys, the same for every page.
    """

    runtime: Runtime
    platform_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    config: Mapping[str, object] = field(default_factory=dict)

    def check(self) -> None:
        """Find out at start what can be wrong with the arguments.

        Raises:
            ValueError: the secret is not that of a `standard` key, or the config says who somebody is.
            TypeError: the config holds what JSON cannot say.
        """
        taken = sorted(_OURS.intersection(self.config))
        if taken:
            raise ValueError(f'config holds {", ".join(taken)}: what differs between visitors belongs in "{USER}"')
        json.dumps(self.config, allow_nan=False)
        if self.secret is not None:
            user_auth_token(self.secret, user_id="anybody")

    def chosen_platform(self) -> str:
        """Return the platform of this host.

        Raises:
            Mistake: none was named, and the installation has none or several.
        """
        if self.platform_id is not None:
            return self.platform_id
        found = listed(self.runtime)
        if len(found) != 1:
            count = "several platforms" if found else "no platform yet"
            raise Mistake(f"this installation has {count}: name the one of this host with platform_id=")
        return found[0].id

    def config_for(self, user: object) -> dict[str, object]:
        """Return the config of a page for `user`, the value of the environ key; one without identifiers is anonymous.

        Raises:
            Mistake: the value cannot be right, or there is no key to sign it with.
            Unavailable: the database cannot serve now.
        """
        claim = _read(user, full_privacy=self.config.get("fullPrivacy") is True)
        platform_id = self.chosen_platform()
        given: dict[str, object] = {
            "userId": claim.user_id,
            "userEmail": claim.user_email,
            "userName": claim.user_name,
        }
        if claim.user_id or claim.user_email:
            secret = self.secret or self._newest_secret(platform_id)
            given["userAuthToken"] = user_auth_token(secret, user_id=claim.user_id, user_email=claim.user_email)
        told = {name: value for name, value in given.items() if value is not None}
        return {**self.config, "platformId": platform_id, **told}

    def _newest_secret(self, platform_id: str) -> bytes:
        with self.runtime.reading(platform_id) as tenant:
            keyring = keys.keyring(tenant, self.runtime.vault)
        if keyring is None:
            raise Mistake(f"there is no platform {platform_id}")
        usable = [key for key in live(keyring.keys, self.runtime.clock()) if key.scheme is Scheme.STANDARD]
        if not usable:
            raise Mistake(f"platform {platform_id} has no live standard key: make one with `whosthere key new`")
        return max(usable, key=lambda key: key.id).secret  # ids are UUIDv7: the newest is the greatest


def _read(user: object, *, full_privacy: bool) -> Claim:
    """Return what the host says, by the rules the server will apply to it (docs/identity.md §2)."""
    if not isinstance(user, Mapping):
        raise Mistake(f'"{USER}" must be a mapping, not {type(user).__name__}')
    unknown = [name for name in user if name not in _KNOWN]
    if unknown:
        raise Mistake(
            f'"{USER}" has unknown keys ({", ".join(map(repr, unknown))}); it takes {", ".join(sorted(_KNOWN))}'
        )
    claim = read_claim({**user, "fullPrivacy": full_privacy})
    if claim.invalid:
        raise Mistake(f'"{USER}" is not valid: {" ".join(notice.message for notice in claim.warnings)}')
    return claim

"""Keys of a platform: each serves exactly one scheme (docs/identity.md §3)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from whosthere.core.reasons import Reason, Refused


class Scheme(StrEnum):
    """What a key signs and how its tokens are spelled."""

    STANDARD = "standard"
    HELPSHIFT = "helpshift"
    USER_ID_HEX = "user-id-hex"
    EMAIL_HEX = "email-hex"


LIVE_KEYS_MAX = 5
SECRET_BYTES_MIN = 32


@dataclass(frozen=True, slots=True)
class Key:
    """One secret key.

    Attributes:
        secret: the UTF-8 bytes of the secret's text; these bytes are the HMAC key.
        ends_at: epoch milliseconds from which the key proves nothing any more, or `None`.
    """

    id: str
    name: str
    scheme: Scheme
    secret: bytes = field(repr=False)
    ends_at: int | None = None

    @property
    def weak(self) -> bool:
        """Whether the secret is shorter than the hash it keys (RFC 2104 §3): a lasting warning in the desk."""
        return len(self.secret) < SECRET_BYTES_MIN


def live(keys: Iterable[Key], now: int) -> tuple[Key, ...]:
    """Return the keys that may prove somebody at `now` (epoch milliseconds)."""
    return tuple(key for key in keys if key.ends_at is None or key.ends_at > now)


def refuse_new(scheme: Scheme, secret: bytes, keys: Iterable[Key], now: int) -> Refused | None:
    """Say why a platform that has `keys` may not get another one, or `None` if it may.

    One secret never serves two keys: a token in the spelling of one scheme could be rewritten into that of another
    (base64 into hex), or a signed userId read as a signed email or as a JWT, and schemes would no longer be apart.
    """
    keys = tuple(keys)
    if not secret:
        return Refused(Reason.WEAK_SECRET, "The secret is empty.", field="secret")
    if scheme is Scheme.STANDARD and len(secret) < SECRET_BYTES_MIN:
        detail = f"A standard key needs a secret of at least {SECRET_BYTES_MIN} bytes."
        return Refused(Reason.WEAK_SECRET, detail, field="secret")
    if any(hmac.compare_digest(key.secret, secret) for key in keys):
        return Refused(Reason.ALREADY_EXISTS, "Another key of this platform has the same secret.", field="secret")
    if len(live(keys, now)) >= LIVE_KEYS_MAX:
        return Refused(Reason.TOO_MANY_KEYS, f"A platform has at most {LIVE_KEYS_MAX} live keys.")
    return None

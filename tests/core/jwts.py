"""Identity tokens good and bad, and short ways to verify them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from tests.core.world import KEYS, NOW, PLATFORM
from tests.people import ADA, SECRET, digest, jwt
from whosthere.core.claims import Claim
from whosthere.core.jwt_tokens import IdentityProof, verify
from whosthere.core.keys import Key
from whosthere.core.reasons import Reason, Refused

FORMAT, SIGNATURE = Reason.IDENTITY_TOKEN_FORMAT, Reason.IDENTITY_TOKEN_SIGNATURE
EXPIRED, UID, MISMATCH = (
    Reason.IDENTITY_TOKEN_EXPIRED,
    Reason.IDENTITY_TOKEN_UID,
    Reason.IDENTITY_TOKEN_MISMATCH,
)

SECONDS = NOW // 1000
GOOD: Mapping[str, Any] = {"kind": "USER", "uid": ADA.user_id, "email": ADA.email, "exp": SECONDS + 300}
NOBODY = Claim()


def check(token: object, page: Claim = NOBODY, keys: tuple[Key, ...] = KEYS, now: int = NOW) -> object:
    """Verify a token; the reason of a refusal, or the proof."""
    outcome = verify(token, page, keys, PLATFORM, now)
    return outcome.reason if isinstance(outcome, Refused) else outcome


def proof(token: object, page: Claim = NOBODY, keys: tuple[Key, ...] = KEYS) -> IdentityProof:
    outcome = verify(token, page, keys, PLATFORM, NOW)
    assert isinstance(outcome, IdentityProof), outcome
    return outcome


def good(**changes: Any) -> str:
    """A good token with some claims changed; `...` leaves a claim out."""
    claims = {**GOOD, **changes}
    return jwt(SECRET, {name: value for name, value in claims.items() if value is not ...})


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def assemble(header: bytes, payload: bytes, secret: str = SECRET) -> str:
    """A token over any bytes, signed."""
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{encode(digest(secret, signed))}"

"""Signed values the browser holds for us: widget sessions and anonymous tokens.

Each kind has its own salt, so that neither can be passed off as the other, and carries its platform.
"""

from __future__ import annotations

import hashlib
import json
from hmac import digest
from typing import Any

from itsdangerous import BadData
from itsdangerous import Signer as ItsDangerous
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm

from whosthere.core.anonymous import Anonymous
from whosthere.core.assurance import Assurance
from whosthere.core.sessions import Session

TOKEN_LENGTH_MAX = 2048


class Signer:
    """Signs and reads with the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._sessions = _Seal(secret_key, "whosthere.widget-session.v1")
        self._anonymous = _Seal(secret_key, "whosthere.anonymous-user.v1")

    def session_token(self, session: Session) -> str:
        """Return the bearer token of a session."""
        anonymous = session.anonymous
        return self._sessions.close(
            [
                session.id,
                session.platform_id,
                session.record_id,
                session.assurance.value,
                session.key_id,
                session.issued_at,
                session.expires_at,
                None if anonymous is None else [anonymous.created_at, anonymous.tab_scoped],
                session.proves_user_id,
            ]
        )

    def read_session(self, token: str) -> Session | None:
        """Return the session a token names if we signed it, else `None`; says nothing about its validity."""
        fields = self._sessions.open(token)
        if fields is None:
            return None
        session_id, platform_id, record_id, assurance, key_id, issued_at, expires_at, born, proves_user_id = fields
        return Session(
            id=session_id,
            platform_id=platform_id,
            record_id=record_id,
            assurance=Assurance(assurance),
            key_id=key_id,
            issued_at=issued_at,
            expires_at=expires_at,
            anonymous=None if born is None else Anonymous(record_id, *born),
            proves_user_id=proves_user_id,
        )

    def anonymous_token(self, anonymous: Anonymous, platform_id: str) -> str:
        """Return the token by which a browser keeps its anonymous user."""
        return self._anonymous.close([platform_id, anonymous.id, anonymous.created_at, anonymous.tab_scoped])

    def read_anonymous(self, token: object, platform_id: str) -> Anonymous | None:
        """Return the anonymous user of this platform that a token names if we signed it, else `None`."""
        fields = self._anonymous.open(token) if isinstance(token, str) else None
        if fields is None or fields[0] != platform_id:
            return None
        return Anonymous(id=fields[1], created_at=fields[2], tab_scoped=fields[3])


class _Seal:
    """Signs one kind of value, as JSON. Its key is derived from the secret once, not for every token."""

    def __init__(self, secret_key: str, salt: str) -> None:
        derived = ItsDangerous(secret_key, salt, key_derivation="hmac", digest_method=hashlib.sha256).derive_key()
        self._signer = ItsDangerous(derived, key_derivation="none", algorithm=_HmacSha256())

    def close(self, fields: list[Any]) -> str:
        """Return the token that holds `fields`."""
        payload = json.dumps(fields, separators=(",", ":")).encode()
        return self._signer.sign(base64_encode(payload)).decode("ascii")

    def open(self, token: str) -> Any:
        """Return the fields of a token that we signed, else `None`."""
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            return None
        try:
            return json.loads(base64_decode(self._signer.unsign(token)))
        except BadData:
            return None


class _HmacSha256(SigningAlgorithm):
    """HMAC-SHA256 in one call: what itsdangerous does by itself builds an object of Python for each."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return digest(key, value, "sha256")

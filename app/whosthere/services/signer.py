"""Signed values the browser holds for us: widget sessions and anonymous tokens.

Each kind has its own salt, so that neither can be passed off as the other, and carries its platform.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
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
_KEPT_MAX = 4096


class Signer:
    """Signs and reads with the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._sessions = _Seal(secret_key, "whosthere.widget-session.v1")
        self._anonymous = _Seal(secret_key, "whosthere.anonymous-user.v1")
        self.work_key = _derived(secret_key, "whosthere.proof-of-work.v1")
        # A panel comes with the same token every few seconds. What was not signed by us is never kept.
        self._read = lru_cache(_KEPT_MAX)(self._read_session)

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
                session.full_privacy,
                session.generation,
            ]
        )

    def read_session(self, token: str) -> Session | None:
        """Return the session a token names if we signed it, else `None`; says nothing about its validity."""
        try:
            return self._read(token)
        except BadData:
            return None

    def _read_session(self, token: str) -> Session:
        fields = self._sessions.open(token)
        session_id, platform_id, record_id, assurance, key_id, issued_at, expires_at, born, *flags = fields
        return Session(
            id=session_id,
            platform_id=platform_id,
            record_id=record_id,
            assurance=Assurance(assurance),
            key_id=key_id,
            issued_at=issued_at,
            expires_at=expires_at,
            anonymous=None if born is None else Anonymous(record_id, *born),
            proves_user_id=flags[0],
            full_privacy=flags[1:2] == [True],
            generation=flags[2] if len(flags) > 2 else 0,
        )

    def anonymous_token(self, anonymous: Anonymous, platform_id: str) -> str:
        """Return the token by which a browser keeps its anonymous user."""
        return self._anonymous.close([platform_id, anonymous.id, anonymous.created_at, anonymous.tab_scoped])

    def read_anonymous(self, token: object, platform_id: str) -> Anonymous | None:
        """Return the anonymous user of this platform that a token names if we signed it, else `None`."""
        try:
            fields = self._anonymous.open(token) if isinstance(token, str) else None
        except BadData:
            return None
        if fields is None or fields[0] != platform_id:
            return None
        return Anonymous(id=fields[1], created_at=fields[2], tab_scoped=fields[3])


def _derived(secret_key: str, salt: str) -> bytes:
    """Return the key of one purpose: what is signed for another fits nowhere here."""
    return ItsDangerous(secret_key, salt, key_derivation="hmac", digest_method=hashlib.sha256).derive_key()


class _Seal:
    """Signs one kind of value, as JSON. Its key is derived from the secret once, not for every token."""

    def __init__(self, secret_key: str, salt: str) -> None:
        self._signer = ItsDangerous(_derived(secret_key, salt), key_derivation="none", algorithm=_HmacSha256())

    def close(self, fields: list[Any]) -> str:
        """Return the token that holds `fields`."""
        payload = json.dumps(fields, separators=(",", ":")).encode()
        return self._signer.sign(base64_encode(payload)).decode("ascii")

    def open(self, token: str) -> Any:
        """Return the fields of a token.

        Raises:
            BadData: we did not sign it.
        """
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            raise BadData("no token of ours is as long, or has other characters than ASCII")
        return json.loads(base64_decode(self._signer.unsign(token)))


class _HmacSha256(SigningAlgorithm):
    """HMAC-SHA256 in one call: what itsdangerous does by itself builds an object of Python for each."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return digest(key, value, "sha256")

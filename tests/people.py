"""The people of the tests, and tokens made for them without the code under test.

Ada and Bob are honest customers. Mallory tries to be Ada.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

SECRET = "a test secret of more than 32 bytes, known to everybody"
OTHER_SECRET = "another test secret of more than 32 bytes, also known"


def digest(secret: str, message: str) -> bytes:
    """HMAC-SHA256 of `message` under the UTF-8 bytes of `secret`."""
    return hmac.digest(secret.encode(), message.encode(), hashlib.sha256)


def base64_token(secret: str, message: str) -> str:
    """The spelling of `standard` and `helpshift` keys: base64 with padding."""
    return base64.b64encode(digest(secret, message)).decode()


def hex_token(secret: str, message: str) -> str:
    """The spelling of `user-id-hex` and `email-hex` keys."""
    return digest(secret, message).hex()


def jwt(secret: str, claims: dict[str, Any], **header: Any) -> str:
    """A compact JWS over any claims, signed with HS256 whatever `header` says."""
    parts = [{"alg": "HS256", "typ": "JWT", **header}, claims]
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64url(digest(secret, signed))}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the customer's website."""

    user_id: str
    email: str
    name: str

    def config(self, **more: Any) -> dict[str, Any]:
        """The identity keys of the page's config, without a proof; `more` adds or replaces keys."""
        return {"userId": self.user_id, "userEmail": self.email, "userName": self.name, **more}

    def user_auth_token(self, secret: str = SECRET) -> str:
        """The token of a `standard` key."""
        return base64_token(secret, f"{self.user_id}\n{self.email}")

    def identity_token(self, now_ms: int, secret: str = SECRET, **claims: Any) -> str:
        """A JWT that is good for five minutes; `claims` add or replace claims, `None` leaves one out."""
        everything = {
            "kind": "USER",
            "uid": self.user_id,
            "email": self.email,
            "name": self.name,
            "exp": now_ms // 1000 + 300,
            **claims,
        }
        return jwt(secret, {name: value for name, value in everything.items() if value is not None})

    def proven(self, secret: str = SECRET, **more: Any) -> dict[str, Any]:
        """The page's config with a token of a `standard` key."""
        return self.config(userAuthToken=self.user_auth_token(secret), **more)


ADA = Person("ada", "ada@example.com", "Ada Lovelace")
BOB = Person("bob", "bob@example.com", "Bob Kahn")
MALLORY = Person("mallory", "mallory@evil.example", "Mallory")
EVERYBODY = (ADA, BOB, MALLORY)

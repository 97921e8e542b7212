"""Proves your visitors to the chat. Python 3.8 or newer, nothing to install."""

import base64
import hashlib
import hmac
import json
import time


def user_auth_token(secret_key, user_id, user_email=""):
    """Prove exactly the userId and the userEmail that the page sends; "" or None stands for one it does not send."""
    return base64.b64encode(_sign(secret_key, f"{user_id or ''}\n{user_email or ''}")).decode()


def identity_token(secret_key, user_id=None, email=None, name=None, lifetime_seconds=3600, issued_at=None):
    """Prove a person for a while: a JWT. Leave out what you do not know; user_id or email must be there."""
    issued_at = int(time.time() if issued_at is None else issued_at)
    known = {claim: value for claim, value in (("uid", user_id), ("email", email), ("name", name)) if value}
    claims = {"kind": "USER", **known, "iat": issued_at, "exp": issued_at + lifetime_seconds}
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_base64url(_sign(secret_key, signed))}"


def _sign(secret_key, message):
    return hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).digest()


def _base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

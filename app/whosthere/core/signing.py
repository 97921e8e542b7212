"""What a site's backend signs: the two proofs of who is on its page (docs/identity.md §3).

Exported as `whosthere.user_auth_token` and `whosthere.identity_token`; nothing here imports the server.
"""

from __future__ import annotations

import time
from base64 import b64encode
from hmac import digest
from typing import Any

from whosthere.core.hmac_schemes import signed_message
from whosthere.core.identifiers import user_email_problem, user_id_problem
from whosthere.core.keys import SECRET_BYTES_MIN, Scheme

_SECONDS_UNTIL_MILLISECONDS = 100_000_000_000
"""A `now` below this is a time in seconds: as milliseconds it would lie in the year 1973."""


def user_auth_token(
    secret: str | bytes,
    *,
    user_id: str | None = None,
    user_email: str | None = None,
    scheme: str = "standard",
) -> str:
    """Return the `userAuthToken` that proves the identifiers of one page view.

    Args:
        secret: the secret key as it was shown, as text (its UTF-8 bytes are the HMAC key).
        user_id: the `userId` exactly as the page sends it; `None` or "" if the page sends none.
        user_email: the `userEmail` exactly as the page sends it, its case included; sign `None` together with
            `fullPrivacy`. The hex schemes sign one of the two and ignore the other.
        scheme: `standard`, `helpshift`, `user-id-hex` or `email-hex`: the scheme of the key.

    Raises:
        TypeError: the secret is not text, or an identifier is not a string (a number signs another message than its
            text, and the server refuses it).
        ValueError: an identifier the server would not accept, nothing to sign, an unknown scheme, an unfit secret.
    """
    chosen = _scheme(scheme)
    key = _hmac_key(secret, chosen)
    _check("user_id", user_id, user_id_problem(user_id))
    _check("user_email", user_email, user_email_problem(user_email))
    message = signed_message(chosen, user_id, user_email)
    if message is None:
        raise ValueError(f"a token of the scheme {chosen.value} needs {_NEEDED[chosen]}")
    mac = digest(key, message, "sha256")
    return b64encode(mac).decode() if chosen in (Scheme.STANDARD, Scheme.HELPSHIFT) else mac.hex()


def identity_token(
    secret: str | bytes,
    *,
    user_id: str | None = None,
    email: str | None = None,
    name: str | None = None,
    expires_in: int = 3600,
    now: int | None = None,
    kid: str | None = None,
    platform_id: str | None = None,
    email_verified: bool | None = None,
) -> str:
    """Return the `identityToken`, a JWT (RFC 7519, HS256) that proves a person until it expires.

    Args:
        secret: the secret of a `standard` key as it was shown, as text.
        user_id, email: the person; at least one of the two.
        name: the person's name; signed, so it counts as verified.
        expires_in: lifetime in seconds; a session never outlives its token.
        now: the time of issue in epoch milliseconds; the present by default.
        kid: the id of the key, when the token shall be accepted from this key only.
        platform_id: the platform the token is meant for (`aud`), when no other one shall accept it.
        email_verified: `False` if the site has not checked that the address belongs to the person.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an identifier the server would not accept, nobody to prove, an unfit secret or lifetime.
    """
    key = _hmac_key(secret, Scheme.STANDARD)
    _check("user_id", user_id, user_id_problem(user_id))
    _check("email", email, user_email_problem(email))
    _check_types(email_verified, name=name, kid=kid, platform_id=platform_id)
    if not user_id and (not email or email_verified is False):
        raise ValueError("an identity token needs a user_id or a verified email")
    issued_at = _issued_at(now)
    person = {"uid": user_id or None, "email": email or None, "email_verified": email_verified, "name": name or None}
    validity = {"aud": platform_id, "iat": issued_at, "exp": issued_at + _lifetime(expires_in)}
    return _sign({"alg": "HS256", "kid": kid}, {"kind": "USER", **person, **validity}, key)


_NEEDED = {
    Scheme.STANDARD: "a user_id or a user_email",
    Scheme.HELPSHIFT: "a user_id or a user_email",
    Scheme.USER_ID_HEX: "a user_id",
    Scheme.EMAIL_HEX: "a user_email",
}


def _sign(header: dict[str, str | None], claims: dict[str, Any], key: bytes) -> str:
    # Imported on first use: joserfc loads the cryptography package, which a site that only makes HMACs never needs.
    from joserfc import jwt
    from joserfc.jwk import OctKey

    given_header = {name: value for name, value in header.items() if value is not None}
    given_claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given_header, given_claims, OctKey.import_key(key))


def _scheme(scheme: str) -> Scheme:
    try:
        return Scheme(scheme)
    except ValueError:
        known = ", ".join(known.value for known in Scheme)
        raise ValueError(f"unknown scheme {scheme!r}; there are {known}") from None


def _hmac_key(secret: str | bytes, scheme: Scheme) -> bytes:
    if not isinstance(secret, str | bytes):
        raise TypeError(f"secret must be text, not {type(secret).__name__}")
    key = secret.encode() if isinstance(secret, str) else secret
    if not key:
        raise ValueError("the secret is empty")
    if scheme is Scheme.STANDARD:
        if key != key.strip():
            raise ValueError("the secret begins or ends with white space, such as a line feed of the file it was in")
        if len(key) < SECRET_BYTES_MIN:
            raise ValueError(f"the secret of a standard key has at least {SECRET_BYTES_MIN} bytes")
    return key


def _check(label: str, value: object, problem: object) -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{label} must be a string, not {type(value).__name__}; write str({label}) if it is an id")
    if problem is not None:
        raise ValueError(f"{label} is not valid: {getattr(problem, 'message', problem)}")


def _check_types(email_verified: object, **texts: object) -> None:
    for label, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise TypeError(f"{label} must be a string, not {type(text).__name__}")
    if email_verified is not None and not isinstance(email_verified, bool):
        raise TypeError("email_verified must be a boolean")


def _issued_at(now: int | None) -> int:
    if now is None:
        return int(time.time())
    if type(now) is not int:
        raise TypeError("now must be an integer: epoch milliseconds")
    if now < _SECONDS_UNTIL_MILLISECONDS:
        raise ValueError("now is epoch milliseconds, not seconds")
    return now // 1000


def _lifetime(expires_in: int) -> int:
    if type(expires_in) is not int:
        raise TypeError("expires_in must be an integer: seconds")
    if expires_in <= 0:
        raise ValueError("expires_in must be positive")
    return expires_in

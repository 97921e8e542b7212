"""The `identityToken`: a JWT (RFC 7519) that a site's backend signs (docs/identity.md §3, "identityToken").

Signing and the tests' second opinion are joserfc's. Verification is written out here, over the standard library's
`hmac` and `json`, for three reasons: the rules are narrower than a library's switches (canonical base64url, no
duplicate keys, no lone surrogates, every live key tried without an early exit); importing a key into joserfc parses
it as PEM, DER, SSH and X.509 first, a hundred times the cost of the HMAC; and keeping imported keys instead would
keep deleted secrets in memory. Nothing is chosen by the token: the algorithm is HS256 (RFC 8725 §3.1), and header
parameters that offer a key (`jwk`, `jku`, `x5u`, `x5c`) are not looked at, as if they were absent.
"""

from __future__ import annotations

import json
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hmac import compare_digest, digest
from typing import Any, NoReturn

from whosthere.core.claims import Claim, Notice
from whosthere.core.emails import lookup_key
from whosthere.core.identifiers import read_name, user_email_problem, user_id_advice, user_id_problem
from whosthere.core.keys import SECRET_BYTES_MIN, Key, Scheme
from whosthere.core.reasons import Reason, Refused

TOKEN_LENGTH_MAX = 8 * 1024
NESTING_DEPTH_MAX = 32
CLOCK_SKEW_SECONDS = 60
"""How far in the future `iat` and `nbf` may lie; `exp` has no leeway."""

_MESSAGES = {
    Reason.IDENTITY_TOKEN_FORMAT: "Incorrect Identity Token: Improper format.",
    Reason.IDENTITY_TOKEN_SIGNATURE: "Incorrect Identity Token: Invalid signature.",
    Reason.IDENTITY_TOKEN_EXPIRED: "Incorrect Identity Token: Expired.",
    Reason.IDENTITY_TOKEN_UID: "Incorrect Identity Token: Missing identity 'uid'.",
    Reason.IDENTITY_TOKEN_MISMATCH: "Incorrect Identity Token: Does not match the user.",
}


@dataclass(frozen=True, slots=True)
class IdentityProof:
    """What a good identity token says together with the page.

    Attributes:
        email_proven: whether `email` is the token's own and it does not call it unverified.
        name_proven: whether `name` is the token's; the page's is used when the token has none.
        expires_at: `exp` in epoch milliseconds.
    """

    key: Key
    user_id: str | None
    email: str | None
    email_proven: bool
    name: str | None
    name_proven: bool
    expires_at: int
    warnings: tuple[Notice, ...] = ()


class Malformed(Exception):
    """A rule about the token's form or a claim's value is broken."""


def identity_token_message(reason: Reason) -> str:
    """Return the sentence an API answers for one of the five `IDENTITY_TOKEN_…` reasons."""
    return _MESSAGES[reason]


def verify(token: object, claim: Claim, keys: Iterable[Key], platform_id: str, now: int) -> IdentityProof | Refused:
    """Verify an identity token against the live keys and the identifiers of the page.

    Args:
        token: the token with the JSON type it came with.
        claim: the page's claim, not `invalid`; under `full_privacy` the token's email and name are not looked at.
        keys: live keys of the platform; only `standard` ones with 32 bytes or more are used.
        now: epoch milliseconds.

    Returns:
        The proof, or a `Refused` whose reason is one of `IDENTITY_TOKEN_FORMAT`, `…_SIGNATURE`, `…_EXPIRED`,
        `…_UID`, `…_MISMATCH`, in this order of checks. Nothing of the payload is looked at, and no reason but the
        first two appears, unless the signature fits.
    """
    try:
        key, payload = _authenticate(token, keys)
        if key is None:
            return _refused(Reason.IDENTITY_TOKEN_SIGNATURE)
        claims = parse_json_object(payload)
        _check_form(claims, claim, platform_id, now)
        return _judge(claims, claim, key, now)
    except Malformed:
        return _refused(Reason.IDENTITY_TOKEN_FORMAT)


def _authenticate(token: object, keys: Iterable[Key]) -> tuple[Key | None, bytes]:
    """Return the key that signed the token, if any, and the payload's bytes (RFC 7515 §5.2)."""
    if not isinstance(token, str) or len(token) > TOKEN_LENGTH_MAX or token.count(".") != 2:
        raise Malformed
    try:
        signing_input, _, signature_part = token.encode("ascii").rpartition(b".")
    except UnicodeEncodeError:
        raise Malformed from None
    header_part, _, payload_part = signing_input.partition(b".")
    key_id = _check_header(parse_json_object(decode_base64url(header_part)))
    payload, signature = decode_base64url(payload_part), decode_base64url(signature_part)
    fitting: Key | None = None
    for key in keys:
        if key.scheme is not Scheme.STANDARD or len(key.secret) < SECRET_BYTES_MIN:
            continue
        fits = compare_digest(digest(key.secret, signing_input, "sha256"), signature)
        if fits and fitting is None and key_id in (None, key.id):
            fitting = key
    return fitting, payload


def _check_header(header: dict[str, Any]) -> str | None:
    """Check the header, which chooses nothing, and return the `kid` it names."""
    if header.get("alg") != "HS256" or "crit" in header or header.get("b64", True) is not True:
        raise Malformed
    if not isinstance(header.get("typ", ""), str):
        raise Malformed
    key_id = header.get("kid")
    if key_id is None and "kid" not in header:
        return None
    if not isinstance(key_id, str):
        raise Malformed
    return key_id


def _check_form(claims: Mapping[str, Any], page: Claim, platform_id: str, now: int) -> None:
    """Check every claim that does not depend on who the page says it is."""
    if claims.get("kind") != "USER":
        raise Malformed
    if type(claims.get("exp")) is not int:  # a bool is an int in Python, not in JSON
        raise Malformed
    latest = now // 1000 + CLOCK_SKEW_SECONDS
    for name in ("iat", "nbf"):
        if name in claims and (type(claims[name]) is not int or claims[name] > latest):
            raise Malformed
    if "aud" in claims and claims["aud"] != platform_id:
        raise Malformed
    if not page.full_privacy and not isinstance(claims.get("email_verified", False), bool):
        raise Malformed
    if user_id_problem(claims.get("uid")) is not None:
        raise Malformed


def _judge(claims: Mapping[str, Any], page: Claim, key: Key, now: int) -> IdentityProof | Refused:
    """Read the person out of well-formed claims and compare it with the page."""
    user_id: str | None = claims.get("uid") or None
    email, name, warnings = (None, None, ()) if page.full_privacy else _email_and_name(claims)
    if claims["exp"] * 1000 <= now:
        return _refused(Reason.IDENTITY_TOKEN_EXPIRED)
    email_proven = email is not None and claims.get("email_verified", True)
    if user_id is None and not email_proven:
        return _refused(Reason.IDENTITY_TOKEN_UID)
    if not _agree(page, user_id, email):
        return _refused(Reason.IDENTITY_TOKEN_MISMATCH)
    return IdentityProof(
        key=key,
        user_id=user_id,
        email=email or page.user_email,
        email_proven=email_proven,
        name=name or page.user_name,
        name_proven=name is not None,
        expires_at=claims["exp"] * 1000,
        warnings=warnings + (user_id_advice(user_id) if user_id is not None and page.user_id is None else ()),
    )


def _email_and_name(claims: Mapping[str, Any]) -> tuple[str | None, str | None, tuple[Notice, ...]]:
    email, name = claims.get("email"), claims.get("name")
    if user_email_problem(email) is not None or not isinstance(name, str | None):
        raise Malformed
    return email or None, *read_name(name)


def _agree(page: Claim, user_id: str | None, email: str | None) -> bool:
    if page.user_id is not None and page.user_id != user_id:
        return False
    if page.user_email is None or email is None:
        return True
    return lookup_key(page.user_email) == lookup_key(email)


def _refused(reason: Reason) -> Refused:
    return Refused(reason, _MESSAGES[reason])


# -- strict decoding ------------------------------------------------------------------------------------------------

_FROM_URL_SAFE = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
_LAST = (None, b"", b"AQgw", b"AEIMQUYcgkosw048")
"""By length modulo 4: the last characters without stray bits. One character more than full groups spells nothing."""


def decode_base64url(part: bytes) -> bytes:
    """Decode canonical base64url without padding (RFC 7515 §2); only one spelling of each value is accepted."""
    over = len(part) % 4
    last = _LAST[over]
    if last is not None and part[-1] not in last:
        raise Malformed
    try:
        return a2b_base64(part.translate(_FROM_URL_SAFE) + b"=" * (-over % 4), strict_mode=True)
    except Base64Error:
        raise Malformed from None


def parse_json_object(encoded: bytes) -> dict[str, Any]:
    """Parse one JSON object (RFC 8259) strictly: UTF-8, no duplicate keys, no `NaN`, no lone surrogates."""
    try:
        text = encoded.decode()
        value = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # UnicodeDecodeError and UnicodeEncodeError are ValueErrors
        raise Malformed from None
    if not isinstance(value, dict):
        raise Malformed
    if text.count("{") + text.count("[") > NESTING_DEPTH_MAX and _is_too_deep(value):
        raise Malformed
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(NESTING_DEPTH_MAX):
        level = [child for parent in level for child in _children(parent)]
    return any(isinstance(item, dict | list) for item in level)


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()

"""What is wrong with an `identityToken`: each rule of `core.jwt_tokens` in its order, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hmac import compare_digest, digest
from typing import Any

from whosthere.core.claims import Claim
from whosthere.core.emails import lookup_key
from whosthere.core.findings import Finding, finding
from whosthere.core.identifiers import user_email_problem, user_id_problem
from whosthere.core.jwt_tokens import (
    CLOCK_SKEW_SECONDS,
    TOKEN_LENGTH_MAX,
    Malformed,
    decode_base64url,
    parse_json_object,
)
from whosthere.core.keys import Key, Scheme, live
from whosthere.core.policy import Policy
from whosthere.core.secret_mistakes import secret_variants
from whosthere.core.token_spelling import is_digest, unwrap

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_MILLISECONDS_FROM = 100_000_000_000
"""An `exp` beyond this many seconds lies in the year 5138: it is in milliseconds."""


def diagnose_identity_token(claim: Claim, keys: Sequence[Key], policy: Policy, now: int) -> list[Finding]:
    """Return what is wrong with a claim's `identityToken`: form, header, signature, claims, agreement."""
    token = claim.identity_token
    if not isinstance(token, str):
        return [finding("token_not_a_string")]
    bare, found = unwrap(token)
    if len(bare) > TOKEN_LENGTH_MAX:
        return [*found, finding("jwt_too_long")]
    parts = bare.split(".")
    if len(parts) != 3:
        return [*found, finding(_not_a_jwt(parts))]
    try:
        header_bytes, payload_bytes, signature = [decode_base64url(part.encode("ascii")) for part in parts]
    except (Malformed, UnicodeEncodeError):
        return [*found, finding("jwt_not_base64url")]
    try:
        header, claims = parse_json_object(header_bytes), parse_json_object(payload_bytes)
    except Malformed:
        return [*found, finding("jwt_bad_json")]
    signing_input = bare.rpartition(".")[0].encode()
    found += _header(header)
    found += _signature(signing_input, signature, header, keys, now)
    found += _claims(claims, claim, policy, now)
    return found


def named_key(token: object) -> str | None:
    """Return the `kid` of an `identityToken` that may be anything; `None` without one. Nothing of it is proven."""
    if not isinstance(token, str) or len(token) > TOKEN_LENGTH_MAX:
        return None
    header, *_ = unwrap(token)[0].split(".")
    try:
        key_id = parse_json_object(decode_base64url(header.encode("ascii"))).get("kid")
    except (Malformed, UnicodeEncodeError):
        return None
    return key_id if isinstance(key_id, str) else None


def _not_a_jwt(parts: list[str]) -> str:
    if len(parts) == 5:
        return "jwt_encrypted"
    return "user_auth_token_in_wrong_field" if is_digest(".".join(parts)) else "jwt_not_three_parts"


def _header(header: Mapping[str, Any]) -> Iterator[Finding]:
    if header.get("alg") != "HS256":
        yield finding("jwt_algorithm")
    wrong_type = not isinstance(header.get("typ", ""), str) or not isinstance(header.get("kid", ""), str)
    if "crit" in header or header.get("b64", True) is not True or wrong_type:
        yield finding("jwt_header")


def _signature(
    signing_input: bytes, signature: bytes, header: Mapping[str, Any], keys: Sequence[Key], now: int
) -> Iterator[Finding]:
    algorithm, key_id = header.get("alg"), header.get("kid")
    named = _HASHES.get(algorithm) if isinstance(algorithm, str) else None
    alive = live(keys, now)
    if key_id is not None and not any(key.id == key_id and key.scheme is Scheme.STANDARD for key in alive):
        yield finding("jwt_kid_unknown")
    for key in sorted(keys, key=lambda key: (key not in alive, key.scheme is not Scheme.STANDARD)):
        for secret, spoiled in secret_variants(key):
            hashes = dict.fromkeys((named or "sha256", "sha256"))
            if not any(compare_digest(digest(secret, signing_input, one), signature) for one in hashes):
                continue
            if key not in alive:
                yield finding("key_ended", key_name=key.name)
            if key.scheme is not Scheme.STANDARD or key.weak:
                yield finding("jwt_key_scheme", key_name=key.name)
            if key_id not in (None, key.id):
                yield finding("jwt_kid_other_key", key_name=key.name)
            yield from spoiled
            return
    if named is not None:  # no secret can have made the signature of another kind of algorithm
        yield finding("signature_unknown")


def _claims(claims: Mapping[str, Any], page: Claim, policy: Policy, now: int) -> Iterator[Finding]:
    if claims.get("kind") != "USER":
        yield finding("kind_missing")
    yield from _times(claims, now)
    if "aud" in claims and claims["aud"] != policy.platform_id:
        yield finding("aud_other")
    yield from _person(claims, page)


def _times(claims: Mapping[str, Any], now: int) -> Iterator[Finding]:
    expires_at = claims.get("exp")
    if expires_at is None:
        yield finding("exp_missing")
    elif type(expires_at) is not int:
        yield finding("exp_not_an_integer")
    elif expires_at * 1000 <= now:
        yield finding("exp_past")
    elif expires_at > _MILLISECONDS_FROM:
        yield finding("exp_in_milliseconds")
    for name in ("iat", "nbf"):
        moment = claims.get(name, 0)
        if type(moment) is not int:
            yield finding("claim_invalid", detail=f"The claim `{name}` is not an integer.")
        elif moment > now // 1000 + CLOCK_SKEW_SECONDS:
            yield finding("issued_in_future")


def _person(claims: Mapping[str, Any], page: Claim) -> Iterator[Finding]:
    user_id, email = claims.get("uid"), None if page.full_privacy else claims.get("email")
    problems = [("uid", user_id_problem(user_id)), ("email", user_email_problem(email))]
    for name, problem in problems:
        if problem is not None:
            detail = f"The claim `{name}` breaks the rule of its identifier. {problem.message}"
            yield finding("claim_invalid", detail=detail)
    if not page.full_privacy and not isinstance(claims.get("email_verified", False), bool):
        yield finding("claim_invalid", detail="The claim `email_verified` is not a boolean.")
    if not page.full_privacy and not isinstance(claims.get("name"), str | None):
        yield finding("claim_invalid", detail="The claim `name` is not a string.")
    if not user_id and (not email or claims.get("email_verified") is False):
        yield finding("uid_missing", detail="and no verified `email`")
    elif not user_id and page.user_id is not None:
        yield finding("uid_missing", detail="and the page sends a userId")
    elif page.user_id is not None and page.user_id != user_id:
        yield finding("uid_mismatch")
    if page.user_email and isinstance(email, str) and email and lookup_key(email) != lookup_key(page.user_email):
        yield finding("email_mismatch")

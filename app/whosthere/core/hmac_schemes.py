"""The `userAuthToken`: what each scheme signs, how it is spelled, which keys it fits (docs/identity.md §3).

This is the hot path of every login, so it does little: one HMAC per key (RFC 2104, through the one-shot
`hmac.digest`), one strict decode, one comparison in constant time.
"""

from __future__ import annotations

from binascii import a2b_base64, unhexlify
from collections.abc import Iterable
from hmac import compare_digest, digest

from whosthere.core.claims import Claim
from whosthere.core.keys import SECRET_BYTES_MIN, Key, Scheme

_STANDARD = Scheme.STANDARD
_HELPSHIFT = Scheme.HELPSHIFT
_USER_ID_HEX = Scheme.USER_ID_HEX

_LAST_OF_43 = frozenset("AEIMQUYcgkosw048")
"""The characters whose two lowest bits are zero: 43 base64 characters hold 258 bits, two more than a digest."""


def signed_message(scheme: Scheme, user_id: str | None, user_email: str | None) -> bytes | None:
    """Return the bytes a token of `scheme` signs, or `None` when it would sign nothing (then it proves nothing).

    `standard` joins both by a line feed, which no identifier may hold, so no other pair has the same message.
    `helpshift` joins them with nothing between: see `core.splits` for what follows from that.
    """
    if scheme is _STANDARD:
        return f"{user_id or ''}\n{user_email or ''}".encode() if user_id or user_email else None
    if scheme is _HELPSHIFT:
        return f"{user_id or ''}{user_email or ''}".encode() or None
    if scheme is _USER_ID_HEX:
        return user_id.encode() if user_id else None
    return user_email.encode() if user_email else None


def decode_token(scheme: Scheme, token: str) -> bytes | None:
    """Return the 32 bytes that `token` spells in the one spelling of `scheme`, or `None`.

    Base64 (RFC 4648 §4) is the canonical 44 characters or the same 43 without padding: neither the URL-safe
    alphabet, nor white space, nor a last character with stray bits. Hex is 64 digits of either case.
    """
    try:
        if scheme is _STANDARD or scheme is _HELPSHIFT:
            if len(token) == 43:
                token += "="
            elif len(token) != 44:
                return None
            decoded = a2b_base64(token, strict_mode=True)
            return decoded if len(decoded) == 32 and token[42] in _LAST_OF_43 else None
        return unhexlify(token) if len(token) == 64 else None
    except ValueError:
        return None


def verifying_keys(token: str, claim: Claim, keys: Iterable[Key]) -> tuple[Key, ...]:
    """Return the keys under which `token` proves the identifiers of `claim`.

    Every key is tried, whether or not an earlier one fits, so the time taken says nothing about which one did.

    Args:
        keys: live keys; a secret that is too weak for its scheme never proves anything.
    """
    fitting: list[Key] = []
    for key in keys:
        secret, scheme = key.secret, key.scheme
        if len(secret) < SECRET_BYTES_MIN and (scheme is _STANDARD or not secret):
            continue
        given = decode_token(scheme, token)
        message = signed_message(scheme, claim.user_id, claim.user_email)
        if given is None or message is None:
            continue
        if compare_digest(digest(secret, message, "sha256"), given):
            fitting.append(key)
    return tuple(fitting)

"""What is wrong with a `userAuthToken`: the mistake is made on purpose until the token appears.

The search tries every key, every usual way of spoiling a secret and every usual way of writing the message, and
reports the combination with the fewest mistakes.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from hmac import compare_digest, digest
from urllib.parse import unquote

from whosthere.core.claims import Claim
from whosthere.core.findings import Finding, finding
from whosthere.core.hmac_schemes import decode_token, signed_message
from whosthere.core.keys import Key, Scheme, live

_OTHER_HASHES = {20: "SHA-1", 48: "SHA-384", 64: "SHA-512", 16: "MD5"}
_BASE64_SCHEMES = (Scheme.STANDARD, Scheme.HELPSHIFT)
_SEPARATORS = {":": "a colon", ",": "a comma", "|": "a bar", "-": "a hyphen", "_": "an underscore", ";": "a semicolon"}
_SEPARATORS |= {" ": "a space", "&": "an ampersand", "\r\n": "a carriage return and line feed", ".": "a full stop"}

Mistakes = tuple[Finding, ...]
Pair = tuple[tuple[str | None, str | None], Mistakes]
Pairs = Sequence[Pair]


def diagnose_user_auth_token(
    claim: Claim, keys: Sequence[Key], now: int, withheld_email: str | None = None
) -> list[Finding]:
    """Return what is wrong with a claim's `userAuthToken` that no live key accepts, spelling first.

    Args:
        keys: all keys of the platform, ended ones included.
        now: epoch milliseconds.
        withheld_email: the email that `fullPrivacy` took out of the claim, if any.
    """
    token = claim.user_auth_token
    if not isinstance(token, str):
        return [finding("token_not_a_string")]
    if re.fullmatch(r"\s*(Bearer )?eyJ[\w-]*\.[\w-]*\.[\w-]*\s*", token):
        return [finding("identity_token_in_wrong_field")]
    spelling, bare = unwrap(token)
    mac, more = _read_digest(bare)
    spelling += more
    if mac is None:
        return [*spelling, *_unreadable(bare)]
    explained = _search(mac, list(_pairs(claim, withheld_email)), keys, now)
    if explained is None:
        return [*spelling, finding("signature_unknown")]
    key, mistakes = explained
    return [*spelling, *_wrong_alphabet(bare, key), *mistakes]


def unwrap(token: str) -> tuple[list[Finding], str]:
    """Take off what does not belong to a token: white space, quotes, a header's prefix."""
    found: list[Finding] = []
    bare = token.strip()
    if bare != token:
        found.append(finding("token_white_space"))
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
        found.append(finding("token_quoted"))
        bare = bare[1:-1]
    prefix = re.match(r"(Bearer|Basic|HMAC|sha256=|sha256:)\s*", bare, re.IGNORECASE)
    if prefix is not None:
        found.append(finding("token_prefixed", detail=prefix[1]))
        bare = bare[prefix.end() :]
    return found, bare


def secret_variants(key: Key) -> Iterator[tuple[bytes, Mistakes]]:
    """Yield the secret and the usual ways of spoiling it."""
    secret = key.secret
    yield secret, ()
    spoiled: list[tuple[bytes | None, str]] = []
    spoiled += [(secret + end, "secret_line_feed") for end in (b"\n", b"\r\n", b"\r")]
    spoiled += [(quote + secret + quote, "secret_quoted") for quote in (b'"', b"'")]
    spoiled += [(secret.strip(), "secret_trimmed"), (_unhex(secret), "secret_hex_decoded")]
    spoiled += [(_unbase64(secret), "secret_base64_decoded")]
    for variant, code in spoiled:
        if variant and variant != secret:
            yield variant, (finding(code, key_name=key.name),)


def _read_digest(bare: str) -> tuple[bytes | None, list[Finding]]:
    """Read 32 bytes out of any usual spelling, and say which spelling it should not have been."""
    for scheme in (Scheme.STANDARD, Scheme.USER_ID_HEX):
        mac = decode_token(scheme, bare)
        if mac is not None:
            return mac, []
    restored = unquote(bare).replace(" ", "+")
    if restored != bare:
        mac, found = _read_digest(restored)
        return mac, found if mac is None else [finding("token_url_encoded"), *found]
    decoded = _unbase64(bare.encode(errors="replace"))
    if decoded is None:
        return None, []
    if len(decoded) == 32:
        url_safe = "-" in bare or "_" in bare
        return decoded, [finding("token_url_safe" if url_safe else "token_not_canonical")]
    try:
        twice = decode_token(Scheme.STANDARD, decoded.decode("ascii"))
    except UnicodeDecodeError:
        twice = None
    if twice is not None:
        return twice, [finding("token_encoded_twice")]
    inner = _unhex(decoded)
    return (inner, [finding("token_base64_of_hex")]) if inner is not None and len(inner) == 32 else (None, [])


def _unreadable(bare: str) -> list[Finding]:
    for decoded in (_unhex(bare.encode(errors="replace")), _unbase64(bare.encode(errors="replace"))):
        if decoded is not None and len(decoded) in _OTHER_HASHES:
            return [finding("token_other_hash", detail=_OTHER_HASHES[len(decoded)])]
    return [finding("token_not_a_digest")]


def _wrong_alphabet(bare: str, key: Key) -> list[Finding]:
    is_hex = re.fullmatch(r"[0-9A-Fa-f]{64}", bare) is not None
    if is_hex and key.scheme in _BASE64_SCHEMES:
        return [finding("hex_instead_of_base64", key_name=key.name)]
    if not is_hex and key.scheme not in _BASE64_SCHEMES:
        return [finding("base64_instead_of_hex", key_name=key.name)]
    return []


def _search(mac: bytes, pairs: Pairs, keys: Sequence[Key], now: int) -> tuple[Key, Mistakes] | None:
    """Return the key and the fewest mistakes under which the token appears."""
    alive = live(keys, now)
    best: tuple[Key, Mistakes] | None = None
    for key in sorted(keys, key=lambda key: key not in alive):
        useless: Mistakes = () if key in alive else (finding("key_ended", key_name=key.name),)
        if key.scheme is Scheme.STANDARD and key.weak:
            useless += (finding("key_too_weak", key_name=key.name),)
        for made, mistakes in _attempts(key, pairs):
            total = useless + mistakes
            if compare_digest(made, mac) and (best is None or len(total) < len(best[1])):
                best = (key, total)
    return best


def _attempts(key: Key, pairs: Pairs) -> Iterator[tuple[bytes, Mistakes]]:
    messages = list(_messages(key, pairs))
    for secret, spoiled in secret_variants(key):
        for message, mistakes in messages:
            yield digest(secret, message, "sha256"), spoiled + mistakes
    for message, mistakes in messages:
        swapped = (finding("secret_and_message_swapped", key_name=key.name),)
        yield digest(message, key.secret, "sha256"), swapped + mistakes
        for text in (key.secret + message, message + key.secret, message):
            yield sha256(text).digest(), (finding("not_an_hmac", key_name=key.name), *mistakes)


def _messages(key: Key, pairs: Pairs) -> Iterator[tuple[bytes, Mistakes]]:
    """Yield the message the key's scheme signs, then the usual wrong ones."""
    for (user_id, user_email), mistakes in pairs:
        for scheme in (key.scheme, *Scheme):
            message = signed_message(scheme, user_id, user_email)
            if message is None:
                continue
            other = () if scheme is key.scheme else (_signed_instead(scheme, key, user_id, user_email),)
            yield message, other + mistakes
            yield message + b"\n", (*other, *mistakes, finding("message_line_feed"))
        if user_id and user_email:
            for separator, words in _SEPARATORS.items():
                wrong = finding("message_separator", detail=words)
                yield f"{user_id}{separator}{user_email}".encode(), (wrong, *mistakes)


def _signed_instead(scheme: Scheme, key: Key, user_id: str | None, user_email: str | None) -> Finding:
    if user_id and user_email and key.scheme in _BASE64_SCHEMES:
        if scheme is Scheme.USER_ID_HEX:
            return finding("user_id_signed_alone")
        if scheme is Scheme.EMAIL_HEX:
            return finding("user_email_signed_alone")
    return finding("wrong_scheme", key_name=key.name, detail=scheme.value)


def _pairs(claim: Claim, withheld_email: str | None) -> Iterator[Pair]:
    """Yield the identifiers as sent, then as a backend may have had them."""
    user_id, email = claim.user_id, claim.user_email
    yield (user_id, email), ()
    if withheld_email:
        yield (user_id, withheld_email), (finding("full_privacy_email"),)
    if user_id and email:
        yield (user_id, None), (finding("user_id_signed_alone"),)
        yield (None, email), (finding("user_email_signed_alone"),)
        yield (email, user_id), (finding("identifiers_swapped"),)
    if email:
        for cased in {email.lower(), email.upper()} - {email}:
            yield (user_id, cased), (finding("email_case"),)
    if user_id:
        for cased in {user_id.lower(), user_id.upper()} - {user_id}:
            yield (cased, email), (finding("user_id_case"),)
        for number in _as_numbers(user_id):
            yield (number, email), (finding("user_id_as_number", detail=number),)
    for form in ("NFC", "NFD", "NFKC"):
        other = tuple(value and unicodedata.normalize(form, value) for value in (user_id, email))
        if other != (user_id, email):
            yield (other[0], other[1]), (finding("unicode_form"),)


def _as_numbers(user_id: str) -> list[str]:
    """Return what becomes of an id of digits that passes through a number on its way."""
    if not re.fullmatch(r"[0-9]{1,40}", user_id):
        return []
    number = int(user_id)
    shapes = [str(number), f"{number}.0", f"{float(number):.15g}", f"{number:,}", repr(float(number))]
    return [shape for shape in dict.fromkeys(shapes) if shape != user_id]


def _unhex(text: bytes) -> bytes | None:
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return None


def _unbase64(text: bytes) -> bytes | None:
    padded = text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4)
    decode = urlsafe_b64decode if b"-" in text or b"_" in text else b64decode
    try:
        return decode(padded) if re.fullmatch(rb"[A-Za-z0-9+/_=-]+", text) else None
    except ValueError:
        return None

"""What is wrong with a `userAuthToken`: the mistake is made on purpose until the token appears.

The search tries every key, every usual way of spoiling a secret and every usual way of writing the message, and
reports the combination with the fewest mistakes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from hmac import compare_digest, digest
from itertools import chain, combinations, islice

from whosthere.core.claims import Claim
from whosthere.core.findings import Finding, finding
from whosthere.core.hmac_schemes import signed_message
from whosthere.core.keys import Key, Scheme, live
from whosthere.core.secret_mistakes import secret_variants
from whosthere.core.token_spelling import is_jwt, read_digest, unreadable

_BASE64_SCHEMES = (Scheme.STANDARD, Scheme.HELPSHIFT)
_SEPARATORS = {":": "a colon", ",": "a comma", "|": "a bar", "-": "a hyphen", "_": "an underscore", ";": "a semicolon"}
_SEPARATORS |= {" ": "a space", "&": "an ampersand", "\r\n": "a carriage return and line feed", ".": "a full stop"}

CASES_MAX = 300
"""How many ways of writing an identifier in capital and small letters are tried."""

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
    mac, bare, spelling = read_digest(token)
    if mac is None:
        return [*spelling, finding("identity_token_in_wrong_field") if is_jwt(bare) else unreadable(bare)]
    explained = _search(mac, claim, withheld_email, keys, now)
    if explained is None:
        return [*spelling, finding("signature_unknown")]
    key, mistakes = explained
    told = any(found.code == "token_base64_of_hex" for found in spelling)
    return [*spelling, *([] if told else _wrong_alphabet(bare, key)), *mistakes]


def _wrong_alphabet(bare: str, key: Key) -> list[Finding]:
    is_hex = re.fullmatch(r"[0-9A-Fa-f]{64}", bare) is not None
    if is_hex and key.scheme in _BASE64_SCHEMES:
        return [finding("hex_instead_of_base64", key_name=key.name)]
    if not is_hex and key.scheme not in _BASE64_SCHEMES:
        return [finding("base64_instead_of_hex", key_name=key.name)]
    return []


def _search(
    mac: bytes, claim: Claim, withheld_email: str | None, keys: Sequence[Key], now: int
) -> tuple[Key, Mistakes] | None:
    """Return the key and the fewest mistakes under which the token appears."""
    alive = live(keys, now)
    pairs, cased = list(_pairs(claim, withheld_email)), list(_cased(claim))
    best: tuple[Key, Mistakes] | None = None
    for key in sorted(keys, key=lambda key: key not in alive):
        useless: Mistakes = () if key in alive else (finding("key_ended", key_name=key.name),)
        if key.scheme is Scheme.STANDARD and key.weak:
            useless += (finding("key_too_weak", key_name=key.name),)
        for made, mistakes in chain(_attempts(key, pairs), _signed(key.secret, _messages(key, cased))):
            total = useless + mistakes
            if compare_digest(made, mac) and (best is None or len(total) < len(best[1])):
                best = (key, total)
    return best


def _attempts(key: Key, pairs: Pairs) -> Iterator[tuple[bytes, Mistakes]]:
    messages = list(_messages(key, pairs))
    for secret, spoiled in secret_variants(key):
        for made, mistakes in _signed(secret, messages):
            yield made, spoiled + mistakes
    for message, mistakes in messages:
        swapped = (finding("secret_and_message_swapped", key_name=key.name),)
        yield digest(message, key.secret, "sha256"), swapped + mistakes
        for text in (key.secret + message, message + key.secret, message):
            yield sha256(text).digest(), (finding("not_an_hmac", key_name=key.name), *mistakes)


def _signed(secret: bytes, messages: Iterable[tuple[bytes, Mistakes]]) -> Iterator[tuple[bytes, Mistakes]]:
    for message, mistakes in messages:
        yield digest(secret, message, "sha256"), mistakes


def _messages(key: Key, pairs: Pairs) -> Iterator[tuple[bytes, Mistakes]]:
    """Yield the message the key's scheme signs, then the usual wrong ones."""
    for (user_id, user_email), mistakes in pairs:
        for scheme in dict.fromkeys((key.scheme, *Scheme)):
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
    if user_id:
        for number, shape in _as_numbers(user_id).items():
            yield (number, email), (finding("user_id_as_number", detail=shape),)
    for form in ("NFC", "NFD", "NFKC"):
        other = tuple(value and unicodedata.normalize(form, value) for value in (user_id, email))
        if other != (user_id, email):
            yield (other[0], other[1]), (finding("unicode_form"),)


def _cased(claim: Claim) -> Iterator[Pair]:
    """Yield the identifiers in other cases: as a backend may have stored what the page lower-cases, or the reverse."""
    user_id, email = claim.user_id, claim.user_email
    for cased in _cases(email or ""):
        yield (user_id, cased), (finding("email_case"),)
    for cased in _cases(user_id or ""):
        yield (cased, email), (finding("user_id_case"),)


def _cases(text: str) -> Iterable[str]:
    """Return the likeliest ways of writing a text in capital and small letters, without its own."""
    small = text.lower()
    starts = [word.start() for word in re.finditer(r"[^\W\d_]+", small)]
    letters = [place for place, letter in enumerate(small) if letter.upper() != letter]
    several = range(len(starts), 1, -1)
    places = chain(*(combinations(starts, count) for count in several), combinations(letters, 1))
    capitals = islice(chain(places, combinations(letters, 2)), CASES_MAX)
    name, at, domain = small.partition("@")
    tried = [small, small.upper(), name.upper() + at + domain, name + at + domain.upper()]
    tried += ["".join(c.upper() if n in which else c for n, c in enumerate(small)) for which in capitals]
    return [one for one in dict.fromkeys(tried) if one != text]


def _as_numbers(user_id: str) -> dict[str, str]:
    """Return what becomes of an id of digits that passes through a number on its way, and what is the matter."""
    if not re.fullmatch(r"[0-9]{1,40}", user_id):
        return {}
    number = int(user_id)
    shapes = {
        str(number): "without its leading zeros",
        f"{number}.0": "with a decimal point",
        repr(float(number)): "with a decimal point or an exponent",
        f"{float(number):.15g}": "rounded",
        f"{number:,}": "with separators between its digits",
    }
    return {shape: words for shape, words in shapes.items() if shape != user_id}

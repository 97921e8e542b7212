"""An identityToken has one form: three canonical parts, HS256, our keys, strict JSON."""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.jwts import FORMAT, GOOD, SECONDS, SIGNATURE, assemble, check, encode, good, proof
from tests.core.world import HELPSHIFT, STANDARD
from tests.people import OTHER_SECRET, SECRET, jwt
from whosthere.core.jwt_tokens import TOKEN_LENGTH_MAX, IdentityProof, Malformed, decode_base64url
from whosthere.core.keys import Key, Scheme
from whosthere.core.reasons import Reason


@pytest.mark.parametrize(
    "token",
    [
        5,
        True,
        ["a.b.c"],
        "",
        "x",
        "a.b",
        "a.b.c",
        "..",
        "a.b.c.d",
        "a.b.c.d.e",
        "Bearer " + good(),
        good() + "\n",
        " " + good(),
        good() + "=",
        good().replace(".", "=.", 1),
        good().replace("eyJ", "eyJ\n", 1),
        good()[:-1] + "é",
        "\ud800.a.b",
        good() + ".",
    ],
)
def test_what_is_not_three_parts_of_base64url_has_a_bad_form(token: object) -> None:
    assert check(token) is FORMAT


def test_a_signature_has_one_spelling() -> None:
    """43 characters hold two bits more than the digest: a second spelling would be a second token."""
    token = good()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    outcomes = [check(token[:-1] + last) for last in alphabet]
    assert [type(outcome) for outcome in outcomes].count(IdentityProof) == 1
    assert outcomes.count(SIGNATURE) == 15
    assert outcomes.count(FORMAT) == 48


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "HS384"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": "hs256"},
        {"alg": ["HS256"]},
        {"alg": None},
        {"alg": "HS256", "crit": ["exp"]},
        {"alg": "HS256", "crit": []},
        {"alg": "HS256", "crit": None},
        {"alg": "HS256", "b64": False},
        {"alg": "HS256", "b64": None},
        {"alg": "HS256", "b64": False, "crit": ["b64"]},
        {"alg": "HS256", "kid": 5},
        {"alg": "HS256", "kid": None},
        {"alg": "HS256", "kid": [STANDARD.id]},
        {"alg": "HS256", "typ": 5},
        {"typ": "JWT"},
        {},
    ],
)
def test_the_header_chooses_nothing(header: dict[str, Any]) -> None:
    assert check(assemble(json.dumps(header).encode(), json.dumps(dict(GOOD)).encode())) is FORMAT


def test_an_unsigned_token_is_refused() -> None:
    parts = [encode(b'{"alg":"none"}'), encode(json.dumps(dict(GOOD)).encode()), ""]
    assert check(".".join(parts)) is FORMAT


@pytest.mark.parametrize(
    "offer",
    [
        {"jwk": {"kty": "oct", "k": encode(OTHER_SECRET.encode())}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
    ],
)
def test_a_key_offered_by_the_header_is_never_used(offer: dict[str, Any]) -> None:
    """With the offered key it fits nothing; with ours it is as good as without the offer."""
    assert check(jwt(OTHER_SECRET, dict(GOOD), **offer)) is SIGNATURE
    assert proof(jwt(SECRET, dict(GOOD), **offer)).user_id == "ada"


STRONG_HELPSHIFT = replace(HELPSHIFT, secret=OTHER_SECRET.encode())
OTHER_STANDARD = replace(STANDARD, id="key-other", secret=OTHER_SECRET.encode())


@pytest.mark.parametrize(
    ("header", "keys", "outcome"),
    [
        ({}, (STANDARD,), None),
        ({"kid": STANDARD.id}, (STANDARD,), None),
        ({"kid": STANDARD.id}, (OTHER_STANDARD, STANDARD), None),
        ({"kid": OTHER_STANDARD.id}, (STANDARD, OTHER_STANDARD), SIGNATURE),
        ({"kid": "unknown"}, (STANDARD,), SIGNATURE),
        ({"kid": ""}, (STANDARD,), SIGNATURE),
        ({"kid": STANDARD.name}, (STANDARD,), SIGNATURE),
        ({}, (OTHER_STANDARD,), SIGNATURE),
        ({}, (), SIGNATURE),
        ({}, (replace(STANDARD, scheme=Scheme.HELPSHIFT),), SIGNATURE),
        ({}, (replace(STANDARD, scheme=Scheme.USER_ID_HEX),), SIGNATURE),
        ({"kid": STANDARD.id}, (replace(STANDARD, scheme=Scheme.EMAIL_HEX),), SIGNATURE),
    ],
)
def test_only_a_live_standard_key_signs(header: dict[str, Any], keys: tuple[Key, ...], outcome: Reason | None) -> None:
    found = check(jwt(SECRET, dict(GOOD), **header), keys=keys)
    assert found is outcome if outcome else isinstance(found, IdentityProof)


@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_a_key_below_32_bytes_signs_no_jwt(secret: str) -> None:
    assert check(jwt(secret, dict(GOOD)), keys=(replace(STANDARD, secret=secret.encode()),)) is SIGNATURE


def test_every_standard_key_is_compared_even_after_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return one == other

    monkeypatch.setattr("whosthere.core.jwt_tokens.compare_digest", compare)
    keys = (STANDARD, *(replace(STANDARD, id=f"key-{n}", secret=bytes([n]) * 32) for n in range(4)))
    assert proof(good(), keys=keys).key is STANDARD
    assert len(compared) == 5


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "empty"),
        (b"null", "no object"),
        (b"[]", "no object"),
        (b'"x"', "no object"),
        (b"{", "syntax"),
        (b"{'kind':'USER'}", "syntax"),
        (b'{"kind":"USER","uid":"ada","exp":%d}x' % (SECONDS + 9), "trailing"),
        (b'\xef\xbb\xbf{"kind":"USER","uid":"ada","exp":%d}' % (SECONDS + 9), "byte order mark"),
        (b'{"kind":"USER","uid":"ada\xff","exp":%d}' % (SECONDS + 9), "not UTF-8"),
        (b'{"kind":"USER","uid":"\xed\xa0\x80","exp":%d}' % (SECONDS + 9), "encoded surrogate"),
        (b'{"kind":"USER","uid":"mallory","uid":"ada","exp":%d}' % (SECONDS + 9), "duplicate"),
        (b'{"kind":"USER","uid":"ada","exp":1,"exp":%d}' % (SECONDS + 9), "duplicate"),
        (b'{"kind":"USER","uid":"ada","\\u0075id":"bob","exp":%d}' % (SECONDS + 9), "duplicate, escaped"),
        (b'{"kind":"USER","uid":"ada","x":{"a":1,"a":2},"exp":%d}' % (SECONDS + 9), "duplicate inside"),
        (b'{"kind":"USER","uid":"ada","x":NaN,"exp":%d}' % (SECONDS + 9), "NaN"),
        (b'{"kind":"USER","uid":"ada","exp":Infinity}', "Infinity"),
        (b'{"kind":"USER","uid":"ada","x":"\\ud800","exp":%d}' % (SECONDS + 9), "lone surrogate"),
        (b'{"kind":"USER","uid":"ada","\\udfff":1,"exp":%d}' % (SECONDS + 9), "lone surrogate in a key"),
        (b'{"kind":"USER","uid":"ada","x":%s,"exp":%d}' % (b"[" * 32 + b"]" * 32, SECONDS + 9), "depth 33"),
        (b'{"kind":"USER","uid":"ada","x":%s,"exp":%d}' % (b"[" * 900 + b"]" * 900, SECONDS + 9), "deep"),
        (b"[" * 5000, "very deep"),
        (b'{"a":' * 1000, "very deep"),
        (b'{"kind":"USER","uid":"ada","exp":%s}' % (b"9" * 5000), "a number of 5000 digits"),
    ],
)
def test_a_payload_is_strict_json(payload: bytes, why: str) -> None:
    assert check(assemble(b'{"alg":"HS256"}', payload)) is FORMAT, why


@pytest.mark.parametrize(
    "payload",
    [
        b' {"kind" : "USER", "uid":"ada", "exp":%d}\n' % (SECONDS + 9),
        b'{"kind":"USER","uid":"\\u0061da","exp":%d}' % (SECONDS + 9),
        b'{"kind":"USER","uid":"ada","x":"\\ud83d\\ude80","exp":%d}' % (SECONDS + 9),
        b'{"kind":"USER","uid":"ada","x":%s,"exp":%d}' % (b"[" * 31 + b"]" * 31, SECONDS + 9),
        b'{"kind":"USER","uid":"ada","x":[%s],"exp":%d}' % (b",".join([b"{}"] * 99), SECONDS + 9),
        b'{"kind":"USER","uid":"ada","x":1.5e3,"sub":"x","iss":null,"exp":%d}' % (SECONDS + 9),
    ],
)
def test_harmless_json_is_accepted(payload: bytes) -> None:
    assert proof(assemble(b'{"alg":"HS256"}', payload)).user_id == "ada"


def test_a_header_is_strict_json_too() -> None:
    payload = json.dumps(dict(GOOD)).encode()
    assert check(assemble(b'{"alg":"none","alg":"HS256"}', payload)) is FORMAT
    assert check(assemble(b'{"alg":"HS256","x":"\\ud800"}', payload)) is FORMAT
    assert check(assemble(b'["HS256"]', payload)) is FORMAT


def test_a_token_has_at_most_8_kib() -> None:
    overhead = len(good(x="")) - len("")
    fitting = good(x="x" * (3 * (TOKEN_LENGTH_MAX - overhead) // 4 - 3))
    assert len(fitting) <= TOKEN_LENGTH_MAX
    assert proof(fitting).user_id == "ada"
    assert check(good(x="x" * TOKEN_LENGTH_MAX)) is FORMAT


@given(st.text("AQgwEIz09-_+/=\n", max_size=9) | st.binary(max_size=9).map(encode))
def test_a_value_has_one_spelling_in_base64url(part: str) -> None:
    try:
        value = decode_base64url(part.encode())
    except Malformed:
        padded = part + "=" * (-len(part) % 4)
        with suppress(binascii.Error):
            assert encode(base64.urlsafe_b64decode(padded)) != part
    else:
        assert encode(value) == part

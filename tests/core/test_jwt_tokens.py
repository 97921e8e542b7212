"""An identityToken is verified by the rules of docs/identity.md, "identityToken", and by no other."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tests.core.vectors import JWT_VECTORS
from tests.core.world import ENDED, HELPSHIFT, KEYS, NOW, PLATFORM, STANDARD
from tests.people import ADA, OTHER_SECRET, SECRET, digest, jwt
from whosthere.core.claims import Claim
from whosthere.core.identifiers import read_claim
from whosthere.core.jwt_tokens import (
    TOKEN_LENGTH_MAX,
    IdentityProof,
    identity_token_message,
    verify,
)
from whosthere.core.keys import Key, Scheme
from whosthere.core.reasons import Reason, Refused

SECONDS = NOW // 1000
GOOD: Mapping[str, Any] = {"kind": "USER", "uid": ADA.user_id, "email": ADA.email, "exp": SECONDS + 300}
NOBODY = Claim()


def check(token: object, page: Claim = NOBODY, keys: tuple[Key, ...] = KEYS, now: int = NOW) -> object:
    """Verify a token; the reason of a refusal, or the proof."""
    outcome = verify(token, page, keys, PLATFORM, now)
    return outcome.reason if isinstance(outcome, Refused) else outcome


def proof(token: object, page: Claim = NOBODY, keys: tuple[Key, ...] = KEYS) -> IdentityProof:
    outcome = verify(token, page, keys, PLATFORM, NOW)
    assert isinstance(outcome, IdentityProof), outcome
    return outcome


def good(**changes: Any) -> str:
    """A good token with some claims changed; `...` leaves a claim out."""
    claims = {**GOOD, **changes}
    return jwt(SECRET, {name: value for name, value in claims.items() if value is not ...})


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def assemble(header: bytes, payload: bytes, secret: str = SECRET) -> str:
    """A token over any bytes, signed."""
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{encode(digest(secret, signed))}"


@pytest.mark.parametrize("vector", JWT_VECTORS, ids=lambda vector: vector["name"])
def test_published_and_own_vectors(vector: dict[str, Any]) -> None:
    secret = base64.urlsafe_b64decode(vector["secretBase64url"] + "==")
    key = Key("key", "", Scheme.STANDARD, secret)
    outcome = verify(vector["token"], read_claim(vector["page"]), [key], vector["platformId"], vector["now"])
    if vector["reason"] is not None:
        assert isinstance(outcome, Refused)
        assert outcome.reason == vector["reason"]
    else:
        assert isinstance(outcome, IdentityProof)
        person = {"userId": outcome.user_id, "userEmail": outcome.email, "userName": outcome.name}
        assert person == vector["person"]


def test_a_good_token_says_who_it_is_and_until_when() -> None:
    found = proof(good(name="Ada Lovelace"))
    assert found == IdentityProof(
        key=STANDARD,
        user_id="ada",
        email="ada@example.com",
        email_proven=True,
        name="Ada Lovelace",
        name_proven=True,
        expires_at=(SECONDS + 300) * 1000,
    )


def test_what_joserfc_signs_is_accepted() -> None:
    token = joserfc_jwt.encode({"alg": "HS256", "kid": STANDARD.id}, dict(GOOD), OctKey.import_key(SECRET))
    assert proof(token).user_id == "ada"


FORMAT, SIGNATURE = Reason.IDENTITY_TOKEN_FORMAT, Reason.IDENTITY_TOKEN_SIGNATURE
EXPIRED, UID, MISMATCH = (
    Reason.IDENTITY_TOKEN_EXPIRED,
    Reason.IDENTITY_TOKEN_UID,
    Reason.IDENTITY_TOKEN_MISMATCH,
)


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
def test_only_a_live_standard_key_signs(
    header: dict[str, Any], keys: tuple[Key, ...], outcome: Reason | None
) -> None:
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


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, None),
        ({"kind": ...}, FORMAT),
        ({"kind": None}, FORMAT),
        ({"kind": "user"}, FORMAT),
        ({"kind": "AGENT"}, FORMAT),
        ({"kind": ["USER"]}, FORMAT),
        ({"uid": ...}, None),
        ({"uid": ""}, None),
        ({"uid": None}, None),
        ({"email": ...}, None),
        ({"email": ""}, None),
        ({"uid": 5}, FORMAT),
        ({"uid": True}, FORMAT),
        ({"uid": False}, FORMAT),
        ({"uid": 0}, FORMAT),
        ({"uid": " ada"}, FORMAT),
        ({"uid": "undefined"}, FORMAT),
        ({"uid": "a\nda"}, FORMAT),
        ({"uid": "x" * 751}, FORMAT),
        ({"email": 5}, FORMAT),
        ({"email": False}, FORMAT),
        ({"email": "ada"}, FORMAT),
        ({"email": "jo\u0308rg@example.com"}, FORMAT),
        ({"uid": ..., "email": ...}, UID),
        ({"uid": "", "email": None}, UID),
        ({"uid": ..., "email_verified": False}, UID),
        ({"name": 5}, FORMAT),
        ({"name": ["Ada"]}, FORMAT),
        ({"name": None}, None),
        ({"name": ""}, None),
        ({"email_verified": True}, None),
        ({"email_verified": False}, None),
        ({"email_verified": "false"}, FORMAT),
        ({"email_verified": 0}, FORMAT),
        ({"email_verified": None}, FORMAT),
        ({"exp": ...}, FORMAT),
        ({"exp": None}, FORMAT),
        ({"exp": str(SECONDS + 300)}, FORMAT),
        ({"exp": SECONDS + 300.5}, FORMAT),
        ({"exp": float(SECONDS + 300)}, FORMAT),
        ({"exp": True}, FORMAT),
        ({"exp": [SECONDS + 300]}, FORMAT),
        ({"exp": SECONDS + 1}, None),
        ({"exp": SECONDS}, EXPIRED),
        ({"exp": SECONDS - 1}, EXPIRED),
        ({"exp": 0}, EXPIRED),
        ({"exp": -1}, EXPIRED),
        ({"exp": 10**30}, None),
        ({"iat": SECONDS}, None),
        ({"iat": SECONDS + 60}, None),
        ({"iat": SECONDS + 61}, FORMAT),
        ({"iat": "now"}, FORMAT),
        ({"iat": float(SECONDS)}, FORMAT),
        ({"iat": True}, FORMAT),
        ({"iat": None}, FORMAT),
        ({"nbf": SECONDS + 60}, None),
        ({"nbf": SECONDS + 61}, FORMAT),
        ({"nbf": False}, FORMAT),
        ({"iat": SECONDS * 1000}, FORMAT),
        ({"aud": PLATFORM}, None),
        ({"aud": "plt_other"}, FORMAT),
        ({"aud": [PLATFORM]}, FORMAT),
        ({"aud": None}, FORMAT),
        ({"aud": ""}, FORMAT),
        ({"sub": "bob", "user_id": "bob"}, None),
    ],
)
def test_each_claim_keeps_its_rule(changes: dict[str, Any], outcome: Reason | None) -> None:
    found = check(good(**changes))
    assert found is outcome if outcome else isinstance(found, IdentityProof)


def test_a_token_expires_to_the_millisecond() -> None:
    token = good(exp=SECONDS + 1)
    assert isinstance(check(token, now=NOW + 999), IdentityProof)
    assert check(token, now=NOW + 1000) is EXPIRED


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1}, {"uid": ..., "email": ...}, {"kind": "X"}, {"uid": "bob"}, {"uid": 5}, {"exp": "x"}],
)
def test_no_claim_is_judged_before_the_signature_fits(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    assert check(jwt(OTHER_SECRET, claims), page=Claim(user_id="ada")) is SIGNATURE
    assert check(assemble(b'{"alg":"HS256"}', b"not json", OTHER_SECRET)) is SIGNATURE


def test_the_failures_come_in_their_order() -> None:
    page = Claim(user_id="mallory")
    assert check(good(kind="X", exp=1, uid=..., email=...), page) is FORMAT
    assert check(good(exp=1, uid=..., email=...), page) is EXPIRED
    assert check(good(uid=..., email=...), page) is UID
    assert check(good(), page) is MISMATCH


@pytest.mark.parametrize(
    ("page", "changes", "outcome"),
    [
        (Claim(user_id="ada"), {}, None),
        (Claim(user_id="Ada"), {}, MISMATCH),
        (Claim(user_id="bob"), {}, MISMATCH),
        (Claim(user_id="ada"), {"uid": ...}, MISMATCH),
        (Claim(user_email="ADA@Example.com"), {}, None),
        (Claim(user_email="bob@example.com"), {}, MISMATCH),
        (Claim(user_email="bob@example.com"), {"email": ...}, None),
        (Claim(user_email="bob@example.com"), {"email_verified": False}, MISMATCH),
        (Claim(user_id="ada", user_email="ada@example.com"), {}, None),
        (Claim(user_id="ada", full_privacy=True), {}, None),
    ],
)
def test_the_page_has_to_agree(page: Claim, changes: dict[str, Any], outcome: Reason | None) -> None:
    found = check(good(**changes), page)
    assert found is outcome if outcome else isinstance(found, IdentityProof)


@pytest.mark.parametrize(
    ("page", "changes", "email", "proven"),
    [
        (NOBODY, {}, "ada@example.com", True),
        (NOBODY, {"email_verified": True}, "ada@example.com", True),
        (NOBODY, {"email_verified": False}, "ada@example.com", False),
        (NOBODY, {"email": ...}, None, False),
        (Claim(user_email="ADA@example.com"), {}, "ada@example.com", True),
        (Claim(user_email="ada@work.example"), {"email": ...}, "ada@work.example", False),
        (Claim(full_privacy=True), {}, None, False),
    ],
)
def test_only_a_signed_email_is_proven(
    page: Claim, changes: dict[str, Any], email: str | None, proven: bool
) -> None:
    found = proof(good(**changes), page)
    assert (found.email, found.email_proven) == (email, proven)


def test_a_name_of_the_token_is_proven_and_one_of_the_page_is_not() -> None:
    page = Claim(user_name="Countess")
    assert (proof(good(name="Ada"), page).name, proof(good(name="Ada"), page).name_proven) == ("Ada", True)
    assert (proof(good(), page).name, proof(good(), page).name_proven) == ("Countess", False)
    assert proof(good(name="x" * 300)).name == "x" * 255


def test_full_privacy_ignores_email_and_name_of_the_token_even_broken_ones() -> None:
    found = proof(good(email="broken", name=5), Claim(full_privacy=True))
    assert (found.user_id, found.email, found.name) == ("ada", None, None)
    assert check(good(uid=...), Claim(full_privacy=True)) is UID


def test_a_uid_that_looks_like_an_email_is_warned_about() -> None:
    assert [notice.code for notice in proof(good(uid="ada@example.com")).warnings] == ["user_id_looks_like_email"]


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (FORMAT, "Incorrect Identity Token: Improper format."),
        (SIGNATURE, "Incorrect Identity Token: Invalid signature."),
        (EXPIRED, "Incorrect Identity Token: Expired."),
        (UID, "Incorrect Identity Token: Missing identity 'uid'."),
        (MISMATCH, "Incorrect Identity Token: Does not match the user."),
    ],
)
def test_each_failure_has_its_exact_message(reason: Reason, message: str) -> None:
    assert identity_token_message(reason) == message


@given(st.data())
def test_whatever_we_accept_joserfc_accepts_with_the_same_claims(data: st.DataObject) -> None:
    """A second opinion: tokens with any part altered, judged by both."""
    token = list(data.draw(st.sampled_from([good(), good(name="Ada"), good(aud=PLATFORM)])))
    for _ in range(data.draw(st.integers(0, 2))):
        token[data.draw(st.integers(0, len(token) - 1))] = data.draw(st.sampled_from("ABQZaz09-_.=+/ "))
    altered = "".join(token)
    outcome = verify(altered, NOBODY, KEYS, PLATFORM, NOW)
    try:
        claims = joserfc_jwt.decode(altered, OctKey.import_key(SECRET), algorithms=["HS256"]).claims
    except (JoseError, ValueError):
        claims = {}
    if isinstance(outcome, IdentityProof):
        assert claims["uid"] == outcome.user_id
    else:
        assert claims == {}


def test_an_ended_key_is_not_among_the_live_ones_and_proves_nothing() -> None:
    assert check(jwt(OTHER_SECRET, dict(GOOD)), keys=KEYS) is SIGNATURE
    assert ENDED not in KEYS

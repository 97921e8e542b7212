"""An identityToken is verified by the rules of docs/identity.md, "identityToken", and by no other."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tests.core.jwts import (
    EXPIRED,
    FORMAT,
    GOOD,
    MISMATCH,
    NOBODY,
    SECONDS,
    SIGNATURE,
    UID,
    assemble,
    check,
    good,
    proof,
)
from tests.core.vectors import JWT_VECTORS
from tests.core.world import ENDED, KEYS, NOW, PLATFORM, STANDARD
from tests.people import OTHER_SECRET, SECRET, jwt
from whosthere.core.claims import Claim
from whosthere.core.identifiers import read_claim
from whosthere.core.jwt_tokens import (
    IdentityProof,
    identity_token_message,
    verify,
)
from whosthere.core.keys import Key, Scheme
from whosthere.core.reasons import Reason, Refused


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
def test_only_a_signed_email_is_proven(page: Claim, changes: dict[str, Any], email: str | None, proven: bool) -> None:
    found = proof(good(**changes), page)
    assert (found.email, found.email_proven) == (email, proven)


def test_a_name_of_the_token_is_proven_and_one_of_the_page_is_not() -> None:
    page = Claim(user_name="Countess")
    assert (proof(good(name="Ada"), page).name, proof(good(name="Ada"), page).name_proven) == ("Ada", True)
    assert (proof(good(), page).name, proof(good(), page).name_proven) == ("Countess", False)
    assert proof(good(name="x" * 300)).name == "x" * 255


def test_full_privacy_ignores_email_and_name_of_the_token_even_broken_ones() -> None:
    broken = good(email="broken", name=5, email_verified="no")
    found = proof(broken, Claim(full_privacy=True))
    assert (found.user_id, found.email, found.name) == ("ada", None, None)
    assert check(broken) is FORMAT
    assert check(good(uid=...), Claim(full_privacy=True)) is UID


def test_a_name_of_the_token_is_warned_about_like_one_of_the_page() -> None:
    name = "A\0da" + "x" * 300
    of_page = read_claim({"userName": name}).warnings
    assert [notice.code for notice in of_page] != []
    assert proof(good(name=name)).warnings == of_page


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

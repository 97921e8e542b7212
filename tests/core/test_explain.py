"""Each usual mistake is recognised by making it, and named before the ones behind it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import emails, user_ids
from tests.core.world import (
    EMAIL_HEX,
    ENDED,
    ENFORCED,
    HELPSHIFT,
    KEYS,
    NOW,
    PLATFORM,
    REPORT,
    STANDARD,
    USER_ID_HEX,
    config,
    token_of,
)
from tests.people import ADA, OTHER_SECRET, SECRET, base64_token, digest, hex_token, jwt
from whosthere.core.assurance import Assurance
from whosthere.core.explain import explain
from whosthere.core.findings import ADVICE, CATALOGUE, Finding, finding
from whosthere.core.identifiers import read_claim
from whosthere.core.keys import Key, Scheme
from whosthere.core.verdict import Admitted
from whosthere.core.verification import judge

ALL_KEYS = (*KEYS, ENDED)
USER_ID, EMAIL = "Ada-1", "Ada@Example.com"
MESSAGE = f"{USER_ID}\n{EMAIL}"
MAC = digest(SECRET, MESSAGE)
GOOD = base64.b64encode(MAC).decode()
URL_SAFE = next(
    f"Ada-{n}"
    for n in range(99)
    if {"+", "/"} <= set(base64_token(SECRET, f"Ada-{n}\n{EMAIL}"))
)  # fmt: skip


def codes(page: Mapping[str, object], keys: tuple[Key, ...] = ALL_KEYS) -> list[str]:
    return [found.code for found in explain(page, keys, ENFORCED, NOW)]


def ada(token: object, **more: object) -> dict[str, object]:
    return {**config(USER_ID, EMAIL), "userAuthToken": token, **more}


def spoiled(secret: str | bytes, message: str | bytes = MESSAGE) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    text = message.encode() if isinstance(message, str) else message
    return base64.b64encode(hmac.digest(key, text, "sha256")).decode()


HEX_SECRET = "0123456789abcdef" * 4
HEX_KEY = replace(STANDARD, id="key-hex", name="Hex", secret=HEX_SECRET.encode())

HMAC_TABLE = [
    # spelling
    (ada(5), ["token_not_a_string"]),
    (ada(GOOD + "\n"), ["token_white_space"]),
    (ada(f'"{GOOD}"'), ["token_quoted"]),
    (ada(f"Bearer {GOOD}"), ["token_prefixed"]),
    (ada(f" 'sha256={GOOD}'"), ["token_white_space", "token_quoted", "token_prefixed"]),
    (ada(GOOD.rstrip("=") + "=="), ["token_not_canonical"]),
    (ada(MAC.hex()), ["hex_instead_of_base64"]),
    (ada(MAC.hex().upper()), ["hex_instead_of_base64"]),
    (ada(base64.b64encode(MAC.hex().encode()).decode()), ["token_base64_of_hex"]),
    (ada(base64.b64encode(hmac.digest(SECRET.encode(), MESSAGE.encode(), "sha1")).decode()), ["token_other_hash"]),
    (ada(hmac.digest(SECRET.encode(), MESSAGE.encode(), "sha512").hex()), ["token_other_hash"]),
    (ada("any old text"), ["token_not_a_digest"]),
    (ada(jwt(SECRET, {"kind": "USER"})), ["identity_token_in_wrong_field"]),
    (ada(base64_token(USER_ID_HEX.secret.decode(), USER_ID)), ["base64_instead_of_hex"]),
    # the key
    (ada(token_of(ENDED, USER_ID, EMAIL)), ["key_ended"]),
    (ada(spoiled(SECRET + "\n")), ["secret_line_feed"]),
    (ada(spoiled(SECRET + "\r\n")), ["secret_line_feed"]),
    (ada(spoiled(f'"{SECRET}"')), ["secret_quoted"]),
    (ada(spoiled(f"'{SECRET}'")), ["secret_quoted"]),
    (ada(spoiled(MESSAGE, SECRET)), ["secret_and_message_swapped"]),
    (ada(base64.b64encode(hashlib.sha256((SECRET + MESSAGE).encode()).digest()).decode()), ["not_an_hmac"]),
    (ada(spoiled(OTHER_SECRET + "\n")), ["key_ended", "secret_line_feed"]),
    # the message
    (ada(spoiled(SECRET, USER_ID)), ["user_id_signed_alone"]),
    (ada(spoiled(SECRET, f"{USER_ID}\n")), ["user_id_signed_alone"]),
    (ada(spoiled(SECRET, EMAIL)), ["user_email_signed_alone"]),
    (ada(spoiled(SECRET, f"\n{EMAIL}")), ["user_email_signed_alone"]),
    (ada(spoiled(SECRET, f"{EMAIL}\n{USER_ID}")), ["identifiers_swapped"]),
    (ada(spoiled(SECRET, f"{USER_ID}:{EMAIL}")), ["message_separator"]),
    (ada(spoiled(SECRET, MESSAGE + "\n")), ["message_line_feed"]),
    (ada(spoiled(SECRET, MESSAGE.replace(EMAIL, EMAIL.lower()))), ["email_case"]),
    (ada(spoiled(SECRET, MESSAGE.replace(USER_ID, USER_ID.lower()))), ["user_id_case"]),
    (ada(spoiled(SECRET, USER_ID + EMAIL)), ["wrong_scheme"]),
    (ada(token_of(replace(STANDARD, secret=HELPSHIFT.secret), USER_ID, EMAIL)), ["wrong_scheme"]),
    (ada(hex_token(EMAIL_HEX.secret.decode(), USER_ID)), ["wrong_scheme"]),
    (ada(hex_token(USER_ID_HEX.secret.decode(), EMAIL)), ["wrong_scheme"]),
    (ada(GOOD, fullPrivacy=True), ["full_privacy_email"]),
    (ada(spoiled("somebody else's secret")), ["signature_unknown"]),
    # nothing there
    (ada(None), ["token_missing"]),
    (ada("  "), ["token_missing"]),
    ({}, ["nothing_to_prove"]),
    ({"userAuthToken": GOOD}, ["nothing_to_prove"]),
    # the page
    (config("Ada-1 ", userAuthToken=GOOD), ["user_id_white_space"]),
    (config(USER_ID, "jo\u0308rg@example.com", userAuthToken=GOOD), ["user_email_not_nfc"]),
    ({"userId": 5, "userEmail": "x"}, ["user_id_not_a_string", "user_email_invalid"]),
    # all is well
    (ada(GOOD), []),
    (ada(token_of(USER_ID_HEX, USER_ID, None)), ["weak_secret"]),
    (ada(token_of(HELPSHIFT, USER_ID, EMAIL)), ["ambiguous_token", "weak_secret"]),
]


@pytest.mark.parametrize(("page", "expected"), HMAC_TABLE)
def test_each_mistake_with_a_user_auth_token_is_named(page: Mapping[str, object], expected: list[str]) -> None:
    assert codes(page) == expected


def test_the_url_safe_alphabet_is_recognised() -> None:
    token = base64_token(SECRET, f"{URL_SAFE}\n{EMAIL}")
    url_safe = token.replace("+", "-").replace("/", "_")
    for spelled in (url_safe, url_safe.rstrip("=")):
        assert codes(config(URL_SAFE, EMAIL, userAuthToken=spelled)) == ["token_url_safe"]


def test_a_token_damaged_by_a_url_is_recognised() -> None:
    token = base64_token(SECRET, f"{URL_SAFE}\n{EMAIL}")
    for damaged in (quote(token, safe=""), token.replace("+", " ")):
        assert codes(config(URL_SAFE, EMAIL, userAuthToken=damaged)) == ["token_url_encoded"]


def test_a_secret_decoded_by_mistake_is_recognised() -> None:
    decoded = {"secret_hex_decoded": bytes.fromhex(HEX_SECRET), "secret_base64_decoded": base64.b64decode(HEX_SECRET)}
    for code, secret in decoded.items():
        assert codes(ada(spoiled(secret)), (HEX_KEY,)) == [code]


def test_an_imported_secret_with_white_space_that_the_backend_trims_is_recognised() -> None:
    key = replace(HELPSHIFT, secret=b"a secret from a file\n")
    token = base64_token("a secret from a file", USER_ID + EMAIL)
    assert codes(ada(token), (key,)) == ["secret_trimmed"]


@pytest.mark.parametrize(("signed", "sent"), [("J\u00f6rg", "Jo\u0308rg"), ("Jo\u0308rg", "J\u00f6rg")])
def test_another_unicode_form_is_recognised(signed: str, sent: str) -> None:
    token = token_of(STANDARD, signed, EMAIL)
    assert codes(config(sent, EMAIL, userAuthToken=token)) == ["unicode_form"]


def test_a_user_id_of_another_shape_is_named() -> None:
    policy = replace(ENFORCED, user_id_pattern="[0-9]+")
    found = explain(ada(GOOD), KEYS, policy, NOW)
    assert [each.code for each in found] == ["user_id_pattern"]


def test_a_platform_without_live_keys_hears_that_first() -> None:
    assert codes(ada(GOOD), ()) == ["no_live_key", "signature_unknown"]
    assert codes(ada(token_of(ENDED, USER_ID, EMAIL)), (ENDED,)) == ["no_live_key", "key_ended"]


def test_the_policy_does_not_soften_the_diagnosis() -> None:
    assert [each.code for each in explain(ada(None), KEYS, REPORT, NOW)] == ["token_missing"]


# -- identity tokens ------------------------------------------------------------------------------------------------

SECONDS = NOW // 1000
CLAIMS: Mapping[str, Any] = {"kind": "USER", "uid": USER_ID, "email": EMAIL, "exp": SECONDS + 300}


def with_jwt(token: object, **page: object) -> dict[str, object]:
    return {**page, "identityToken": token}


def altered(secret: str = SECRET, header: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, object]:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}
    return with_jwt(jwt(secret, claims, **(header or {})))


def raw(payload: bytes) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    mac = base64.urlsafe_b64encode(digest(SECRET, f"{head}.{body}")).rstrip(b"=").decode()
    return f"{head}.{body}.{mac}"


GOOD_JWT = jwt(SECRET, dict(CLAIMS))

JWT_TABLE = [
    (with_jwt(GOOD_JWT), []),
    (with_jwt(GOOD_JWT, userId=USER_ID, userEmail=EMAIL.lower()), []),
    (with_jwt(5), ["token_not_a_string"]),
    (with_jwt(GOOD_JWT + "\n"), ["token_white_space"]),
    (with_jwt(f"Bearer {GOOD_JWT}"), ["token_prefixed"]),
    (with_jwt(f'"{GOOD_JWT}"'), ["token_quoted"]),
    (with_jwt(GOOD), ["user_auth_token_in_wrong_field"]),
    (with_jwt(MAC.hex()), ["user_auth_token_in_wrong_field"]),
    (with_jwt("abc"), ["jwt_not_three_parts"]),
    (with_jwt("a.b.c.d.e"), ["jwt_encrypted"]),
    (with_jwt(GOOD_JWT + "="), ["jwt_not_base64url"]),
    (with_jwt("é.b.c"), ["jwt_not_base64url"]),
    (with_jwt(jwt(SECRET, {**CLAIMS, "x": "x" * 9000})), ["jwt_too_long"]),
    (with_jwt(raw(b"not json")), ["jwt_bad_json"]),
    (with_jwt(raw(b'{"uid":"a","uid":"b"}')), ["jwt_bad_json"]),
    (altered(header={"alg": "HS512"}), ["jwt_algorithm"]),
    (altered(header={"alg": "none"}), ["jwt_algorithm"]),
    (altered(header={"crit": ["x"]}), ["jwt_header"]),
    (altered(header={"kid": "unknown"}), ["jwt_kid_unknown", "jwt_kid_other_key"]),
    (altered(header={"kid": HELPSHIFT.id}), ["jwt_kid_unknown", "jwt_kid_other_key"]),
    (altered(OTHER_SECRET), ["key_ended"]),
    (altered(HELPSHIFT.secret.decode()), ["jwt_key_scheme"]),
    (altered(SECRET + "\n"), ["secret_line_feed"]),
    (altered("unknown secret"), ["signature_unknown"]),
    (altered(kind=...), ["kind_missing"]),
    (altered(kind="user"), ["kind_missing"]),
    (altered(exp=...), ["exp_missing"]),
    (altered(exp=str(SECONDS)), ["exp_not_an_integer"]),
    (altered(exp=SECONDS + 0.5), ["exp_not_an_integer"]),
    (altered(exp=SECONDS), ["exp_past"]),
    (altered(exp=NOW + 300_000), ["exp_in_milliseconds"]),
    (altered(iat=NOW), ["issued_in_future"]),
    (altered(nbf=SECONDS + 61), ["issued_in_future"]),
    (altered(iat="now"), ["claim_invalid"]),
    (altered(aud="plt_other"), ["aud_other"]),
    (altered(aud=PLATFORM), []),
    (altered(uid=..., email=...), ["uid_missing"]),
    (altered(uid=..., email_verified=False), ["uid_missing"]),
    (altered(uid=5), ["claim_invalid"]),
    (altered(email="broken"), ["claim_invalid"]),
    (altered(email_verified="yes"), ["claim_invalid"]),
    (altered(name=5), ["claim_invalid"]),
    ({**altered(), "userId": "bob"}, ["uid_mismatch"]),
    ({**altered(uid=...), "userId": USER_ID}, ["uid_mismatch"]),
    ({**altered(), "userEmail": "bob@example.com"}, ["email_mismatch"]),
    (altered("unknown secret", exp=1), ["signature_unknown", "exp_past"]),
    (altered(kind=..., exp=..., uid=..., email=...), ["kind_missing", "exp_missing", "uid_missing"]),
]


@pytest.mark.parametrize(("page", "expected"), JWT_TABLE)
def test_each_mistake_with_an_identity_token_is_named(page: Mapping[str, object], expected: list[str]) -> None:
    assert codes(page) == expected


# -- what it promises -------------------------------------------------------------------------------------------------

_PAGES = [page for page, _ in (*HMAC_TABLE, *JWT_TABLE)]


@pytest.mark.parametrize("page", _PAGES)
def test_only_advice_is_left_exactly_when_the_visitor_is_verified(page: Mapping[str, object]) -> None:
    verdict = judge(read_claim(page), ALL_KEYS, ENFORCED, NOW)
    is_verified = isinstance(verdict, Admitted) and verdict.assurance is Assurance.VERIFIED
    found = explain(page, ALL_KEYS, ENFORCED, NOW)
    assert all(each.advice for each in found) == is_verified


@pytest.mark.parametrize("page", _PAGES)
def test_no_finding_holds_a_secret_a_token_or_an_identifier(page: Mapping[str, object]) -> None:
    said = " ".join(f"{each.title} {each.how_to_mend}" for each in explain(page, ALL_KEYS, ENFORCED, NOW))
    forbidden = [key.secret.decode() for key in ALL_KEYS] + [USER_ID, EMAIL, EMAIL.lower()]
    forbidden += [str(page[name]) for name in ("userAuthToken", "identityToken") if len(str(page.get(name, ""))) > 5]
    assert not [each for each in forbidden if each in said]


def test_every_entry_of_the_catalogue_can_be_found() -> None:
    listed = {code for _, expected in (*HMAC_TABLE, *JWT_TABLE) for code in expected}
    elsewhere = {
        "identifier_invalid",
        "no_live_key",
        "user_id_pattern",
        "token_url_safe",
        "token_url_encoded",
        "secret_hex_decoded",
        "secret_base64_decoded",
        "secret_trimmed",
        "unicode_form",
    }
    assert set(CATALOGUE) <= listed | elsewhere
    assert set(CATALOGUE) >= ADVICE


def test_a_finding_fills_the_gaps_of_its_entry() -> None:
    found = finding("key_ended", key_name="Last year")
    assert found == Finding("key_ended", found.title, found.how_to_mend)
    assert "“Last year”" in found.title
    for code in CATALOGUE:
        filled = finding(code, key_name="K", detail="D")
        assert "{" not in filled.title + filled.how_to_mend
        assert filled.title.endswith((".", "D"))
        assert filled.how_to_mend.endswith(".")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "userId": user_ids | st.text(max_size=5) | st.integers(),
            "userEmail": emails | st.text(max_size=5),
            "userAuthToken": st.text(max_size=70) | st.sampled_from([GOOD, MAC.hex(), GOOD_JWT]) | st.booleans(),
            "identityToken": st.text(max_size=70) | st.sampled_from([GOOD, GOOD_JWT, GOOD_JWT[:-3]]) | st.none(),
            "fullPrivacy": st.booleans(),
        },
    )
)
def test_whatever_a_page_sends_is_explained(page: dict[str, object]) -> None:
    found = explain(page, (STANDARD, ENDED), ENFORCED, NOW)
    verdict = judge(read_claim(page), (STANDARD, ENDED), ENFORCED, NOW)
    is_verified = isinstance(verdict, Admitted) and verdict.assurance is Assurance.VERIFIED
    assert all(each.advice for each in found) == is_verified
    assert json.dumps([each.code for each in found])


def test_a_scheme_of_another_key_is_called_by_its_name() -> None:
    token = base64_token(SECRET, ADA.user_id + ADA.email)
    page = config(ADA.user_id, ADA.email, userAuthToken=token)
    (found,) = explain(page, ALL_KEYS, ENFORCED, NOW)
    assert Scheme.HELPSHIFT.value in found.title
    assert STANDARD.name in found.title

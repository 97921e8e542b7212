"""Each usual mistake is recognised by making it, and named before the ones behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.mistakes import (
    ALL_KEYS,
    EMAIL,
    GOOD,
    GOOD_JWT,
    HEX_KEY,
    HEX_SECRET,
    HMAC_TABLE,
    JWT_TABLE,
    MAC,
    URL_SAFE,
    USER_ID,
    ada,
    spoiled,
)
from tests.core.strategies import emails, user_ids
from tests.core.world import (
    ENDED,
    ENFORCED,
    HELPSHIFT,
    KEYS,
    NOW,
    REPORT,
    STANDARD,
    config,
    token_of,
)
from tests.people import ADA, SECRET, base64_token
from whosthere.core.assurance import Assurance
from whosthere.core.explain import explain
from whosthere.core.findings import ADVICE, CATALOGUE, Finding, finding
from whosthere.core.identifiers import read_claim
from whosthere.core.keys import Key, Scheme
from whosthere.core.verdict import Admitted
from whosthere.core.verification import judge


def codes(page: Mapping[str, object], keys: tuple[Key, ...] = ALL_KEYS) -> list[str]:
    return [found.code for found in explain(page, keys, ENFORCED, NOW)]


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


def test_a_standard_key_too_weak_to_prove_anything_is_named() -> None:
    weak = replace(STANDARD, secret=b"short")
    assert codes(ada(token_of(weak, USER_ID, EMAIL)), (weak,)) == ["key_too_weak"]


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
        "key_too_weak",
        "no_live_key",
        "user_id_pattern",
        "token_url_safe",
        "token_url_encoded",
        "secret_hex_decoded",
        "secret_base64_decoded",
        "secret_trimmed",
        "unicode_form",
        "key_of_other_platform",  # by the service, which knows other platforms,
        "key_deleted",  # and what was deleted
        "jwt_kid_deleted",
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

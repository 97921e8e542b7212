"""A boot's identifiers are read strictly: never silent, never corrected."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.core.claims import Claim
from whosthere.core.identifiers import (
    PLACEHOLDERS,
    is_blank,
    read_claim,
    user_email_problem,
    user_id_problem,
)


def codes(claim: Claim) -> list[str]:
    return [notice.code for notice in claim.warnings]


def test_an_empty_body_is_an_anonymous_visitor_without_a_warning() -> None:
    assert read_claim({}) == Claim()


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_the_empty_string_mean_not_given(nothing: object) -> None:
    names = ("userId", "userEmail", "userName", "fullPrivacy", "clearAnonymousUserOnLogin")
    assert read_claim(dict.fromkeys(names, nothing)) == Claim()


@pytest.mark.parametrize(
    "user_id",
    [
        "ada",
        "a",
        "x" * 750,
        "\U0001f680" * 750,
        "Ada Lovelace",
        "ada\tlovelace",
        "ada\r1",
        "Ada",
        "0",
        "undefined1",
        "NULL",
        "nan",
        "none",
        "a\u0308da",
        "\u00e4da",
        "\u200bada",
        "true",
    ],
)
def test_a_good_user_id_is_taken_exactly_as_sent(user_id: str) -> None:
    claim = read_claim({"userId": user_id})
    assert claim == Claim(user_id=user_id)


@pytest.mark.parametrize(
    ("user_id", "code"),
    [
        (1, "user_id_not_a_string"),
        (0, "user_id_not_a_string"),
        (1.5, "user_id_not_a_string"),
        (True, "user_id_not_a_string"),
        (False, "user_id_not_a_string"),
        ([], "user_id_not_a_string"),
        (["ada"], "user_id_not_a_string"),
        ({}, "user_id_not_a_string"),
        (b"ada", "user_id_not_a_string"),
        ("x" * 751, "user_id_too_long"),
        (" ada", "user_id_white_space"),
        ("ada ", "user_id_white_space"),
        ("ada\n", "user_id_white_space"),
        ("\u2003ada", "user_id_white_space"),
        ("ada\u00a0", "user_id_white_space"),
        ("\u3000", "user_id_white_space"),
        (" ", "user_id_white_space"),
        ("ada\u0085", "user_id_white_space"),
        ("a\0da", "user_id_forbidden_character"),
        ("a\nda", "user_id_forbidden_character"),
        ("a\ud800da", "user_id_forbidden_character"),
        ("\udc00", "user_id_forbidden_character"),
        *[(placeholder, "user_id_placeholder") for placeholder in sorted(PLACEHOLDERS)],
    ],
)
@pytest.mark.parametrize("other", [{}, {"userEmail": "ada@example.com"}], ids=["alone", "beside-an-email"])
def test_a_broken_user_id_makes_the_whole_visitor_anonymous(
    user_id: object, code: str, other: Mapping[str, object]
) -> None:
    """Falling back to the email could open somebody else's conversations."""
    claim = read_claim({"userId": user_id, **other})
    assert (claim.user_id, claim.user_email, claim.invalid) == (None, None, True)
    assert codes(claim) == [code]


@pytest.mark.parametrize(
    ("email", "code"),
    [
        (7, "user_email_not_a_string"),
        (False, "user_email_not_a_string"),
        (["ada@example.com"], "user_email_not_a_string"),
        (" ada@example.com", "user_email_white_space"),
        ("ada@example.com\n", "user_email_white_space"),
        ("jo\u0308rg@example.com", "user_email_not_nfc"),
        ("\u212aate@example.com", "user_email_not_nfc"),
        ("a" * 300 + "@example.com", "user_email_too_long"),
        ("é" * 125 + "@example.com", "user_email_too_long"),
        ("ada", "user_email_invalid"),
        ("ada@example", "user_email_invalid"),
        ("ada\0@example.com", "user_email_invalid"),
        ("ada\ud800@example.com", "user_email_invalid"),
    ],
)
@pytest.mark.parametrize("other", [{}, {"userId": "ada"}], ids=["alone", "beside-a-userId"])
def test_a_broken_email_makes_the_whole_visitor_anonymous(
    email: object, code: str, other: Mapping[str, object]
) -> None:
    claim = read_claim({"userEmail": email, **other})
    assert (claim.user_id, claim.user_email, claim.invalid) == (None, None, True)
    assert codes(claim) == [code]


def test_every_broken_identifier_is_named() -> None:
    claim = read_claim({"userId": 1, "userEmail": "ada"})
    assert [(notice.code, notice.field) for notice in claim.warnings] == [
        ("user_id_not_a_string", "userId"),
        ("user_email_invalid", "userEmail"),
    ]


def test_no_warning_repeats_the_value_it_is_about() -> None:
    body = {"userId": "secret-one\0", "userEmail": "secret-two", "userName": "secret-three\0" * 99}
    assert all("secret" not in notice.message for notice in read_claim(body).warnings)


def test_a_user_id_that_looks_like_an_email_is_kept_with_a_warning() -> None:
    claim = read_claim({"userId": "ada@example.com"})
    assert (claim.user_id, claim.user_email, claim.invalid) == ("ada@example.com", None, False)
    assert codes(claim) == ["user_id_looks_like_email"]


@pytest.mark.parametrize(
    ("name", "kept", "code"),
    [
        ("Ada Lovelace", "Ada Lovelace", None),
        (" Ada ", " Ada ", None),
        ("x" * 255, "x" * 255, None),
        ("\U0001f680" * 255, "\U0001f680" * 255, None),
        ("x" * 256, "x" * 255, "user_name_cut"),
        ("A\0da", "Ada", "user_name_nul_dropped"),
        ("\0", None, "user_name_nul_dropped"),
        ("\0" * 5 + "x" * 255, "x" * 255, "user_name_nul_dropped"),
        (5, None, "user_name_not_a_string"),
        (True, None, "user_name_not_a_string"),
        ({"first": "Ada"}, None, "user_name_not_a_string"),
        ("A\udfffda", None, "user_name_forbidden_character"),
    ],
)
def test_a_name_is_cut_or_ignored_and_refuses_nobody(name: object, kept: str | None, code: str | None) -> None:
    claim = read_claim({"userId": "ada", "userName": name})
    assert (claim.user_id, claim.user_name, claim.invalid) == ("ada", kept, False)
    assert codes(claim) == ([code] if code else [])


@pytest.mark.parametrize("email", ["ada@example.com", "not an email", 5, ["x"], "jo\u0308rg@example.com"])
def test_full_privacy_ignores_email_and_name_before_anything_else(email: object) -> None:
    """A broken email is not even looked at, so it cannot make the visitor anonymous."""
    claim = read_claim({"userId": "ada", "userEmail": email, "userName": 7, "fullPrivacy": True})
    assert claim == Claim(user_id="ada", full_privacy=True)


def test_full_privacy_without_a_user_id_is_anonymous() -> None:
    assert read_claim({"userEmail": "ada@example.com", "fullPrivacy": True}) == Claim(full_privacy=True)


def test_full_privacy_does_not_excuse_a_broken_user_id() -> None:
    assert read_claim({"userId": 5, "fullPrivacy": True}).invalid


@pytest.mark.parametrize("value", ["true", 1, "yes", [], {}, 0, 1.0])
def test_only_true_switches_full_privacy_on(value: object) -> None:
    claim = read_claim({"userEmail": "ada@example.com", "fullPrivacy": value})
    assert (claim.full_privacy, claim.user_email) == (False, "ada@example.com")
    assert codes(claim) == ["not_a_boolean"]


@pytest.mark.parametrize(("value", "ends"), [(True, True), (False, False), ("true", False), (1, False)])
def test_only_true_ends_the_anonymous_user_on_login(value: object, ends: bool) -> None:
    claim = read_claim({"userId": "ada", "clearAnonymousUserOnLogin": value})
    assert claim.clear_anonymous is ends
    assert codes(claim) == ([] if isinstance(value, bool) else ["not_a_boolean"])


@pytest.mark.parametrize("token", [None, "", "abc", " abc ", 5, True, ["abc"], {"a": 1}])
def test_tokens_keep_the_type_they_came_with(token: object) -> None:
    claim = read_claim({"userAuthToken": token, "identityToken": token})
    assert claim.user_auth_token is token
    assert claim.identity_token is token


def test_a_claim_never_prints_its_tokens() -> None:
    shown = repr(read_claim({"userId": "ada", "userAuthToken": "topsecret", "identityToken": "topsecret"}))
    assert "topsecret" not in shown


@pytest.mark.parametrize(
    ("token", "blank"),
    [(None, True), ("", True), (" ", True), ("\n\t", True), ("x", False), (0, False), (False, False), ([], False)],
)
def test_a_blank_token_is_a_missing_one_and_a_wrong_type_is_not(token: object, blank: bool) -> None:
    assert is_blank(token) is blank


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["ada", "ada@example.com"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("userId", "userEmail", "userName", "fullPrivacy", "userAuthToken"), _json)
    )
)
def test_whatever_comes_in_an_identifier_of_a_claim_is_valid_and_never_changed(body: dict[str, object]) -> None:
    claim = read_claim(body)
    assert claim.user_id in (None, body.get("userId"))
    assert claim.user_email in (None, body.get("userEmail"))
    assert user_id_problem(claim.user_id) is None
    assert user_email_problem(claim.user_email) is None
    assert claim.invalid == (
        user_id_problem(body.get("userId")) is not None
        or (body.get("fullPrivacy") is not True and user_email_problem(body.get("userEmail")) is not None)
    )
    assert not (claim.invalid and claim.identified)
    assert not claim.invalid or claim.warnings

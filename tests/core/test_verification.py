"""Is the visitor let in, and as what? The table of docs/identity.md, "Is the visitor let in?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.core.judging import admitted, good_jwt, verdict
from tests.core.world import (
    EMAIL_HEX,
    ENDED,
    ENFORCED,
    HELPSHIFT,
    KEYS,
    NOW,
    OFF,
    REPORT,
    STANDARD,
    USER_ID_HEX,
    config,
    token_of,
)
from tests.people import ADA
from whosthere.core.assurance import Assurance
from whosthere.core.keys import Key
from whosthere.core.policy import Policy
from whosthere.core.reasons import Reason, Refused
from whosthere.core.verdict import Admitted

POLICIES = (ENFORCED, REPORT, OFF)
LENIENT = (REPORT, OFF)
TOKEN = token_of(STANDARD, ADA.user_id, ADA.email)
WRONG = token_of(STANDARD, "mallory", ADA.email)
MISSING, INVALID = Reason.MISSING_USER_AUTH_TOKEN, Reason.INVALID_USER_AUTH_TOKEN


def ada(**more: object) -> dict[str, object]:
    return {**config(ADA.user_id, ADA.email), **more}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.verification)
@pytest.mark.parametrize(
    "page", [{}, {"userId": ""}, {"userAuthToken": TOKEN}, {"userAuthToken": 5}, {"identityToken": " "}]
)
def test_nobody_in_particular_is_let_in_as_anonymous(page: dict[str, object], policy: Policy) -> None:
    """Without identifiers there is nothing to prove, so a userAuthToken alone is not looked at."""
    found = admitted(page, policy)
    assert (found.assurance, found.tab_scoped, found.not_enforced) == (Assurance.ANONYMOUS, False, None)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.verification)
def test_a_valid_token_verifies_under_every_policy(policy: Policy) -> None:
    found = admitted(ada(userAuthToken=TOKEN, userName="Ada"), policy)
    assert found == Admitted(
        Assurance.VERIFIED,
        user_id="ada",
        email="ada@example.com",
        name="Ada",
        user_id_proven=True,
        email_proven=True,
        name_proven=False,
        key_id=STANDARD.id,
        key_name=STANDARD.name,
    )


@pytest.mark.parametrize("token", [None, "", " ", "\n\t"])
def test_a_missing_or_blank_token_is_refused_where_it_is_enforced(token: object) -> None:
    assert verdict(ada(userAuthToken=token)) == Refused(MISSING, private=MISSING)


@pytest.mark.parametrize("policy", LENIENT, ids=lambda policy: policy.verification)
def test_a_missing_token_makes_a_claimed_visitor_elsewhere(policy: Policy) -> None:
    assert admitted(ada(), policy) == Admitted(
        Assurance.CLAIMED, user_id="ada", email="ada@example.com", not_enforced=MISSING
    )


WRONG_TOKENS = [
    (WRONG, Reason.TOKEN_SIGNATURE),
    (TOKEN + "\n", Reason.TOKEN_FORMAT),
    ("abc", Reason.TOKEN_FORMAT),
    (5, Reason.TOKEN_FORMAT),
    (False, Reason.TOKEN_FORMAT),
    ([TOKEN], Reason.TOKEN_FORMAT),
    (token_of(STANDARD, ADA.user_id, None), Reason.TOKEN_SIGNATURE),
    (token_of(STANDARD, None, ADA.email), Reason.TOKEN_SIGNATURE),
    (token_of(STANDARD, ADA.user_id, ADA.email.upper()), Reason.TOKEN_SIGNATURE),
    (token_of(ENDED, ADA.user_id, ADA.email), Reason.TOKEN_SIGNATURE),
]


@pytest.mark.parametrize(("token", "reason"), WRONG_TOKENS)
def test_a_wrong_token_is_refused_where_it_is_enforced(token: object, reason: Reason) -> None:
    assert verdict(ada(userAuthToken=token)) == Refused(INVALID, private=reason)


@pytest.mark.parametrize("policy", LENIENT, ids=lambda policy: policy.verification)
@pytest.mark.parametrize(("token", "reason"), WRONG_TOKENS)
def test_a_wrong_token_makes_a_claimed_visitor_elsewhere(token: object, reason: Reason, policy: Policy) -> None:
    found = admitted(ada(userAuthToken=token), policy)
    assert (found.assurance, found.not_enforced, found.key_id) == (Assurance.CLAIMED, reason, None)
    assert (found.user_id_proven, found.email_proven, found.name_proven) == (False, False, False)


@pytest.mark.parametrize("keys", [(), (ENDED,), (replace(STANDARD, ends_at=NOW),)])
def test_the_door_does_not_open_because_a_key_is_missing(keys: Sequence[Key]) -> None:
    assert verdict(ada(userAuthToken=TOKEN), keys=keys) == Refused(INVALID, private=Reason.NO_LIVE_KEY)
    assert verdict(ada(), keys=keys) == Refused(MISSING, private=MISSING)
    assert verdict({"identityToken": good_jwt()}, keys=keys) == Refused(
        INVALID, private=Reason.IDENTITY_TOKEN_SIGNATURE
    )


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.verification)
@pytest.mark.parametrize(
    "broken",
    [
        {"userId": 5, "userEmail": ADA.email},
        {"userId": ADA.user_id, "userEmail": "broken"},
        {"userId": "undefined"},
    ],
)
@pytest.mark.parametrize("more", [{}, {"userAuthToken": TOKEN}, {"identityToken": "any"}])
def test_an_invalid_identifier_makes_an_anonymous_visitor_of_this_tab(
    broken: dict[str, object], more: dict[str, object], policy: Policy
) -> None:
    found = admitted({**broken, **more}, policy)
    assert (found.assurance, found.tab_scoped) == (Assurance.ANONYMOUS, True)
    assert (found.user_id, found.email, found.key_id) == (None, None, None)
    assert found.warnings


def test_a_good_jwt_does_not_mend_an_invalid_identifier() -> None:
    found = admitted({"userId": 5, "identityToken": good_jwt()})
    assert (found.assurance, found.tab_scoped) == (Assurance.ANONYMOUS, True)


# -- what a proof covers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "user_id_proven", "email_proven"),
    [(STANDARD, True, True), (HELPSHIFT, True, True), (USER_ID_HEX, True, False), (EMAIL_HEX, False, True)],
    ids=lambda value: value.scheme if isinstance(value, Key) else None,
)
def test_only_signed_values_count(key: Key, user_id_proven: bool, email_proven: bool) -> None:
    found = admitted(ada(userAuthToken=token_of(key, ADA.user_id, ADA.email), userName="Ada"))
    assert (found.assurance, found.key_id, found.key_name) == (Assurance.VERIFIED, key.id, key.name)
    assert (found.user_id, found.user_id_proven) == ("ada", user_id_proven)
    assert (found.email, found.email_proven) == ("ada@example.com", email_proven)
    assert (found.name, found.name_proven) == ("Ada", False)


@pytest.mark.parametrize("key", [STANDARD, HELPSHIFT, USER_ID_HEX], ids=lambda key: key.scheme)
def test_under_full_privacy_the_user_id_alone_is_signed_and_known(key: Key) -> None:
    token = token_of(key, ADA.user_id, None)
    found = admitted(ada(userAuthToken=token, userName="Ada", fullPrivacy=True))
    assert (found.user_id, found.email, found.name) == ("ada", None, None)


def test_under_full_privacy_email_hex_signs_nothing() -> None:
    token = token_of(EMAIL_HEX, None, ADA.email)
    found = verdict(ada(userAuthToken=token, fullPrivacy=True), keys=[EMAIL_HEX])
    assert found == Refused(INVALID, private=Reason.TOKEN_SIGNATURE)


# -- the pattern ----------------------------------------------------------------------------------------------------

NUMBERS = "[0-9]+"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.scheme)
def test_a_user_id_of_another_shape_is_refused_whatever_proves_it(key: Key) -> None:
    page = ada(userAuthToken=token_of(key, ADA.user_id, ADA.email))
    policy = replace(ENFORCED, user_id_pattern=NUMBERS)
    assert verdict(page, policy) == Refused(INVALID, private=Reason.USER_ID_PATTERN)
    found = admitted(page, replace(REPORT, user_id_pattern=NUMBERS))
    assert (found.assurance, found.not_enforced) == (Assurance.CLAIMED, Reason.USER_ID_PATTERN)


def test_a_jwt_is_held_to_the_pattern_too() -> None:
    policy = replace(ENFORCED, user_id_pattern=NUMBERS)
    assert verdict({"identityToken": good_jwt()}, policy) == Refused(INVALID, private=Reason.USER_ID_PATTERN)
    assert isinstance(verdict({"identityToken": good_jwt(uid="42")}, policy), Admitted)


def test_a_pattern_says_nothing_about_a_visitor_without_a_user_id() -> None:
    page = config(None, ADA.email, userAuthToken=token_of(STANDARD, None, ADA.email))
    assert admitted(page, replace(ENFORCED, user_id_pattern=NUMBERS)).email_proven


@pytest.mark.parametrize(
    ("user_id", "email", "pattern", "ambiguous"),
    [
        ("u1", "0x@evil.example", None, True),
        ("u1", "0x@evil.example", "u[0-9]", False),
        ("u1", None, None, False),
    ],
)
def test_a_helpshift_token_is_ambiguous_when_it_fits_other_identifiers(
    user_id: str, email: str | None, pattern: str | None, ambiguous: bool
) -> None:
    policy = replace(ENFORCED, user_id_pattern=pattern)
    for key, expected in ((HELPSHIFT, ambiguous), (STANDARD, False)):
        page = config(user_id, email, userAuthToken=token_of(key, user_id, email))
        assert admitted(page, policy).ambiguous is expected


def test_the_name_of_an_anonymous_visitor_is_kept() -> None:
    assert admitted({"userName": "Ada"}).name == "Ada"
    assert admitted({"userName": "Ada", "userId": 5}).name == "Ada"


def test_warnings_of_the_page_survive_the_verdict() -> None:
    page = config("ada@example.com", userAuthToken=token_of(STANDARD, "ada@example.com", None))
    assert [notice.code for notice in admitted(page).warnings] == ["user_id_looks_like_email"]

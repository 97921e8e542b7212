"""Is a visitor with an identityToken let in, and as what?"""

from __future__ import annotations

import pytest

from tests.core.judging import admitted, good_jwt, verdict
from tests.core.world import (
    NOW,
    OFF,
    PLATFORM,
    REPORT,
    STANDARD,
    config,
    token_of,
)
from tests.people import ADA, OTHER_SECRET, jwt
from whosthere.core.assurance import Assurance
from whosthere.core.policy import Policy
from whosthere.core.reasons import Reason, Refused
from whosthere.core.verdict import Admitted

LENIENT = (REPORT, OFF)
TOKEN = token_of(STANDARD, ADA.user_id, ADA.email)
WRONG = token_of(STANDARD, "mallory", ADA.email)
INVALID = Reason.INVALID_USER_AUTH_TOKEN


def ada(**more: object) -> dict[str, object]:
    return {**config(ADA.user_id, ADA.email), **more}


def test_a_jwt_alone_says_who_it_is() -> None:
    assert admitted({"identityToken": good_jwt(name="Ada Lovelace")}) == Admitted(
        Assurance.VERIFIED,
        user_id="ada",
        email="ada@example.com",
        name="Ada Lovelace",
        user_id_proven=True,
        email_proven=True,
        name_proven=True,
        key_id=STANDARD.id,
        key_name=STANDARD.name,
        proof_expires_at=NOW + 300_000,
    )


def test_an_unverified_email_of_a_jwt_is_a_claimed_one() -> None:
    found = admitted({"identityToken": good_jwt(email_verified=False)})
    assert (found.email, found.email_proven, found.user_id_proven) == ("ada@example.com", False, True)


@pytest.mark.parametrize("auth", [TOKEN, WRONG, 5, None])
def test_an_identity_token_alone_decides(auth: object) -> None:
    assert admitted(ada(userAuthToken=auth, identityToken=good_jwt())).proof_expires_at == NOW + 300_000
    refused = verdict(ada(userAuthToken=auth, identityToken="broken"))
    assert refused == Refused(INVALID, private=Reason.IDENTITY_TOKEN_FORMAT)


BAD_JWTS = [
    ("broken", Reason.IDENTITY_TOKEN_FORMAT),
    (5, Reason.IDENTITY_TOKEN_FORMAT),
    (False, Reason.IDENTITY_TOKEN_FORMAT),
    (jwt(OTHER_SECRET, {"kind": "USER", "uid": "ada", "exp": 1}), Reason.IDENTITY_TOKEN_SIGNATURE),
    (good_jwt(exp=1), Reason.IDENTITY_TOKEN_EXPIRED),
    (good_jwt(uid=None, email=None), Reason.IDENTITY_TOKEN_UID),
]


@pytest.mark.parametrize(("token", "reason"), BAD_JWTS)
def test_a_failing_jwt_is_refused_with_and_without_identifiers(token: object, reason: Reason) -> None:
    for page in ({}, config(ADA.user_id, ADA.email)):
        assert verdict({**page, "identityToken": token}) == Refused(INVALID, private=reason)


@pytest.mark.parametrize("policy", LENIENT, ids=lambda policy: policy.verification)
@pytest.mark.parametrize(("token", "reason"), BAD_JWTS)
def test_a_failing_jwt_says_nothing_about_anybody(token: object, reason: Reason, policy: Policy) -> None:
    """Not even under a lenient policy: what it holds is nobody's word, so only the page's identifiers count."""
    nobody = admitted({"identityToken": token}, policy)
    assert (nobody.assurance, nobody.user_id, nobody.tab_scoped) == (Assurance.ANONYMOUS, None, False)
    assert nobody.not_enforced is reason
    assert [notice.code for notice in nobody.warnings] == ["identity_token_ignored"]
    bob = admitted({"userId": "bob", "identityToken": token}, policy)
    assert (bob.assurance, bob.user_id, bob.not_enforced) == (Assurance.CLAIMED, "bob", reason)


def test_a_page_that_disagrees_with_the_jwt_is_refused() -> None:
    page = {"userId": "mallory", "identityToken": good_jwt()}
    assert verdict(page) == Refused(INVALID, private=Reason.IDENTITY_TOKEN_MISMATCH)
    found = admitted(page, REPORT)
    assert (found.assurance, found.user_id) == (Assurance.CLAIMED, "mallory")


def test_a_platform_hears_only_tokens_meant_for_it() -> None:
    assert isinstance(verdict({"identityToken": good_jwt(aud=PLATFORM)}), Admitted)
    refused = verdict({"identityToken": good_jwt(aud="plt_other")})
    assert refused == Refused(INVALID, private=Reason.IDENTITY_TOKEN_FORMAT)

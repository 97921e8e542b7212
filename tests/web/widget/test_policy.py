"""Is the visitor let in? Every row of docs/identity.md §4, through the HTTP API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.people import ADA, BOB, OTHER_SECRET, SECRET, base64_token, hex_token
from tests.rows import PEOPLE, Rows
from tests.shop import WIDGET, open_shop
from whosthere.core.keys import Scheme
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import keys, users

ENFORCED, REPORT, OFF = Verification.ENFORCED, Verification.REPORT, Verification.OFF
MISSING, INVALID = "missing user auth token", "invalid user auth token"
FOREVER_MS = 4_000_000_000_000

FORGED = BOB.user_auth_token()  # a good token of somebody else
BLANK: tuple[Any, ...] = (None, "", " ", "\t\n ")
WRONG: tuple[Any, ...] = (
    FORGED,
    ADA.user_auth_token(OTHER_SECRET),
    "garbage",
    base64_token(SECRET, "ada"),
    hex_token(SECRET, "ada\nada@example.com"),
    ADA.user_auth_token() + "=",
    ADA.user_auth_token() + "\n",
    ADA.user_auth_token().rstrip("=") + "==",
    5,
    True,
    ["a"],
    {"token": 1},
)


def boot(runtime: Runtime, client: FlaskClient, policy: Verification, config: dict[str, Any]) -> tuple[Rows, Any]:
    shop = open_shop(runtime, verification=policy)
    return Rows(runtime.database, shop.id), shop.boot(client, config)


def who(response: Any) -> dict[str, Any]:
    """Who the answer says is there, without the opaque word for the record."""
    return {name: value for name, value in response.json["user"].items() if name != "ref"}


def nothing(rows: Rows) -> bool:
    return not any(rows.people().values())


@pytest.mark.parametrize("policy", Verification)
def test_a_visitor_without_identifiers_is_let_in_as_anonymous(
    runtime: Runtime, client: FlaskClient, policy: Verification
) -> None:
    rows, response = boot(runtime, client, policy, {"userAuthToken": "", "userId": "", "userEmail": None})
    assert response.status_code == 200
    assert who(response) == {"state": "anonymous", "assurance": "anonymous", "missing": ["name", "email"]}
    assert response.json["anonymousScope"] == "browser"
    assert response.json["warnings"] == []
    assert not any(rows.counts(*PEOPLE, "refusal_counts", "refusal_samples").values())


@pytest.mark.parametrize("policy", Verification)
@pytest.mark.parametrize("proof", ["userAuthToken", "identityToken", "identityToken alone"])
def test_a_proof_makes_a_visitor_verified(
    runtime: Runtime, client: FlaskClient, policy: Verification, proof: str
) -> None:
    by_hmac, by_jwt = ADA.proven(), {"identityToken": ADA.identity_token(runtime.clock())}
    config = {"userAuthToken": by_hmac, "identityToken": ADA.config() | by_jwt, "identityToken alone": by_jwt}[proof]
    rows, response = boot(runtime, client, policy, config)
    assert response.status_code == 200
    assert who(response) == {
        "state": "logged-in",
        "assurance": "verified",
        "userId": "ada",
        "userEmail": "ada@example.com",
        "userName": "Ada Lovelace",
        "missing": [],
    }
    record = rows.one(users)
    assert (record.user_id, record.user_id_proven, record.email, record.email_proven) == (
        "ada",
        True,
        "ada@example.com",
        True,
    )
    assert record.name_proven is (proof != "userAuthToken")
    assert record.sealed is (policy is ENFORCED)
    assert rows.one(keys).last_used_at == runtime.clock()
    assert rows.reasons() == {}


@pytest.mark.parametrize("token", BLANK)
def test_under_enforced_a_missing_token_is_refused(runtime: Runtime, client: FlaskClient, token: Any) -> None:
    rows, response = boot(runtime, client, ENFORCED, ADA.config(userAuthToken=token, identityToken=token))
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json["code"], response.json["message"]) == ("missing_user_auth_token", MISSING)
    assert nothing(rows)
    assert rows.reasons() == {("missing_user_auth_token", True): 1}


@pytest.mark.parametrize("token", WRONG, ids=[f"wrong{number}" for number in range(len(WRONG))])
def test_under_enforced_a_wrong_token_is_refused(runtime: Runtime, client: FlaskClient, token: Any) -> None:
    rows, response = boot(runtime, client, ENFORCED, ADA.config(userAuthToken=token))
    assert response.status_code == 401
    assert (response.json["code"], response.json["message"]) == ("invalid_user_auth_token", INVALID)
    assert nothing(rows)
    ((reason, enforced),) = rows.reasons()
    assert enforced
    assert reason in ("token_format", "token_signature")
    assert reason not in response.get_data(as_text=True)


@pytest.mark.parametrize("policy", [REPORT, OFF])
@pytest.mark.parametrize(("token", "reason"), [(None, "missing_user_auth_token"), (FORGED, "token_signature")])
def test_without_enforcement_a_visitor_without_proof_is_claimed(
    runtime: Runtime, client: FlaskClient, policy: Verification, token: Any, reason: str
) -> None:
    rows, response = boot(runtime, client, policy, ADA.config(userAuthToken=token))
    assert response.status_code == 200
    assert response.json["user"]["assurance"] == "claimed"
    assert response.json["user"]["state"] == "logged-in"
    record = rows.one(users)
    assert (record.user_id, record.email) == ("ada", "ada@example.com")
    assert {record.user_id_proven, record.email_proven, record.name_proven, record.sealed} == {False}
    assert rows.one(keys).last_used_at is None
    # `report` counts what `enforced` would have refused; `off` does not ask.
    assert rows.reasons() == ({(reason, False): 1} if policy is REPORT else {})


@pytest.mark.parametrize("policy", Verification)
@pytest.mark.parametrize("token", ["garbage", "a.b.c", 7])
def test_a_jwt_that_fails_proves_nobody(
    runtime: Runtime, client: FlaskClient, policy: Verification, token: Any
) -> None:
    rows, response = boot(runtime, client, policy, {"identityToken": token})
    assert nothing(rows)
    if policy is ENFORCED:
        assert (response.status_code, response.json["message"]) == (401, INVALID)
    else:
        assert response.json["user"]["assurance"] == "anonymous"
        assert [warning["code"] for warning in response.json["warnings"]] == ["identity_token_ignored"]


def test_a_failing_jwt_is_not_rescued_by_a_good_user_auth_token(runtime: Runtime, client: FlaskClient) -> None:
    _, response = boot(runtime, client, ENFORCED, ADA.proven(identityToken="x"))
    assert (response.status_code, response.json["message"]) == (401, INVALID)


JWT_FAILURES: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({"exp": 1}, {}, "identity_token_expired"),
    ({"kind": "AGENT"}, {}, "identity_token_format"),
    ({"uid": None, "email": None}, {}, "identity_token_uid"),
    ({}, {"userId": "bob"}, "identity_token_mismatch"),
    ({}, {"userEmail": "bob@example.com"}, "identity_token_mismatch"),
    ({"aud": "somebody else"}, {}, "identity_token_format"),
    ({"uid": 5}, {}, "identity_token_format"),
)


@pytest.mark.parametrize(("claims", "page", "reason"), JWT_FAILURES)
def test_the_exact_reason_of_a_failing_jwt_goes_to_diagnostics_only(
    runtime: Runtime, client: FlaskClient, claims: dict[str, Any], page: dict[str, Any], reason: str
) -> None:
    token = ADA.identity_token(runtime.clock(), **claims)
    rows, response = boot(runtime, client, ENFORCED, {"identityToken": token, **page})
    assert (response.status_code, response.json["message"]) == (401, INVALID)
    assert rows.reasons() == {(reason, True): 1}
    assert nothing(rows)


@pytest.mark.parametrize("policy", Verification)
def test_one_invalid_identifier_makes_the_whole_visitor_anonymous(
    runtime: Runtime, client: FlaskClient, policy: Verification
) -> None:
    """Even with a good token and a good email beside the broken userId."""
    token = base64_token(SECRET, " ada\nada@example.com")
    rows, response = boot(runtime, client, policy, ADA.config(userId=" ada", userAuthToken=token))
    assert response.status_code == 200
    assert response.json["user"]["assurance"] == "anonymous"
    assert response.json["anonymousScope"] == "tab"
    assert nothing(rows)


@pytest.mark.parametrize("policy", Verification)
def test_a_platform_without_a_live_key_verifies_nobody(
    runtime: Runtime, client: FlaskClient, policy: Verification
) -> None:
    shop = open_shop(runtime, verification=policy)
    shop.delete_key(shop.key_id)
    response = shop.boot(client, ADA.proven())
    assert response.status_code == (401 if policy is ENFORCED else 200)
    if policy is not ENFORCED:
        assert response.json["user"]["assurance"] == "claimed"


SCHEMES = (
    (Scheme.STANDARD, base64_token(SECRET, "ada\nada@example.com"), (True, True)),
    (Scheme.HELPSHIFT, base64_token(SECRET, "adaada@example.com"), (True, True)),
    (Scheme.USER_ID_HEX, hex_token(SECRET, "ada"), (True, False)),
    (Scheme.EMAIL_HEX, hex_token(SECRET, "ada@example.com"), (False, True)),
)


@pytest.mark.parametrize(("scheme", "token", "proven"), SCHEMES)
def test_only_what_a_scheme_signs_is_proven(
    runtime: Runtime, client: FlaskClient, scheme: Scheme, token: str, proven: tuple[bool, bool]
) -> None:
    shop = open_shop(runtime, scheme=scheme)
    assert shop.boot(client, ADA.config(userAuthToken=token)).json["user"]["assurance"] == "verified"
    record = Rows(runtime.database, shop.id).one(users)
    assert (record.user_id_proven, record.email_proven) == proven
    # What was not signed is shown to agents as claimed, and nothing is found by it.
    assert record.claimed_user_id == (None if proven[0] else "ada")
    assert record.claimed_email == (None if proven[1] else "ada@example.com")


@pytest.mark.parametrize("key", SCHEMES, ids=lambda scheme: str(scheme[0]))
@pytest.mark.parametrize("made_for", SCHEMES, ids=lambda scheme: str(scheme[0]))
def test_a_token_of_one_scheme_is_none_of_another(
    runtime: Runtime, client: FlaskClient, key: Any, made_for: Any
) -> None:
    shop = open_shop(runtime, scheme=key[0])
    response = shop.boot(client, ADA.config(userAuthToken=made_for[1]))
    assert response.status_code == (200 if key is made_for else 401)


def test_old_and_new_keys_work_side_by_side(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime)
    shop.add_key(OTHER_SECRET, ends_at=FOREVER_MS)
    for secret in (SECRET, OTHER_SECRET):
        assert shop.boot(client, ADA.proven(secret)).json["user"]["assurance"] == "verified"
    assert Rows(runtime.database, shop.id).counts("users") == {"users": 1}


def test_under_full_privacy_only_the_user_id_counts(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime)
    config = ADA.config(fullPrivacy=True, userAuthToken=base64_token(SECRET, "ada\n"))
    assert who(shop.boot(client, config)) == {
        "state": "logged-in",
        "assurance": "verified",
        "userId": "ada",
        "missing": [],
    }
    record = Rows(runtime.database, shop.id).one(users)
    assert (record.email, record.name, record.claimed_email) == (None, None, None)
    signed_with_email = ADA.config(fullPrivacy=True, userAuthToken=ADA.user_auth_token())
    assert shop.boot(client, signed_with_email).status_code == 401


def test_under_full_privacy_without_a_user_id_the_visitor_is_anonymous(runtime: Runtime, client: FlaskClient) -> None:
    rows, response = boot(runtime, client, ENFORCED, {"fullPrivacy": True, "userEmail": ADA.email, "userName": "Ada"})
    assert response.json["user"]["assurance"] == "anonymous"
    assert nothing(rows)


@pytest.mark.parametrize("policy", Verification)
@pytest.mark.parametrize(
    "config", [{}, ADA.config(), ADA.config(userAuthToken=FORGED), {"userId": " x"}, {"identityToken": "x"}]
)
def test_a_client_that_is_no_browser_needs_a_proof_whatever_the_policy(
    runtime: Runtime, client: FlaskClient, policy: Verification, config: dict[str, Any]
) -> None:
    shop = open_shop(runtime, verification=policy)
    response = client.post(f"{WIDGET}/boot", json={"platformId": shop.id, **config})
    assert response.status_code == 401
    assert response.json["code"] in ("missing_user_auth_token", "invalid_user_auth_token")
    assert nothing(Rows(runtime.database, shop.id))


def test_a_client_that_is_no_browser_is_let_in_with_a_proof(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime)
    response = client.post(f"{WIDGET}/boot", json={"platformId": shop.id, **ADA.proven()})
    assert response.json["user"]["assurance"] == "verified"


def test_a_browser_that_hides_its_origin_is_no_backend(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime)
    body = {"platformId": shop.id, **ADA.proven()}
    response = client.post(f"{WIDGET}/boot", json=body, headers={"Sec-Fetch-Mode": "cors"})
    assert (response.status_code, response.json["code"]) == (403, "origin_not_allowed")

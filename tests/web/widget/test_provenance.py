"""Whose word is it? Provenance, sealing and boundary shift (docs/identity.md §3 to §5), through the HTTP API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.people import SECRET, base64_token, hex_token, jwt
from tests.rows import Rows
from tests.shop import Shop, Visitor, open_shop
from tests.web.widget.configs import claimed, come, verified, words
from whosthere.core.keys import Scheme
from whosthere.core.policy import Verification
from whosthere.services import platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import users

ADMIN = Actor("test")


@pytest.fixture
def lenient(runtime: Runtime) -> Shop:
    """A platform that lets everybody in as whoever they say they are."""
    return open_shop(runtime, verification=Verification.REPORT)


def test_a_claimed_visitor_never_changes_a_proven_record(client: FlaskClient, lenient: Shop, runtime: Runtime) -> None:
    rows = Rows(runtime.database, lenient.id)
    come(lenient, client, verified("ada", "ada@example.com", userName="Ada"))
    before = rows.one(users)
    mallory = come(lenient, client, claimed("ada", "mallory@evil.example", userName="Mallory"))
    assert mallory.answer["user"]["assurance"] == "claimed"
    assert mallory.answer["user"]["userName"] == "Mallory"  # its own words, never the stored name
    after = rows.one(users)
    assert (after.email, after.name, after.user_id_proven) == (before.email, before.name, True)


def test_a_claimed_visitor_never_adopts_a_proven_record(client: FlaskClient, lenient: Shop, runtime: Runtime) -> None:
    rows = Rows(runtime.database, lenient.id)
    come(lenient, client, verified(None, "ada@example.com"), "private")
    assert words(come(lenient, client, claimed("mallory", "ada@example.com"))) == set()
    assert rows.counts("users", "merge_ledger") == {"users": 2, "merge_ledger": 0}


def test_a_verified_email_does_not_find_a_record_that_only_claims_it(client: FlaskClient, lenient: Shop) -> None:
    come(lenient, client, claimed("mallory", "ada@example.com"), "planted")
    assert words(come(lenient, client, verified(None, "ada@example.com"))) == set()


def test_what_was_claimed_of_a_record_is_taken_over_without_its_identifiers(
    client: FlaskClient, lenient: Shop, runtime: Runtime
) -> None:
    """Mallory says she is Ada and gives her own address; when Ada comes, the address is a mere claim."""
    rows = Rows(runtime.database, lenient.id)
    come(lenient, client, claimed("ada", "mallory@evil.example", userName="Mallory"))
    come(lenient, client, verified("ada"))
    record = rows.one(users)
    assert (record.user_id_proven, record.email, record.name) == (True, None, None)
    assert record.claimed_email == "mallory@evil.example"
    assert words(come(lenient, client, verified(None, "mallory@evil.example"))) == set()


def test_a_displaced_record_keeps_its_conversation_but_is_found_by_nothing(
    client: FlaskClient, lenient: Shop, runtime: Runtime
) -> None:
    rows = Rows(runtime.database, lenient.id)
    page = {"url": "https://shop.example.com/mallory", "language": "fr"}
    planted = come(lenient, client, claimed("ada", page=page), "planted")
    come(lenient, client, verified(None, "ada@example.com"), "mine")
    here = {"url": "https://shop.example.com/ada", "language": "en"}
    ada = come(lenient, client, verified("ada", "ada@example.com", page=here))
    assert words(ada) == {"mine"}
    displaced = next(row for row in rows.all(users) if row.claimed_user_id == "ada")
    assert (displaced.user_id, displaced.user_id_digest, displaced.email_key) == (None, None, None)
    assert words(planted) == {"planted"}
    # Where Ada is says nothing about the displaced person.
    assert (displaced.page_url, displaced.language) == (page["url"], "fr")


def test_a_visit_that_does_not_say_where_it_is_leaves_what_an_earlier_one_said(
    client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    come(shop, client, verified("ada", page={"url": "https://shop.example.com/cart", "language": "de"}))
    come(shop, client, verified("ada", userName="Ada"))
    record = rows.one(users)
    assert (record.page_url, record.language, record.name) == ("https://shop.example.com/cart", "de", "Ada")


# -- sealing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["report", "off"])
def test_a_sealed_record_stays_closed_to_claimed_visitors_whatever_the_policy_becomes(
    runtime: Runtime, client: FlaskClient, shop: Shop, rows: Rows, policy: str
) -> None:
    come(shop, client, verified("ada", "ada@example.com"), "private")
    assert rows.one(users).sealed
    platforms.change(runtime, shop.id, {"verification": policy}, actor=ADMIN)
    mallory = come(shop, client, claimed("ada", "ada@example.com"), "I am Ada")
    assert words(mallory) == {"I am Ada"}
    shadow = next(row for row in rows.all(users) if row.shadow)
    assert (shadow.user_id, shadow.user_id_proven, shadow.sealed) == ("ada", False, False)
    assert words(come(shop, client, claimed("ada"))) == {"I am Ada"}  # its shadow, again
    assert words(come(shop, client, claimed(None, "ada@example.com"))) == {"I am Ada"}
    assert words(come(shop, client, verified("ada", "ada@example.com"))) == {"private"}
    assert rows.counts("users") == {"users": 2}


def test_a_record_is_sealed_by_the_first_verified_visit_under_enforced(
    runtime: Runtime, client: FlaskClient, lenient: Shop
) -> None:
    rows = Rows(runtime.database, lenient.id)
    come(lenient, client, verified("ada"))
    assert not rows.one(users).sealed
    platforms.change(runtime, lenient.id, {"verification": "enforced"}, actor=ADMIN)
    come(lenient, client, verified("ada"))
    assert rows.one(users).sealed


# -- boundary shift -----------------------------------------------------------------------------------------------


def shifted(user_id: str, email: str, **more: Any) -> dict[str, Any]:
    """A config that a `helpshift` key proves."""
    return {
        "userId": user_id,
        "userEmail": email,
        "userAuthToken": base64_token(SECRET, user_id + email),
        **more,
    }


def test_a_helpshift_token_cannot_be_shifted_onto_another_customer(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, scheme=Scheme.HELPSHIFT)
    rows = Rows(runtime.database, shop.id)
    come(shop, client, shifted("u10", "x@evil.example"), "private")
    response = shop.boot(client, shifted("u1", "0x@evil.example"))
    assert response.status_code == 200  # a record of its own may be made
    mallory = Visitor(client, response.json)
    assert words(mallory) == set()
    come(shop, client, shifted("u2", "two@example.com"), "two's")
    refused = shop.boot(client, shifted("u2", "two@evil.example"))  # u2 is somebody already, with another email
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_user_auth_token")
    assert rows.reasons() == {("ambiguous_token", True): 1}
    assert words(come(shop, client, shifted("u2", "two@example.com"))) == {"two's"}


def test_a_pattern_makes_helpshift_tokens_unambiguous(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, scheme=Scheme.HELPSHIFT, user_id_pattern="u[0-9]{2}")
    come(shop, client, shifted("u10", "a@example.com"), "hello")
    assert words(come(shop, client, shifted("u10", "b@example.com"))) == {"hello"}
    assert shop.boot(client, shifted("u1", "0a@example.com")).status_code == 401


def test_an_ambiguous_token_adopts_nothing(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, scheme=Scheme.HELPSHIFT)
    rows = Rows(runtime.database, shop.id)
    signed_alone = {"userEmail": "ada@example.com", "userAuthToken": base64_token(SECRET, "ada@example.com")}
    assert shop.boot(client, signed_alone).status_code == 200
    assert shop.boot(client, shifted("u1", "ada@example.com")).status_code == 200
    assert rows.counts("users", "merge_ledger") == {"users": 2, "merge_ledger": 0}


def test_without_enforcement_an_ambiguous_token_counts_as_none(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, scheme=Scheme.HELPSHIFT, verification=Verification.REPORT)
    rows = Rows(runtime.database, shop.id)
    come(shop, client, shifted("u2", "two@example.com"))
    visitor = come(shop, client, shifted("u2", "two@evil.example"))
    assert visitor.answer["user"]["assurance"] == "claimed"
    assert rows.reasons() == {("ambiguous_token", False): 1}
    assert rows.one(users).email == "two@example.com"


# -- unsigned identifiers -----------------------------------------------------------------------------------------


def test_an_email_that_is_not_signed_opens_and_changes_nothing(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime)
    shop.add_key("an intercom secret of thirty-two bytes, known", Scheme.USER_ID_HEX)
    rows = Rows(runtime.database, shop.id)
    come(shop, client, verified(None, "ada@example.com"), "private")
    signed = hex_token("an intercom secret of thirty-two bytes, known", "mallory")
    config = {"userId": "mallory", "userEmail": "ada@example.com", "userAuthToken": signed}
    assert words(come(shop, client, config)) == set()
    mallory = next(row for row in rows.all(users) if row.user_id == "mallory")
    assert (mallory.email, mallory.claimed_email) == (None, "ada@example.com")


def test_an_unverified_email_of_a_jwt_is_a_claimed_one(
    runtime: Runtime, client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    come(shop, client, verified(None, "ada@example.com"), "private")
    claims = {"kind": "USER", "uid": "mallory", "email": "ada@example.com", "email_verified": False}
    token = jwt(SECRET, {**claims, "exp": runtime.clock() // 1000 + 60})
    assert words(come(shop, client, {"identityToken": token})) == set()
    assert rows.counts("merge_ledger") == {"merge_ledger": 0}

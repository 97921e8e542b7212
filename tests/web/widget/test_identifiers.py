"""Identifiers as a page sends them: what is broken makes an anonymous visitor, and says so (docs/identity.md §2)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.people import ADA, SECRET, Person, base64_token
from tests.rows import Rows
from tests.shop import Shop
from whosthere.storage.tables import users

BROKEN = (
    ({"userId": 17}, "user_id_not_a_string", "userId"),
    ({"userId": 1.5}, "user_id_not_a_string", "userId"),
    ({"userId": True}, "user_id_not_a_string", "userId"),
    ({"userId": ["ada"]}, "user_id_not_a_string", "userId"),
    ({"userId": {"id": "ada"}}, "user_id_not_a_string", "userId"),
    ({"userId": 10**400}, "user_id_not_a_string", "userId"),
    ({"userId": "a" * 751}, "user_id_too_long", "userId"),
    ({"userId": " ada"}, "user_id_white_space", "userId"),
    ({"userId": "ada\u2003"}, "user_id_white_space", "userId"),
    ({"userId": "a\nda"}, "user_id_forbidden_character", "userId"),
    ({"userId": "a\0da"}, "user_id_forbidden_character", "userId"),
    ({"userId": "undefined"}, "user_id_placeholder", "userId"),
    ({"userId": "[object Object]"}, "user_id_placeholder", "userId"),
    ({"userEmail": 5}, "user_email_not_a_string", "userEmail"),
    ({"userEmail": ["ada@example.com"]}, "user_email_not_a_string", "userEmail"),
    ({"userEmail": "ada"}, "user_email_invalid", "userEmail"),
    ({"userEmail": "ada@"}, "user_email_invalid", "userEmail"),
    ({"userEmail": "ada@example.com "}, "user_email_white_space", "userEmail"),
    ({"userEmail": "e\u0301@example.com"}, "user_email_not_nfc", "userEmail"),
    ({"userEmail": f"{'a' * 250}@example.com"}, "user_email_too_long", "userEmail"),
    ({"userEmail": "ada\0@example.com"}, "user_email_invalid", "userEmail"),
)


@pytest.mark.parametrize("beside", [{}, {"userId": "bob"}, {"userEmail": "bob@example.com"}])
def test_a_broken_identifier_makes_an_anonymous_visitor_of_this_tab_with_a_warning(
    client: FlaskClient, shop: Shop, rows: Rows, beside: dict[str, Any]
) -> None:
    for config, code, field in BROKEN:
        response = shop.boot(client, beside | config)
        assert response.status_code == 200
        user = response.json["user"]
        assert (user["state"], user["assurance"]) == ("anonymous", "anonymous")
        assert set(user) == {"ref", "state", "assurance", "missing"}
        assert response.json["anonymousScope"] == "tab"
        (warning,) = response.json["warnings"]
        assert (warning["code"], warning["field"]) == (code, field), config
        assert warning["message"]
    assert not any(rows.people().values())


def test_two_broken_identifiers_give_two_warnings(client: FlaskClient, shop: Shop) -> None:
    response = shop.boot(client, {"userId": 1, "userEmail": 2})
    assert [warning["field"] for warning in response.json["warnings"]] == ["userId", "userEmail"]


def test_a_warning_never_repeats_the_value(client: FlaskClient, shop: Shop) -> None:
    response = shop.boot(client, {"userId": " a-very-private-id", "userEmail": "private"})
    assert "private" not in response.get_data(as_text=True)


def test_the_browsers_anonymous_user_stays_untouched(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    browser = shop.visitor(client)
    browser.start("I am nobody")
    kept = browser.answer["anonymousToken"]
    tab = shop.visitor(client, {"userId": 17}, anonymousToken=kept, clearAnonymousUserOnLogin=True)
    assert tab.answer["anonymousScope"] == "tab"
    assert tab.answer["anonymousToken"] != kept
    assert tab.answer["conversation"] is None
    assert tab.get("/conversations").json["items"] == []
    assert rows.counts("ended_anonymous") == {"ended_anonymous": 0}
    again = shop.visitor(client, anonymousToken=kept)
    assert again.answer["anonymousToken"] == kept
    assert len(again.get("/conversations").json["items"]) == 1


def test_a_tabs_anonymous_user_comes_back_in_its_tab_only(client: FlaskClient, shop: Shop) -> None:
    tab = shop.visitor(client, {"userId": 17})
    tab.start("still me")
    token = tab.answer["anonymousToken"]
    again = shop.visitor(client, {"userId": 17}, anonymousTabToken=token)
    assert again.answer["anonymousToken"] == token
    assert len(again.get("/conversations").json["items"]) == 1
    # The token of a tab is no token of the browser, in whichever field it comes.
    for config in ({"anonymousToken": token}, {"anonymousTabToken": token}):
        other = shop.visitor(client, config)
        assert other.answer["anonymousScope"] == "browser"
        assert other.answer["anonymousToken"] != token
        assert other.get("/conversations").json["items"] == []


EXACT = (
    "u",
    "u" * 750,
    "𝒖" * 750,
    "a b  c\tz",
    "ADA",
    "Ada",
    "İstanbul",
    "é",
    "e\u0301",
    "\u200bada",
    "nul",
    "None ",
    "0",
    "false",
    "a\r",
)


def test_user_ids_are_compared_code_point_by_code_point(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    accepted = [text for text in EXACT if text == text.strip()]
    for user_id in accepted * 2:
        token = base64_token(SECRET, f"{user_id}\n")
        response = shop.boot(client, {"userId": user_id, "userAuthToken": token})
        assert response.json["user"]["userId"] == user_id
    assert sorted(row.user_id for row in rows.all(users)) == sorted(accepted)


SPELLINGS = (
    ("ada@example.com", "ADA@Example.COM", True),
    ("kate@example.com", "\u212aate@example.com", False),  # the Kelvin sign
    ("ilk@example.com", "ılk@example.com", False),
    ("straße@example.com", "strasse@example.com", False),
    ("süd@example.com", "sÜd@example.com", False),
)


@pytest.mark.parametrize(("one", "other", "same"), SPELLINGS)
def test_emails_are_one_person_by_their_ascii_case_only(
    client: FlaskClient, shop: Shop, rows: Rows, one: str, other: str, same: bool
) -> None:
    for email in (one, other):
        response = shop.boot(client, {"userEmail": email, "userAuthToken": base64_token(SECRET, f"\n{email}")})
        assert response.status_code in (200, 401)
    found = rows.all(users)
    assert len(found) == 1 or not same
    assert len(found) == 2 or same or response.json["user"]["state"] == "anonymous"
    if same:
        assert found[0].email == other  # shown as last given


def test_an_email_is_signed_exactly_as_sent(client: FlaskClient, shop: Shop) -> None:
    shouting = Person("ada", "ADA@example.com", "Ada")
    assert shop.boot(client, shouting.config(userAuthToken=ADA.user_auth_token())).status_code == 401
    assert shop.boot(client, shouting.proven()).status_code == 200


WARNED = (
    ({"userId": "ada@example.com"}, "user_id_looks_like_email"),
    ({"userName": 5}, "user_name_not_a_string"),
    ({"userName": "x" * 300}, "user_name_cut"),
    ({"userName": "A\0da"}, "user_name_nul_dropped"),
    ({"fullPrivacy": "yes"}, "not_a_boolean"),
    ({"fullPrivacy": 1}, "not_a_boolean"),
    ({"clearAnonymousUserOnLogin": "true"}, "not_a_boolean"),
)


@pytest.mark.parametrize(("config", "code"), WARNED)
def test_what_is_odd_but_harmless_is_accepted_with_a_warning(
    client: FlaskClient, shop: Shop, config: dict[str, Any], code: str
) -> None:
    person = ADA.config() | config
    person["userAuthToken"] = base64_token(SECRET, f"{person['userId']}\n{person['userEmail']}")
    response = shop.boot(client, person)
    assert response.json["user"]["assurance"] == "verified"
    assert [warning["code"] for warning in response.json["warnings"]] == [code]


def test_a_name_is_cut_and_cleaned_but_otherwise_kept(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    shop.boot(client, ADA.proven(userName="Ä\0" + "𝒖" * 300))
    assert rows.one(users).name == "Ä" + "𝒖" * 254


def test_a_user_id_that_looks_like_an_email_finds_nobody_by_email(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    shop.boot(client, {"userEmail": ADA.email, "userAuthToken": base64_token(SECRET, f"\n{ADA.email}")})
    shop.boot(client, {"userId": ADA.email, "userAuthToken": base64_token(SECRET, f"{ADA.email}\n")})
    assert rows.counts("users") == {"users": 2}

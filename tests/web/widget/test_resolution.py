"""Which record does a visitor get? Every row of docs/identity.md §5, through the HTTP API."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.rows import Rows
from tests.shop import Shop, open_shop
from tests.web.widget.configs import come, verified, words
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import merge_ledger, users


def test_row_1_a_known_user_id_is_its_record_and_the_given_email_becomes_its_email(
    client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    come(shop, client, verified("ada", "old@example.com"), "hello")
    assert words(come(shop, client, verified("ada", "new@example.com"))) == {"hello"}
    assert rows.one(users).email == "new@example.com"
    come(shop, client, verified("ada"))  # an absent email, or an empty one, leaves the stored value
    come(shop, client, verified("ada", ""))
    assert rows.one(users).email == "new@example.com"


def test_row_1_beats_a_record_with_that_email(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    come(shop, client, verified(None, "ada@example.com"), "by email")
    come(shop, client, verified("ada"), "by id")
    assert words(come(shop, client, verified("ada", "ada@example.com"))) == {"by id"}
    assert rows.counts("users", "merge_ledger") == {"users": 2, "merge_ledger": 0}


def test_row_2_a_new_user_id_adopts_the_record_that_has_only_its_email(
    client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    come(shop, client, verified(None, "Ada@example.com"), "hello")
    adopter = come(shop, client, verified("ada", "ada@example.com"))
    assert words(adopter) == {"hello"}
    record = rows.one(users)
    assert (record.user_id, record.user_id_proven, record.email) == ("ada", True, "ada@example.com")
    entry = rows.one(merge_ledger)
    assert (entry.kind, entry.record_id, entry.undone_at) == ("adoption", record.id, None)
    assert entry.detail.items() >= {"userId": "ada", "email": "Ada@example.com", "emailProven": True}.items()


def test_row_2_is_off_where_the_platform_forbids_adoption(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, email_adoption=False)
    rows = Rows(runtime.database, shop.id)
    come(shop, client, verified(None, "ada@example.com"), "hello")
    assert words(come(shop, client, verified("ada", "ada@example.com"))) == set()
    assert rows.counts("users", "merge_ledger") == {"users": 2, "merge_ledger": 0}


def test_row_3_never_takes_the_record_of_another_user_id(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    come(shop, client, verified("ada", "shared@example.com"), "private")
    assert words(come(shop, client, verified("bob", "shared@example.com"))) == set()
    assert {(row.user_id, row.email) for row in rows.all(users)} == {
        ("ada", "shared@example.com"),
        ("bob", "shared@example.com"),
    }


def test_row_4_an_email_finds_the_one_record_that_has_it(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    come(shop, client, verified("ada", "ada@example.com"), "hello")
    visitor = come(shop, client, verified(None, "ada@example.com"))
    assert words(visitor) == {"hello"}
    assert visitor.answer["warnings"] == []
    assert rows.counts("users") == {"users": 1}


def test_row_5_a_shared_email_opens_nobodys_history(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    come(shop, client, verified("ada", "family@example.com"), "ada's")
    come(shop, client, verified("bob", "family@example.com"), "bob's")
    visitor = come(shop, client, verified(None, "family@example.com"), "whose?")
    assert words(visitor) == {"whose?"}
    assert [warning["code"] for warning in visitor.answer["warnings"]] == ["email_shared"]
    again = come(shop, client, verified(None, "family@example.com"))
    assert words(again) == {"whose?"}  # the record without a userId, from now on
    assert [warning["code"] for warning in again.answer["warnings"]] == ["email_shared"]
    assert rows.counts("users") == {"users": 3}


def test_row_6_an_unknown_email_gets_a_record_of_its_own(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    come(shop, client, verified(None, "ada@example.com"))
    record = rows.one(users)
    assert (record.user_id, record.email, record.email_proven) == (None, "ada@example.com", True)


def test_nothing_is_looked_up_across_platforms(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    come(shop, client, verified("ada", "ada@example.com"), "here")
    elsewhere = open_shop(runtime)
    for config in (verified("ada"), verified(None, "ada@example.com"), verified("ada", "ada@example.com")):
        assert words(come(elsewhere, client, config)) == set()


def test_a_given_name_replaces_the_stored_one_and_an_absent_one_does_not(
    client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    for name, stored in (("Ada", "Ada"), (None, "Ada"), ("", "Ada"), ("Ada L.", "Ada L.")):
        answer = come(shop, client, verified("ada", userName=name)).answer
        assert (rows.one(users).name, answer["user"]["userName"]) == (stored, stored)

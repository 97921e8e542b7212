"""Many logins at once end as one record, and of two who want the same one exactly one gets it (identity.md §5)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from tests.people import ADA, OTHER_SECRET
from tests.races.crowd import times, together
from tests.rows import Rows
from tests.shop import Shop, open_shop
from tests.web.widget.configs import claimed, verified
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import merge_ledger, users

pytestmark = pytest.mark.slow


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


def test_fifty_first_logins_of_one_person_make_one_record(app: Flask, shop: Shop, rows: Rows) -> None:
    answers = times(50, lambda number: shop.boot(app.test_client(), ADA.proven(userName=f"Ada {number % 2}")))
    assert Counter(answer.status_code for answer in answers) == {200: 50}
    records = {shop.runtime.signer.read_session(answer.json["session"]["token"]).record_id for answer in answers}
    assert records == {rows.one(users).id}
    assert rows.counts("merge_ledger") == {"merge_ledger": 0}


def test_first_logins_by_email_make_one_record(app: Flask, shop: Shop, rows: Rows) -> None:
    answers = times(20, lambda number: shop.boot(app.test_client(), verified(None, "ada@example.com")))
    assert {answer.status_code for answer in answers} == {200}
    assert rows.one(users).email == "ada@example.com"


def test_of_many_user_ids_that_want_one_email_only_record_exactly_one_gets_it(
    app: Flask, shop: Shop, rows: Rows
) -> None:
    shop.visitor(app.test_client(), verified(None, "shared@example.com")).start("whose?")
    before = rows.one(users).id
    answers = times(8, lambda number: shop.boot(app.test_client(), verified(f"u{number}", "shared@example.com")))
    assert {answer.status_code for answer in answers} == {200}
    found = rows.all(users)
    assert sorted(row.user_id for row in found) == [f"u{number}" for number in range(8)]
    adopted = next(row for row in found if row.id == before)
    assert rows.one(merge_ledger).detail["userId"] == adopted.user_id
    heirs = [answer.json["user"]["userId"] for answer in answers if answer.json["conversation"] is not None]
    assert heirs == [adopted.user_id]


def test_logins_by_id_by_email_and_by_both_never_split_or_join_people(app: Flask, shop: Shop, rows: Rows) -> None:
    configs = [verified("ada", "ada@example.com"), verified(None, "ada@example.com"), verified("ada")] * 6
    answers = together(*[lambda config=config: shop.boot(app.test_client(), config) for config in configs])
    assert {answer.status_code for answer in answers} == {200}
    found = rows.all(users)
    assert [row.user_id for row in found].count("ada") == 1
    assert len(found) <= 2  # who came by email alone before anybody else may have got a record of its own
    assert rows.counts("merge_ledger")["merge_ledger"] <= 1


@pytest.mark.parametrize("attempt", range(3))
def test_nothing_a_claimed_visitor_does_at_the_same_time_undoes_a_proof(
    app: Flask, runtime: Runtime, attempt: int
) -> None:
    shop = open_shop(runtime, verification=Verification.REPORT)
    rows = Rows(runtime.database, shop.id)
    mallory = claimed("ada", "mallory@evil.example", userName="Mallory")
    ada = verified("ada", "ada@example.com", userName="Ada")
    configs: list[dict[str, Any]] = [mallory, ada] * 10
    together(*[lambda config=config: shop.boot(app.test_client(), config) for config in configs])
    record = next(row for row in rows.all(users) if row.user_id == "ada")
    assert (record.user_id_proven, record.email, record.email_proven) == (True, "ada@example.com", True)
    assert record.name == "Ada"


def test_refusals_at_once_are_all_counted(app: Flask, shop: Shop, rows: Rows) -> None:
    answers = times(20, lambda number: shop.boot(app.test_client(), ADA.proven(OTHER_SECRET)))
    assert {answer.status_code for answer in answers} == {401}
    assert rows.reasons() == {("token_signature", True): 20}
    assert rows.counts("users") == {"users": 0}


def test_one_session_is_revoked_once_however_many_boots_bring_it(app: Flask, shop: Shop, rows: Rows) -> None:
    before = shop.visitor(app.test_client(), ADA.proven())
    body = {"platformId": shop.id, **ADA.proven()}

    def boot(_: int) -> int:
        return app.test_client().post("/api/v1/widget/boot", json=body, headers=before.headers).status_code

    assert times(12, boot) == [200] * 12
    assert rows.counts("revoked_sessions") == {"revoked_sessions": 1}


def test_logins_that_clear_at_once_end_the_anonymous_user_once(app: Flask, shop: Shop, rows: Rows) -> None:
    token = shop.visitor(app.test_client()).answer["anonymousToken"]
    config = ADA.proven(clearAnonymousUserOnLogin=True, anonymousToken=token)
    answers = times(12, lambda number: shop.boot(app.test_client(), config))
    assert {(answer.status_code, answer.json["anonymousToken"]) for answer in answers} == {(200, None)}
    assert rows.counts("ended_anonymous") == {"ended_anonymous": 1}

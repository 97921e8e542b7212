"""What a platform learns about refusals: how many, why and where; never who (docs/identity.md §4)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.people import ADA, BOB, MALLORY
from tests.rows import Rows
from tests.shop import ORIGIN, Shop
from whosthere.services import diagnostics
from whosthere.services.runtime import Runtime
from whosthere.storage.errors import Unavailable
from whosthere.storage.tables import refusal_samples

FORGED = BOB.user_auth_token()


def test_a_sample_of_refusals_shows_where_but_never_who(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    page = {"url": "https://shop.example.com/cart"}
    shop.boot(client, MALLORY.config(userAuthToken=FORGED, page=page))
    sample = rows.one(refusal_samples)
    assert (sample.page_url, sample.reason) == (page["url"], "token_signature")
    found = sample.detail.pop("finding")
    assert sample.detail == {"origin": ORIGIN, "browser": True, "refused": True}
    assert found["code"] == "signature_unknown"
    everything = repr(tuple(sample))
    assert not any(secret in everything for secret in (MALLORY.user_id, MALLORY.email, MALLORY.name, FORGED))


def test_refusals_cannot_fill_the_disk(
    client: FlaskClient, shop: Shop, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.storage.refusals.SAMPLES_PER_DAY", 3)
    for _ in range(6):
        shop.boot(client, ADA.config())
    assert rows.counts("refusal_samples") == {"refusal_samples": 3}
    assert rows.reasons() == {("missing_user_auth_token", True): 6}
    assert rows.counts("refusal_counts") == {"refusal_counts": 1}


def test_a_flood_for_one_reason_leaves_room_for_examples_of_others(
    client: FlaskClient, shop: Shop, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.storage.refusals.SAMPLES_PER_REASON", 2)
    for _ in range(4):
        shop.boot(client, ADA.config())
    shop.boot(client, MALLORY.config(userAuthToken=FORGED))
    assert rows.counts("refusal_samples") == {"refusal_samples": 3}


def test_good_proofs_are_counted_and_none_is_lost_or_counted_twice(
    client: FlaskClient, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not while a visitor waits; and what a database that is away did not take is written down later."""

    def verified() -> int:
        return diagnostics.refusals_of(runtime, shop.id, 1).verified

    def away(*_: object) -> None:
        raise Unavailable("away")

    for _ in range(3):
        assert shop.boot(client, ADA.proven()).status_code == 200
    shop.boot(client, BOB.config())
    shop.boot(client)
    assert verified() == 0
    with monkeypatch.context() as patch:
        patch.setattr(diagnostics, "_tell_passed", away)
        with pytest.raises(Unavailable):
            diagnostics.tell_passed(runtime)
    for _ in range(2):
        diagnostics.tell_passed(runtime)
        assert verified() == 3
    refused = diagnostics.refusals_of(runtime, shop.id, 1).totals
    assert [total.reason for total in refused] == ["missing_user_auth_token"]

"""A record opened verified under `enforced` stays sealed until an admin opens it, which the log tells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.people import ADA, BOB, EVERYBODY
from tests.rows import Rows
from tests.shop import Shop, open_shop
from whosthere.core.policy import Verification
from whosthere.core.reasons import Refused
from whosthere.services import journal, people, sealing
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage import platforms
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant

GRACE = Actor("cli:grace")


def set_policy(runtime: Runtime, shop: Shop, verification: Verification) -> None:
    def change(tenant: Tenant) -> bool:
        platform = platforms.find(tenant.connection, shop.id)
        assert platform is not None
        return platforms.save(
            tenant.connection, replace(platform, policy=replace(platform.policy, verification=verification))
        )

    assert runtime.writing(shop.id, change)


def sealed_ids(runtime: Runtime, shop: Shop) -> set[str]:
    return {row.id for row in Rows(runtime.database, shop.id).all(users) if row.sealed}


def logged(runtime: Runtime, shop: Shop) -> list[tuple[str, str, dict[str, object]]]:
    found = journal.entries(runtime, shop.id)
    return [(one.actor, one.action, dict(one.detail)) for one in found if one.action.endswith(".unsealed")]


@pytest.mark.parametrize("verification", [Verification.REPORT, Verification.OFF])
@pytest.mark.parametrize("everybody", [False, True], ids=["one", "all"])
def test_a_claimed_visitor_reads_a_record_only_after_it_was_unsealed(
    verification: Verification, everybody: bool, runtime: Runtime, shop: Shop, client: FlaskClient
) -> None:
    secret = shop.visitor(client, ADA.proven()).start("A secret")["conversation"]["id"]
    (ada_id,) = sealed_ids(runtime, shop)
    set_policy(runtime, shop, verification)
    outside = shop.visitor(client, ADA.config())
    assert outside.get(f"/conversations/{secret}").status_code == 404
    (shadow,) = [row for row in Rows(runtime.database, shop.id).all(users) if row.shadow]
    assert (shadow.user_id, shadow.sealed) == (ADA.user_id, False)
    if everybody:
        assert sealing.unseal_all(runtime, shop.id, actor=GRACE) == 1
        assert logged(runtime, shop) == [(GRACE.name, "platform.unsealed", {"records": 1})]
    else:
        assert sealing.unseal(runtime, shop.id, ada_id, actor=GRACE) is True
        assert logged(runtime, shop) == [(GRACE.name, "user.unsealed", {"user": ada_id})]
    assert shop.visitor(client, ADA.config()).get(f"/conversations/{secret}").status_code == 200
    assert outside.get(f"/conversations/{secret}").status_code == 404


def test_under_enforced_nothing_is_unsealed_and_a_verified_visit_seals_again(
    runtime: Runtime, shop: Shop, client: FlaskClient
) -> None:
    shop.visitor(client, ADA.proven())
    (ada_id,) = before = sealed_ids(runtime, shop)
    for refused in (
        sealing.unseal(runtime, shop.id, ada_id, actor=GRACE),
        sealing.unseal_all(runtime, shop.id, actor=GRACE),
    ):
        assert refused is sealing.ENFORCED
    assert (sealed_ids(runtime, shop), logged(runtime, shop)) == (before, [])
    set_policy(runtime, shop, Verification.REPORT)
    assert sealing.unseal(runtime, shop.id, ada_id, actor=GRACE) is True
    shop.visitor(client, ADA.proven())
    assert sealed_ids(runtime, shop) == set()
    set_policy(runtime, shop, Verification.ENFORCED)
    shop.visitor(client, ADA.proven())
    assert sealed_ids(runtime, shop) == before


def test_who_comes_second_changes_nothing_and_is_not_in_the_log(
    runtime: Runtime, shop: Shop, client: FlaskClient
) -> None:
    shop.visitor(client, ADA.proven())
    (ada_id,) = sealed_ids(runtime, shop)
    set_policy(runtime, shop, Verification.REPORT)
    assert [sealing.unseal(runtime, shop.id, ada_id, actor=GRACE) for _ in range(2)] == [True, False]
    assert sealing.unseal_all(runtime, shop.id, actor=GRACE) == 0
    assert len(logged(runtime, shop)) == 1


def test_all_are_unsealed_batch_by_batch_and_counted_up_to_a_limit(
    runtime: Runtime, shop: Shop, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = open_shop(runtime)
    strange.visitor(client, BOB.proven())
    for person in EVERYBODY:
        shop.visitor(client, person.proven())
    set_policy(runtime, shop, Verification.OFF)
    monkeypatch.setattr(sealing, "COUNTED_MAX", 1)
    monkeypatch.setattr(sealing, "BATCH", 1)
    assert sealing.number(runtime, shop.id) == 2
    assert sealing.unseal_all(runtime, shop.id, actor=GRACE) == 3
    assert sealing.number(runtime, shop.id) == 0
    assert logged(runtime, shop) == [(GRACE.name, "platform.unsealed", {"records": 3})]
    assert len(sealed_ids(runtime, strange)) == 1


def test_nobody_is_unsealed_from_another_platform(runtime: Runtime, shop: Shop, client: FlaskClient) -> None:
    shop.visitor(client, ADA.proven())
    (ada_id,) = before = sealed_ids(runtime, shop)
    set_policy(runtime, shop, Verification.OFF)
    strange = open_shop(runtime)
    set_policy(runtime, strange, Verification.OFF)
    for wanted in (ada_id, runtime.new_id()):
        refused = sealing.unseal(runtime, strange.id, wanted, actor=GRACE)
        assert isinstance(refused, Refused)
        assert refused is people.NOT_FOUND
    assert sealed_ids(runtime, shop) == before

"""Unsealing at the desk: what it means is said, the password is asked, and a second click harms nobody."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA
from tests.rows import Rows
from tests.services.test_sealing import logged, sealed_ids, set_policy
from tests.shop import Shop
from tests.web.admin.room import PASSWORD_FIELD, Room
from tests.web.agent.desk import text_of
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import users


@pytest.fixture
def ada_id(client: FlaskClient, shop: Shop, rows: Rows) -> str:
    """Ada's record, sealed."""
    shop.visitor(client, ADA.proven())
    return str(rows.one(users).id)


def test_a_person_is_unsealed_after_the_password_and_only_once(
    runtime: Runtime, clock: Clock, room: Room, shop: Shop, ada_id: str
) -> None:
    page = f"people/{ada_id}"
    assert "Unseal…" not in room.read(page)
    assert "can be unsealed once it is report or off" in room.read(page)
    refused = room.send(f"{page}/unseal")
    assert refused.status_code == 400
    assert "Verification is enforced: claimed visitors are refused" in text_of(refused)
    set_policy(runtime, shop, Verification.REPORT)
    assert "without a proof. The security log notes it. Unseal…" in room.read(page)
    clock.advance(minutes=11)
    asked = room.send(f"{page}/unseal")
    assert asked.status_code != 303
    assert 'id="unseal-password-wrong"' in asked.get_data(as_text=True)
    assert sealed_ids(runtime, shop) == {ada_id}
    for said in ("open to claimed visitors again", "was open already"):
        done = room.send(f"{page}/unseal", **PASSWORD_FIELD)
        assert done.status_code == 303
        assert said in text_of(room.client.get(done.location))
    assert "Sealed" not in room.read(page)
    assert len(logged(runtime, shop)) == 1
    assert "Person unsealed" in room.read("log")


def test_all_are_unsealed_where_the_policy_is_set(
    runtime: Runtime, clock: Clock, room: Room, shop: Shop, ada_id: str
) -> None:
    assert "Unseal all" not in room.read("verification")
    assert "Verification is enforced: claimed visitors" in text_of(room.send("verification/unseal"))
    set_policy(runtime, shop, Verification.OFF)
    assert "1 record was opened verified" in room.read("verification")
    clock.advance(minutes=11)
    asked = room.send("verification/unseal")
    assert 'id="unseal-password-wrong"' in asked.get_data(as_text=True)
    assert sealed_ids(runtime, shop) == {ada_id}
    done = room.send("verification/unseal", **PASSWORD_FIELD)
    assert "No record is sealed any more." in text_of(room.client.get(done.location))
    assert sealed_ids(runtime, shop) == set()
    assert logged(runtime, shop)[0][1:] == ("platform.unsealed", {"records": 1})

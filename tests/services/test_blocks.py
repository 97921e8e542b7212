"""Who is blocked may not write: people and networks, at once, and nothing tells them more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA
from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, open_shop
from tests.team import Colleague, hash_quickly, hire
from whosthere.core.abuse import NETWORKS_MAX, Abuse, BlockedNetwork, is_wide, read_abuse, read_network
from whosthere.core.reasons import Reason, Refused
from whosthere.services import blocks, journal
from whosthere.services.runtime import Runtime
from whosthere.storage import platforms
from whosthere.storage.tables import users


@pytest.fixture
def admin(runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Colleague:
    hash_quickly(monkeypatch)
    return hire(runtime, shop.id, role="admin")


def boot_from(client: FlaskClient, shop: Shop, address: str, **body: Any) -> Any:
    return client.post(
        f"{WIDGET}/boot",
        json={"platformId": shop.id, **body},
        headers={"Origin": ORIGIN},
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.mark.parametrize("config", [ADA.proven(), {}], ids=["verified", "anonymous"])
def test_a_blocked_person_is_out_at_once_and_stays_out(
    config: dict[str, Any], runtime: Runtime, shop: Shop, client: FlaskClient, admin: Colleague
) -> None:
    visitor = shop.visitor(client, config)
    conversation_id = visitor.start()["conversation"]["id"]
    rows = Rows(runtime.database, shop.id)
    (record,) = rows.all(users)
    assert blocks.set_blocked(runtime, admin.identity, record.id, True) is None
    assert visitor.get("/conversations").json["code"] == "session_ended"
    more = {"anonymousToken": visitor.answer["anonymousToken"]}
    before = rows.all(users)
    for again in (config, {**config, "reset": True}):
        refused = shop.boot(client, again, **more)
        assert (refused.status_code, refused.json["code"]) == (403, "blocked")
        assert refused.json["detail"] == "You cannot write here."
    assert rows.all(users) == before
    assert blocks.set_blocked(runtime, admin.identity, record.id, True) is None
    assert blocks.set_blocked(runtime, admin.identity, record.id, False) is None
    assert [entry.action for entry in journal.entries(runtime, shop.id)[:2]] == ["user.unblocked", "user.blocked"]
    back = shop.visitor(client, config, **more)
    assert back.get(f"/conversations/{conversation_id}").status_code == 200


def test_nobody_blocks_people_of_another_platform(
    runtime: Runtime, shop: Shop, client: FlaskClient, admin: Colleague
) -> None:
    shop.visitor(client, ADA.proven())
    (record,) = Rows(runtime.database, shop.id).all(users)
    elsewhere = hire(runtime, open_shop(runtime).id, "bob@example.com")
    for wanted in (runtime.new_id(), record.id):
        assert blocks.set_blocked(runtime, elsewhere.identity, wanted, True) is blocks.NO_PERSON
    assert Rows(runtime.database, shop.id).one(users).blocked_at is None


def test_a_blocked_network_neither_boots_nor_writes(
    shop: Shop, client: FlaskClient, runtime: Runtime, admin: Colleague, clock: Clock
) -> None:
    visitor = shop.visitor(client)
    assert visitor.get("/conversations").status_code == 200
    made = blocks.block_network(runtime, admin.identity, shop.id, " 127.0.0.1 ", "spam")
    assert made == BlockedNetwork("127.0.0.1/32", "spam", admin.id, clock())
    for address in ("127.0.0.1", "::ffff:127.0.0.1"):
        assert boot_from(client, shop, address).json["code"] == "blocked"
    assert boot_from(client, shop, "127.0.0.2").status_code == 200
    refused = visitor.send("POST", "/conversations", {"text": "Ahoy", "clientMessageId": "1"})
    assert (refused.status_code, refused.json["code"]) == (403, "blocked")
    assert blocks.unblock_network(runtime, admin.identity, shop.id, "127.0.0.1/32") is None
    assert visitor.get("/conversations").status_code == 200
    assert [entry.action for entry in journal.entries(runtime, shop.id)[:2]] == ["network.unblocked", "network.blocked"]


@pytest.mark.parametrize(
    "text",
    ["", "0.0.0.0/0", "::/0", "x", "1.2.3.4/33", "fe80::1%eth0", "9" * 65, "::ffff:0.0.0.0/96", "1.2.3.4 5.6.7.8"],
)
def test_a_range_that_makes_no_sense_is_refused(text: str) -> None:
    assert isinstance(read_network(text), str)


def test_ranges_are_what_they_mean() -> None:
    assert str(read_network("203.0.113.77/24")) == "203.0.113.0/24"
    assert str(read_network("::ffff:203.0.113.7")) == "203.0.113.7/32"
    wide = {"10.0.0.0/15": True, "10.0.0.0/16": False, "2001:db8::/31": True, "2001:db8::/32": False}
    assert {network: is_wide(network) for network in wide} == wide
    abuse = Abuse((BlockedNetwork("2001:db8::/48", "", "a", 1),), starts_per_hour=5)
    assert read_abuse(abuse.stored()) == abuse
    assert [abuse.blocks(address) for address in ("2001:db8::1", "2001:db9::1", "unknown", None)] == [
        True,
        False,
        False,
        False,
    ]


def test_an_agent_blocks_no_network_and_an_admin_not_endlessly_many(
    runtime: Runtime, shop: Shop, admin: Colleague
) -> None:
    def reason(who: Colleague, text: str, why: str = "") -> Reason:
        outcome = blocks.block_network(runtime, who.identity, shop.id, text, why)
        assert isinstance(outcome, Refused)
        return outcome.reason

    agent = hire(runtime, shop.id, "agent@example.com")
    assert reason(agent, "10.0.0.1") is Reason.FORBIDDEN
    assert reason(admin, "10.0.0.1", "two\nlines") is Reason.INVALID_FIELD
    many = tuple(BlockedNetwork(f"10.0.{number}.0/24", "", "a", 1) for number in range(NETWORKS_MAX))

    def fill(connection: Any) -> None:
        platform = platforms.find(connection, shop.id)
        assert platform is not None
        platforms.save(connection, replace(platform, abuse=Abuse(many)))

    runtime.database.transact(fill)
    assert reason(admin, "10.0.0.0/24") is Reason.ALREADY_EXISTS
    assert reason(admin, "10.1.0.0/24") is Reason.LIMIT_REACHED

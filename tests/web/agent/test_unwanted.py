"""The pages of admins for mail and for visitors nobody wants, and the form that blocks a person."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.rows import Rows
from tests.shop import Shop, Visitor
from tests.team import hire
from tests.web.agent.desk import Desk, sit_down, text_of
from whosthere.services import mail
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import outbox, users


@pytest.fixture
def admin(client: FlaskClient, runtime: Runtime, shop: Shop) -> Desk:
    return sit_down(client.application, hire(runtime, shop.id, "root@example.com", role="admin"))


def test_admins_read_the_outbox_and_send_again(
    admin: Desk, desk: Desk, runtime: Runtime, shop: Shop, rows: Rows
) -> None:
    runtime.writing(shop.id, lambda tenant: mail.queue(runtime, tenant, "reply", "ada@x.example", "<b>Hi", "<i>body"))
    page = admin.read(f"outbox/{shop.id}?state=waiting")
    assert "<b>Hi" in page
    assert "No mail server is configured" in page
    one = f"outbox/{shop.id}/{rows.one(outbox).id}"
    assert "<i>body" in admin.read(one)
    assert admin.send(f"{one}/again").status_code == 303
    assert [desk.open(path).status_code for path in ("outbox", f"outbox/{shop.id}", one)] == [403, 403, 403]
    assert admin.open(f"outbox/{runtime.new_id()}").status_code == 404
    assert admin.open(f"outbox/{shop.id}?state=else").status_code == 400


def test_admins_block_networks_and_set_limits(admin: Desk, desk: Desk, shop: Shop) -> None:
    here = f"visitors/{shop.id}"
    assert admin.send(f"{here}/networks", network="10.0.0.0/8", reason="<b>spam").status_code == 303
    page = admin.read(here)
    assert "10.0.0.0/8 Very wide" in page
    assert "<b>spam" in page
    assert admin.send(f"{here}/networks", network="0.0.0.0/0").status_code == 400
    assert admin.send(f"{here}/networks/remove", network="10.0.0.0/8").status_code == 303
    assert admin.send(f"{here}/limits", anonymous_starts_per_hour="x", proof_of_work="on").status_code == 400
    assert admin.send(f"{here}/limits", anonymous_starts_per_hour="30", proof_of_work="on").status_code == 303
    assert 'value="30"' in admin.open(here).get_data(as_text=True)
    for path in ("networks", "networks/remove", "limits"):
        assert desk.send(f"{here}/{path}", network="10.0.0.1").status_code == 403
    assert desk.open(here).status_code == 403


def test_limits_that_somebody_else_changed_meanwhile_are_not_overwritten(admin: Desk, shop: Shop) -> None:
    """The second of two is told, keeps what was chosen, and saves it by sending the form again."""
    here = f"visitors/{shop.id}"

    def version() -> str:
        found = re.search(r'name="version" value="(\d+)"', admin.open(here).get_data(as_text=True))
        assert found is not None
        return found[1]

    seen = version()
    first, second = ({"anonymous_starts_per_hour": limit, "proof_of_work": "on"} for limit in ("30", "40"))
    assert admin.send(f"{here}/limits", version=seen, **first).status_code == 303
    told = admin.send(f"{here}/limits", version=seen, **second)
    assert told.status_code == 409
    assert "changed this platform meanwhile" in text_of(told)
    assert 'value="40"' in told.get_data(as_text=True)
    assert 'value="30"' in admin.open(here).get_data(as_text=True)
    assert admin.send(f"{here}/limits", version=version(), **second).status_code == 303
    assert 'value="40"' in admin.open(here).get_data(as_text=True)


def test_an_agent_blocks_a_person_and_goes_back(desk: Desk, admin: Desk, ada: Visitor, shop: Shop, rows: Rows) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    record = rows.one(users)
    back = desk.send(f"people/{record.id}/block", blocked="yes", next=f"conversations/{conversation_id}")
    assert (back.status_code, back.location) == (303, f"/agent/conversations/{conversation_id}")
    assert rows.one(users).blocked_at is not None
    assert "Ada Lovelace" in admin.read(f"visitors/{shop.id}")
    undone = admin.send(f"people/{record.id}/block", blocked="no", next=f"visitors/{shop.id}")
    assert undone.location == f"/agent/visitors/{shop.id}"
    assert rows.one(users).blocked_at is None
    assert desk.send("people/00000000-0000-0000-0000-000000000000/block", blocked="yes").status_code == 404

"""What lets somebody in, gives them more or locks them out takes the password of these minutes."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.clock import Clock
from tests.rows import Rows
from tests.shop import Shop
from tests.team import PASSWORD, Colleague, hire
from tests.web.agent.desk import Desk, sit_down
from tests.web.agent.fields import wrong
from whosthere.services.runtime import Runtime

SAM = "sam@new.example.com"


@pytest.fixture
def office(app: Flask, runtime: Runtime, shop: Shop) -> Desk:
    """The browser of an owner."""
    return sit_down(app, hire(runtime, shop.id, "olga@example.com", name="Olga", role="owner"))


@pytest.mark.parametrize(
    ("path", "fields", "done"),
    [
        ("invitations", {"email": SAM, "role": "agent"}, 200),
        ("members/{grace}/role", {"role": "admin"}, 303),
        ("members/{grace}/link", {}, 200),
        ("members/{grace}/close", {}, 303),
    ],
)
def test_the_password_is_asked_beside_its_button_once_for_ten_minutes(
    office: Desk, shop: Shop, grace: Colleague, clock: Clock, rows: Rows, path: str, fields: dict[str, str], done: int
) -> None:
    form = f"team/{shop.id}/{path.format(grace=grace.id)}"
    clock.advance(minutes=11)
    before, role = rows.counts(), grace.identity.role_on(shop.id)
    for guess, status in (({}, 403), ({"password": "not this one"}, 401)):
        refused = office.send(form, **fields, **guess)
        assert (refused.status_code, set(wrong(refused))) == (status, {"password"})
        assert 'name="password"' in refused.get_data(as_text=True)
        for value in fields.values():
            assert value in refused.get_data(as_text=True), "nothing that was typed is lost"
    assert (rows.counts(), grace.identity.role_on(shop.id)) == (before, role)
    assert office.send(form, **fields, password=PASSWORD).status_code == done
    assert rows.counts()["audit_log"] == before["audit_log"] + 1
    assert office.send(f"team/{shop.id}/invitations", email="other@example.com", role="agent").status_code == 200


def test_who_guesses_too_often_is_told_how_long_to_wait(office: Desk, shop: Shop, clock: Clock) -> None:
    clock.advance(minutes=11)
    form = f"team/{shop.id}/invitations"
    answers = [office.send(form, email=SAM, role="agent", password="no") for _ in range(11)]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert [one.headers.get("Retry-After") for one in answers[-2:]] == [None, "300"]

"""What every page of the desk has in common. Who may open which stands in `tests/web/matrix.py`."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.rows import Rows
from tests.shop import Shop, open_shop
from tests.team import hire
from tests.web.admin.room import Room, enter
from tests.web.agent.desk import text_of
from whosthere.services import agents
from whosthere.services.runtime import Runtime

ANYTHING = "00000000-0000-7000-8000-000000000001"
OWN_PAGES = {"admin.show_platforms", "admin.new_platform", "admin.create_platform", "admin.show_nothing"}


def routes(app: Flask, platform_id: str) -> list[tuple[str, str, str]]:
    """Every route of the desk: endpoint, method, address."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin."):
            continue
        address = rule.rule.replace("<platform_id>", platform_id).replace("<path:_unknown>", "no/such/page")
        address = re.sub(r"<\w+>", ANYTHING, address)
        found += [(rule.endpoint, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return sorted(found)


def knock(room: Room, app: Flask, platform_id: str) -> dict[str, dict[str, int]]:
    """The status of every route, by endpoint and method, for who sits in the room."""
    statuses: dict[str, dict[str, int]] = {}
    for endpoint, method, address in routes(app, platform_id):
        path = address.removeprefix("/admin")
        response = room.open(path) if method == "GET" else room.send(path, version="no", name="")
        statuses.setdefault(endpoint, {})[method] = response.status_code
    return statuses


def of_platforms(statuses: dict[str, dict[str, int]]) -> set[int]:
    """The statuses of the pages that belong to a platform."""
    return {each for endpoint, by in statuses.items() if endpoint not in OWN_PAGES for each in by.values()}


def test_agents_read_why_the_door_is_closed(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    room = enter(client.application, hire(runtime, shop.id, role="agent"), shop.id)
    assert "The desk is for owners and admins" in text_of(room.open("/"))


def test_a_platform_of_others_does_not_exist(
    runtime: Runtime, client: FlaskClient, shop: Shop, room: Room, rows: Rows
) -> None:
    strange = open_shop(runtime)
    theirs = Rows(runtime.database, strange.id)
    before = theirs.counts()
    assert of_platforms(knock(room, client.application, strange.id)) == {404}
    assert of_platforms(knock(room, client.application, ANYTHING)) == {404}
    assert theirs.counts() == before
    assert strange.id not in room.open("/").get_data(as_text=True)


def test_who_manages_one_platform_only_answers_on_another(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    other = open_shop(runtime)
    ada = hire(runtime, shop.id, "ada@team.example", role="admin")
    assert agents.join_platform(runtime, ada.email, other.id, "agent") is None
    room = enter(client.application, ada, shop.id)
    assert of_platforms(knock(room, client.application, other.id)) == {403}
    assert other.id not in room.open("/").get_data(as_text=True)


def test_the_door_leads_back_to_the_desk(client: FlaskClient, shop: Shop, room: Room) -> None:
    refused = client.get(f"/admin/platforms/{shop.id}/keys")
    assert refused.location == f"/agent/login?next=admin/platforms/{shop.id}/keys"
    back = room.client.get(refused.location)
    assert back.location == f"/admin/platforms/{shop.id}/keys"


def test_a_form_of_another_site_changes_nothing(client: FlaskClient, shop: Shop, room: Room, rows: Rows) -> None:
    before = rows.counts()
    for _, method, address in routes(client.application, shop.id):
        if method == "POST":
            assert room.client.post(address, data={"csrf_token": "x"}).status_code == 400, address
    assert rows.counts() == before


def test_every_page_lets_nobody_frame_it_keep_it_or_write_into_it(client: FlaskClient, shop: Shop, room: Room) -> None:
    for _, method, address in routes(client.application, shop.id):
        if method == "GET":
            headers = room.client.get(address).headers
            assert headers["Cache-Control"] == "no-store", address
            policy = headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, address
            assert "unsafe" not in policy, address
            body = room.client.get(address).get_data(as_text=True)
            assert "style=" not in body, address
            assert "onclick" not in body, address

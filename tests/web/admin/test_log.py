"""The security log: filtered, paged, and taken along without a formula in it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.shop import Shop
from tests.team import Colleague
from tests.web.admin.room import Room
from tests.web.agent.desk import sign_in, text_of
from whosthere import services
from whosthere.services.journal import Actor, note
from whosthere.services.runtime import Runtime
from whosthere.storage import refusals
from whosthere.storage.tenancy import Tenant
from whosthere.web.admin.log import PAGE_SIZE, harmless
from whosthere.web.admin.words import ACTIONS


def write(runtime: Runtime, shop: Shop, *actions: str, actor: str = "cli:ada", **detail: object) -> None:
    """Append to the log."""

    def append(tenant: Tenant) -> None:
        for action in actions:
            note(runtime, tenant, Actor(actor), action, runtime.clock(), **detail)

    runtime.writing(shop.id, append)


def test_the_log_tells_who_did_what(room: Room, shop: Shop) -> None:
    room.send("keys", scheme="standard", name="new")
    said = room.read("log")
    assert "Key created by Grace" in said
    assert "name new scheme standard imported no" in said


def test_colleagues_have_names_in_the_log_and_who_acted_is_said_once(
    runtime: Runtime, room: Room, shop: Shop, grace: Colleague
) -> None:
    write(runtime, shop, "agent.removed", actor="cli:ada", agent=grace.id, role="owner")
    write(runtime, shop, "agent.token_created", actor=f"agent:{grace.id}", agent=grace.id, name="script")
    page = room.open("log").get_data(as_text=True)
    said = room.read("log")
    assert "Removed from the team by cli:ada" in said
    assert "agent Grace role owner" in said
    assert re.search(r"Personal token created by Grace · [^·]+ name script", said)
    assert f'<option value="agent:{grace.id}">Grace' in page
    assert '<option value="cli:ada">cli:ada</option>' in page


def test_every_action_that_services_note_has_words() -> None:
    action = re.compile(r'"((?:agent|user|platform|key|server_key|token|merge|message|attachment)\.[a-z_]+)"')
    files = Path(services.__file__).parent.glob("*.py")
    noted = {found for file in files for found in action.findall(file.read_text("utf-8"))}
    assert len(noted) > 30
    assert noted - set(ACTIONS) == set()


def test_moments_in_the_log_can_be_read(runtime: Runtime, room: Room, shop: Shop) -> None:
    write(runtime, shop, "key.end_set", endsAt=[None, 1_906_547_400_000])
    assert "endsAt nothing → 1 June 2030, 12:30:00 UTC" in room.read("log")


def test_the_log_is_filtered(runtime: Runtime, room: Room, shop: Shop, clock: Clock, grace: Colleague) -> None:
    write(runtime, shop, "key.created", name="first")
    write(runtime, shop, "key.deleted", actor="server_key:1", name="second")
    clock.advance(hours=30)
    write(runtime, shop, "key.created", name="third")
    sign_in(room.client, grace.email)
    today = room.open("log").get_data(as_text=True)
    day = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)', today)[0]

    def names(**query: str) -> set[str]:
        return {one for one in ("first", "second", "third") if f"name {one}" in room.read("log", **query)}

    assert names() == {"first", "second", "third"}
    assert names(action="key.created") == {"first", "third"}
    assert names(actor="server_key:1") == {"second"}
    assert names(day=day) == {"third"}
    assert names(action="key.created", day="2001-01-01") == set()
    refused = room.open("log", day="yesterday")
    assert refused.status_code == 400
    assert 'id="day-wrong"' in refused.get_data(as_text=True)


def test_the_log_is_paged(runtime: Runtime, room: Room, shop: Shop) -> None:
    write(runtime, shop, *[f"test.number_{number}" for number in range(PAGE_SIZE + 5)])
    seen: list[str] = []
    page = room.open("log").get_data(as_text=True)
    for _ in range(3):
        seen += re.findall(r"<strong>Test: number (\d+)</strong>", page)
        older = re.search(r'href="([^"]+cursor=[^"]+)"', page)
        if older is None:
            break
        page = room.client.get(older[1].replace("&amp;", "&")).get_data(as_text=True)
    assert seen == [str(number) for number in reversed(range(PAGE_SIZE + 5))]
    assert room.open("log", cursor="nonsense").status_code == 400


def test_the_export_holds_everything_and_no_formula(runtime: Runtime, room: Room, shop: Shop) -> None:
    write(runtime, shop, "=cmd|' /C calc'!A0", "key.created", name="=1+1")
    response = room.open("log.csv", action="=cmd|' /C calc'!A0")
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    head, row = csv.reader(io.StringIO(response.get_data(as_text=True)))
    assert head[:3] == ["time", "action", "actor"]
    assert row[1] == "'=cmd|' /C calc'!A0"
    every = list(csv.reader(io.StringIO(room.open("log.csv").get_data(as_text=True))))
    assert len(every) > 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in every for cell in line)
    assert room.open("log.csv", day="x").status_code == 400


def test_refusals_are_counted_in_the_log_and_taken_along_by_day(
    runtime: Runtime, client: FlaskClient, room: Room, shop: Shop, clock: Clock
) -> None:
    """What was refused is told apart from what was let in, and a day that is asked for is not mixed with others."""
    yesterday = clock.now() // 60_000 - 1440

    def let_in(tenant: Tenant) -> None:
        refusals.count(tenant, minute=yesterday, reason="missing_user_auth_token", enforced=False)

    for _ in range(3):
        runtime.writing(shop.id, let_in)
    shop.boot(client, ADA.config(userAuthToken=BOB.user_auth_token()))

    def counters(**asked: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(room.open("refusals.csv", **asked).get_data(as_text=True))))[1:]

    new = ["2027-01-15", "token_signature", "refused", "1"]
    old = ["2027-01-14", "missing_user_auth_token", "let in", "3"]
    assert counters() == [new, old]
    assert counters(day="2027-01-14") == [old]
    assert counters(day="0001-01-01") == counters(day="9999-12-31") == []
    assert room.open("refusals.csv", day="x").status_code == 400
    said = room.read("log")
    assert "Refused visits, the last 7 days 3 The page named a visitor, and gave no token." in said
    assert "token_signature" not in room.read("log", day="2027-01-14")
    assert "Refused visits" not in room.read("log", action="key.created")


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_a_cell_is_no_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"x{cell}") == f"x{cell}"
    assert harmless(f"x;{cell}") == f"x;'{cell}", "where the semicolon splits cells"


def test_what_others_wrote_stays_text(runtime: Runtime, room: Room, shop: Shop) -> None:
    write(runtime, shop, "key.created", actor="<img src=x>", name="<script>")
    page = room.open("log").get_data(as_text=True)
    assert "<img src=x>" not in page
    assert "&lt;script&gt;" in page
    assert "<img src=x>" in text_of(room.open("log"))

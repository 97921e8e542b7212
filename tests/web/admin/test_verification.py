"""The policy at the desk: its effect is said before, and nobody overwrites what they have not seen."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.people import ADA, BOB, MALLORY
from tests.rows import Rows
from tests.shop import ORIGIN, Shop
from tests.web.admin.room import Room
from tests.web.agent.desk import text_of
from whosthere.services import diagnostics, platforms
from whosthere.services.options import texts
from whosthere.services.runtime import Runtime
from whosthere.storage.platforms import Platform
from whosthere.web.cookies import COOKIE_NAME


def version(room: Room, path: str = "verification") -> str:
    """The version in a page's form."""
    found = re.search(r'name="version" value="(\d+)"', room.open(path).get_data(as_text=True))
    assert found is not None
    return found[1]


def stored(runtime: Runtime, shop: Shop) -> dict[str, str]:
    """The platform's options."""
    found = platforms.find(runtime, shop.id)
    assert isinstance(found, Platform)
    return texts(found)


def test_the_effect_is_said_before_the_switch_is_thrown(
    client: FlaskClient, room: Room, shop: Shop, runtime: Runtime
) -> None:
    room.send("verification", verification="report", email_adoption="on", version=version(room))
    assert "Nothing was refused, and nothing would have been." in room.read("verification")
    for _ in range(2):
        page = {"url": "https://shop.example.com/cart?customer=ada"}
        assert shop.boot(client, MALLORY.config(userAuthToken=BOB.user_auth_token(), page=page)).status_code == 200
    shop.boot(client, ADA.config())
    shop.boot(client, {"userId": 42})
    for _ in range(2):
        shop.boot(client, BOB.proven())
        diagnostics.tell_passed(runtime)
    shop.boot(client)
    said = room.read("verification")
    assert "3 of 5 visits with identifiers would have been refused if verification were enforced." in said
    assert "Of the last 7 days’ 5 visits with identifiers, 3 would have been." in said
    assert "token_signature shop.example.com/cart 2" in said
    assert "customer=ada" not in said
    assert "They came in as anonymous visitors." in said


def test_what_is_saved_is_stored(runtime: Runtime, room: Room, shop: Shop) -> None:
    sent = {
        "verification": "off",
        "origins": "https://a.example/\r\nhttps://b.example https://a.example",
        "user_id_pattern": "[0-9]{6}",
        "anonymous_days": "30",
        "anonymous_idle_days": "2",
        "anonymous_history": "ask",
    }
    assert room.send("verification", **sent, version=version(room)).status_code == 303
    now = stored(runtime, shop)
    assert {name: now[name] for name in sent} == {**sent, "origins": "https://a.example,https://b.example"}
    assert now["email_adoption"] == "off", "a box that is not ticked is not sent"


def test_the_second_of_two_admins_is_told(runtime: Runtime, room: Room, shop: Shop) -> None:
    seen = version(room)
    first = room.send("verification", verification="report", email_adoption="on", version=seen)
    fields = {"verification": "off", "anonymous_days": "30", "anonymous_idle_days": "", "origins": f"{ORIGIN}\r\n"}
    second = room.send("verification", **fields, email_adoption="on", version=seen)
    assert first.status_code == 303
    assert second.status_code == 409
    said = text_of(second)
    assert "Somebody else changed this platform meanwhile." in said
    assert "verification is now report ; you wrote off" in said
    assert said.count("; you wrote") == 2, "what differs, and not what is only spelled in another way"
    assert 'value="30"' in second.get_data(as_text=True)
    assert stored(runtime, shop)["verification"] == "report"
    fresh = re.search(r'name="version" value="(\d+)"', second.get_data(as_text=True))
    assert fresh is not None
    again = room.send("verification", verification="off", anonymous_days="30", email_adoption="on", version=fresh[1])
    assert again.status_code == 303
    assert stored(runtime, shop)["verification"] == "off"


@pytest.mark.parametrize("number", ["", "-1", "1e3", "9" * 19, "x"])
def test_a_form_without_its_version_changes_nothing(room: Room, rows: Rows, number: str) -> None:
    before = rows.counts()
    assert room.send("verification", verification="off", version=number).status_code == 400
    assert rows.counts() == before


def test_patterns_and_origins_are_tried_without_saving(runtime: Runtime, room: Room, shop: Shop) -> None:
    before = stored(runtime, shop)
    for pattern, user_id, words in (
        ("[0-9]+", "42", "It matches: accepted."),
        ("[0-9]+", "42x", "It does not match: refused."),
        ("(", "42", "not valid RE2"),
        ("", "anything", "It matches: accepted."),
    ):
        tried = room.send("verification", **{"try": "user_id"}, user_id_pattern=pattern, try_user_id=user_id)
        assert words in text_of(tried)
        assert "Nothing is saved yet." in text_of(tried)
    for origin, words in (
        (ORIGIN, "It is allowed."),
        ("https://evil.example", "It is not on the list: refused."),
        ("https://shop.example.com/", "is not an origin"),
    ):
        assert words in text_of(room.send("verification", **{"try": "origin"}, try_origin=origin))
    assert stored(runtime, shop) == before


def test_all_problems_of_a_change_stand_beside_their_fields(runtime: Runtime, room: Room, shop: Shop) -> None:
    wrong = {"origins": "nonsense <", "user_id_pattern": "(", "anonymous_days": "0", "verification": "maybe"}
    refused = room.send("verification", **wrong, version=version(room))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert all(f'id="{name}-wrong"' in page for name in wrong)
    assert "nonsense &lt;" in page


def test_looks_are_tried_and_saved(runtime: Runtime, room: Room, shop: Shop) -> None:
    half = {"working_hours": "mon 9-", "brand_color": "#ffee00", "name": "Quay"}
    page = room.open("appearance/preview", **half).get_data(as_text=True)
    assert ">Quay<" in page
    assert "Dark · #ffee00" in page
    assert "Light · #ffee00" not in page, "too bright to be read there"
    tried = room.send("appearance", **{"try": "yes"}, name="Quay", brand_color="#ffee00")
    assert "Nothing is saved yet." in text_of(tried)
    assert stored(runtime, shop)["name"] == "Shop"
    refused = room.send("appearance", working_hours="mon 9-5", name="Quay", version=version(room, "appearance"))
    assert 'id="working_hours-wrong"' in refused.get_data(as_text=True)
    fields = {"name": "Quay", "working_hours": "mon-fri 9:00-17:00 Europe/Berlin", "reply_time": "hours"}
    seen = version(room, "appearance")
    assert room.send("appearance", **fields, version=seen).status_code == 303
    assert {name: stored(runtime, shop)[name] for name in fields} == fields
    late = room.send("appearance", **{**fields, "name": "Wharf"}, version=seen)
    assert late.status_code == 409
    assert re.findall(r"(\S+) is now “ (\S+) ”; you wrote “ (\S+) ”", text_of(late)) == [("Name", "Quay", "Wharf")]


def test_who_is_signed_out_meanwhile_is_told_that_nothing_was_saved(room: Room, runtime: Runtime, shop: Shop) -> None:
    """And comes back to the page that the form stood on."""
    seen = version(room)
    room.client.delete_cookie(COOKIE_NAME)
    for path, back in (("verification", f"admin/platforms/{shop.id}/verification"), ("verification/unseal", "admin")):
        sent = room.client.post(room.url(path), data={"verification": "off", "version": seen})
        assert sent.status_code == 303
        page = room.client.get(sent.headers["Location"])
        assert "You were signed out meanwhile. What you have just sent was not saved." in text_of(page)
        assert f'name="next" value="{back}"' in page.get_data(as_text=True)
    assert "was not saved" not in text_of(room.client.get("/agent/login"))
    assert stored(runtime, shop)["verification"] == "enforced"

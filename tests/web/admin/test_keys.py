"""Keys at the desk: a rotation that locks nobody out, and everything that asks twice."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.clock import Clock
from tests.people import ADA, BOB, MALLORY, SECRET, base64_token
from tests.rows import Rows
from tests.shop import Shop, open_shop
from tests.web.admin.room import PASSWORD_FIELD, Room
from tests.web.agent.desk import sign_in, text_of
from whosthere.services import server_keys
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import keys, platforms
from whosthere.storage.tables import server_keys as server_key_rows

LEGACY = "old & short"


def created(room: Room, **fields: str) -> str:
    """Create a key; return its secret."""
    response = room.send("keys", **{"scheme": "standard", **fields})
    assert response.status_code == 200, text_of(response)
    found = re.search(r'aria-label="Secret key"><code>([^<]+)</code>', response.get_data(as_text=True))
    assert found is not None
    return found[1]


def submit(room: Room, key_id: str, do: str, **fields: str) -> TestResponse:
    """Look at a key's page, and send one of its forms."""
    return room.send(f"keys/{key_id}/{do}", seen=seen(room, key_id), **fields)


def seen(room: Room, key_id: str) -> str:
    """What the page of a key remembers of all keys."""
    found = re.search(r'name="seen" value="([^"]+)"', room.open(f"keys/{key_id}").get_data(as_text=True))
    assert found is not None
    return found[1]


def test_the_second_of_two_admins_is_told_that_the_keys_are_others_now(room: Room, shop: Shop, rows: Rows) -> None:
    second = shop.add_key("one more secret of more than 32 bytes for the rotation")
    both = seen(room, shop.key_id)
    assert submit(room, second, "delete").status_code == 303
    refused = room.send(f"keys/{shop.key_id}/delete", seen=both)
    assert refused.status_code == 409
    assert "Somebody else changed this platform's keys meanwhile" in text_of(refused)
    assert "It is the only key" in text_of(refused)
    assert [row.id for row in rows.all(keys) if row.deleted_at is None] == [shop.key_id]

    one = seen(room, shop.key_id)
    assert submit(room, shop.key_id, "end", ends="2030-06-01T12:30").status_code == 303
    late = room.send(f"keys/{shop.key_id}/end", seen=one, ends="2031-01-01T00:00")
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert 'value="2031-01-01T00:00"' in page  # what the second one typed
    assert "2030" in text_of(late)  # what the first one did
    again = re.search(r'name="seen" value="([^"]+)"', page)
    assert again is not None
    assert room.send(f"keys/{shop.key_id}/end", seen=again[1], ends="2031-01-01T00:00").status_code == 303
    assert submit(room, shop.key_id, "delete").status_code == 303
    assert room.send(f"keys/{shop.key_id}/delete", seen=one).status_code == 404


def test_a_rotation_locks_nobody_out(client: FlaskClient, room: Room, shop: Shop, clock: Clock, rows: Rows) -> None:
    shop.visitor(client, ADA.proven())
    fresh = created(room, name="new")
    assert fresh not in room.read("keys"), "shown once"
    shop.visitor(client, BOB.proven(fresh))
    assert shop.boot(client, ADA.proven()).status_code == 200, "the old key works beside it"
    clock.advance(days=7, minutes=1)
    shop.visitor(client, BOB.proven(fresh))
    sign_in(room.client, "grace@example.com")  # a week is longer than a browser is remembered unused
    assert room.read("keys").count("Nothing has used this key for 7 days. It can go.") == 1
    old = f"keys/{shop.key_id}"
    assert "Nothing has used it for 7 days." in room.read(old)
    ada = shop.visitor(client, ADA.proven())
    said = room.read(old)
    assert "something still signs with it" in said
    assert "tokens made with it prove nobody" in said
    assert submit(room, shop.key_id, "delete", **PASSWORD_FIELD).status_code == 303
    assert shop.boot(client, ADA.proven()).status_code == 401
    assert ada.get("/conversations").status_code == 401
    assert shop.boot(client, BOB.proven(fresh)).status_code == 200


def test_the_secret_of_another_vendor_becomes_a_key_of_its_scheme(client: FlaskClient, room: Room, shop: Shop) -> None:
    made = room.send("keys", scheme="helpshift", secret=LEGACY, name="from before")
    assert made.status_code == 200
    assert LEGACY.replace("&", "&amp;") not in made.get_data(as_text=True), "whoever typed it has it"
    page = room.read("keys")
    assert "from before Helpshift Weak secret" in page
    token = base64_token(LEGACY, MALLORY.user_id + MALLORY.email)
    assert shop.boot(client, MALLORY.config(userAuthToken=token)).status_code == 200


def test_what_is_wrong_with_a_key_stands_beside_its_field(room: Room, rows: Rows) -> None:
    before = rows.counts()
    for fields, name, words in (
        ({"secret": "short"}, "secret", "at least 32 bytes"),
        ({"secret": SECRET}, "secret", "has the same secret"),
        ({"name": " x"}, "name", "printable characters"),
        ({"scheme": "rot13", "name": "<kept>"}, "scheme", "Choose a scheme."),
    ):
        refused = room.send("keys", **{"scheme": "standard", **fields})
        page = refused.get_data(as_text=True)
        assert refused.status_code in (400, 409)
        assert re.search(rf'id="{name}-wrong">[^<]*{words}', page), text_of(refused)
        assert all(
            f'value="{value}"'.replace("<kept>", "&lt;kept&gt;") in page
            for value in fields.values()
            if value != "rot13"
        )
    assert rows.counts() == before


def test_keys_take_the_password_of_these_minutes(room: Room, shop: Shop, clock: Clock, rows: Rows) -> None:
    clock.advance(minutes=11)
    before = rows.counts()
    for path, fields in (
        ("keys", {"scheme": "standard"}),
        (f"keys/{shop.key_id}/end", {"ends": "2030-01-01T00:00"}),
        (f"keys/{shop.key_id}/delete", {}),
        ("server-keys", {"server_name": "backend"}),
        (f"server-keys/{shop.key_id}/revoke", {}),
    ):
        response = room.send(path, **fields)
        assert response.status_code == 403, path
        assert "Give your password again for this." in text_of(response), path
    assert rows.counts() == before
    assert submit(room, shop.key_id, "end", ends="2030-01-01T00:00", **PASSWORD_FIELD).status_code == 303


def test_a_wrong_password_is_told_at_the_form_it_was_for(room: Room, shop: Shop, clock: Clock) -> None:
    assert room.send("server-keys", server_name="backend").status_code == 200
    server_key = re.findall(r"/server-keys/([0-9a-f-]{36})/revoke", room.open("keys").get_data(as_text=True))[0]
    clock.advance(minutes=11)
    for path, fields, place in (
        ("keys", {"scheme": "standard"}, "password"),
        (f"keys/{shop.key_id}/end", {"ends": "2030-01-01T00:00"}, "end_password"),
        (f"keys/{shop.key_id}/delete", {}, "delete_password"),
        ("server-keys", {"server_name": "crm"}, "server_password"),
        (f"server-keys/{server_key}/revoke", {}, f"password-{server_key}"),
    ):
        page = room.send(path, **fields, password="not it at all").get_data(as_text=True)
        assert re.findall(r'id="([\w-]+)-wrong"', page) == [place]
        assert re.findall(r'<input id="([\w-]+)"[^>]* aria-invalid="true" autofocus', page) == [place]


def test_a_key_gets_an_end_and_loses_it(room: Room, shop: Shop, rows: Rows) -> None:
    assert submit(room, shop.key_id, "end", ends="2030-06-01T12:30").status_code == 303
    assert rows.one(keys).ends_at == 1_906_547_400_000
    assert 'value="2030-06-01T12:30"' in room.open(f"keys/{shop.key_id}").get_data(as_text=True)
    refused = submit(room, shop.key_id, "end", ends="tomorrow")
    assert refused.status_code == 400
    assert 'id="ends-wrong"' in refused.get_data(as_text=True)
    assert submit(room, shop.key_id, "end", ends="").status_code == 303
    assert rows.one(keys).ends_at is None


def test_deleting_the_only_live_key_says_what_that_means(room: Room, shop: Shop) -> None:
    words = "only anonymous visitors get in"
    assert room.read(f"keys/{shop.key_id}").count(words) == 2, "an end does the same"
    second = shop.add_key("one more secret of more than 32 bytes for the rotation")
    said = room.read(f"keys/{second}")
    assert words not in said
    assert "Nothing has used it for 7 days" not in said, "it is new"
    assert submit(room, second, "end", ends="2001-01-01T00:00").status_code == 303
    assert words in room.read(f"keys/{shop.key_id}")


def test_a_platform_with_five_live_keys_offers_no_sixth(room: Room) -> None:
    for number in range(4):
        assert "Create key" in room.read("keys")
        created(room, name=f"key {number}")
    said = room.read("keys")
    assert "There are 5 live keys, and that is the most." in said
    assert "Create key" not in said


def test_a_server_api_key_is_shown_once_and_can_be_revoked(room: Room, runtime: Runtime, rows: Rows) -> None:
    made = room.send("server-keys", server_name="warehouse")
    found = re.search(r'aria-label="Server API key"><code>(whs_[^<]+)</code>', made.get_data(as_text=True))
    assert found is not None
    backend = server_keys.authenticate(runtime, found[1])
    assert isinstance(backend, server_keys.Backend)
    assert found[1] not in room.open("keys").get_data(as_text=True)
    assert room.send(f"server-keys/{backend.key_id}/revoke").status_code == 303
    assert not isinstance(server_keys.authenticate(runtime, found[1]), server_keys.Backend)
    assert "warehouse" not in room.read("keys")
    assert 'id="server_name-wrong"' in room.send("server-keys", server_name=" ").get_data(as_text=True)


def test_advice_never_leads_to_a_platform_without_a_live_key(
    client: FlaskClient, room: Room, shop: Shop, clock: Clock
) -> None:
    """Neither a key that has ended counts, nor one that nobody uses."""
    assert submit(room, shop.key_id, "end", ends="2026-01-01T00:00", **PASSWORD_FIELD).status_code == 303
    assert "Every key has ended, so nobody can be verified." in room.read("keys")
    assert submit(room, shop.key_id, "end", ends="", **PASSWORD_FIELD).status_code == 303
    shop.add_key("another secret, of more than thirty-two bytes", ends_at=clock() + 1000)
    spare = shop.add_key("a third secret, of more than thirty-two bytes")
    clock.advance(days=8)
    sign_in(room.client, "grace@example.com")
    said = room.read("keys")
    assert said.count("It can go.") == 1, "the one that has ended"
    assert said.count("Keep it: no other key is in use.") == 2
    shop.delete_key(spare)
    assert "It is the only key" in room.read(f"keys/{shop.key_id}")


def test_a_refusal_and_a_new_key_leave_the_settings_as_others_see_them(
    room: Room, shop: Shop, runtime: Runtime
) -> None:
    """Who edits the settings meanwhile is not told that somebody else changed them."""

    def versions() -> tuple[int, int]:
        with runtime.database.read() as connection:
            row = connection.execute(select(platforms.c.version, platforms.c.access_version)).one()
        return row.version, row.access_version

    before = versions()
    assert room.send("keys", name="x" * 101, **PASSWORD_FIELD).status_code == 400
    assert room.send(f"keys/{shop.key_id}/delete", seen="something else").status_code == 409
    assert room.send(f"people/{shop.key_id}/unseal").status_code == 404
    assert versions() == before
    created(room, name="fresh")
    assert versions() == (before[0], before[1] + 1)


def test_reloading_the_page_that_shows_a_secret_makes_no_second_key(room: Room, rows: Rows) -> None:
    form = hidden(room.open("keys"))
    first = room.send("keys", seen=form["seen"], **PASSWORD_FIELD)
    assert first.status_code == 200
    again = room.send("keys", seen=form["seen"], **PASSWORD_FIELD)
    assert again.status_code == 409
    assert "or a form was sent twice" in text_of(again)
    assert len(rows.all(keys)) == 2

    for status, number in ((200, 1), (409, 1)):
        sent = room.send("server-keys", server_name="Shop", server_seen=form["server_seen"], **PASSWORD_FIELD)
        assert sent.status_code == status
        assert len(rows.all(server_key_rows)) == number
    assert 'value="Shop"' in sent.get_data(as_text=True)
    fresh = hidden(sent)["server_seen"]
    assert room.send("server-keys", server_name="Shop", server_seen=fresh, **PASSWORD_FIELD).status_code == 200


def hidden(page: TestResponse) -> dict[str, str]:
    """What the forms of a page remember."""
    return dict(re.findall(r'type="hidden" name="(\w*seen)" value="([^"]*)"', page.get_data(as_text=True)))


@pytest.mark.parametrize(
    "ends",
    ["2030-12-24T18:00+05:00", "2030-12-24T18:00junk", "2030-1-2T3:4", "２０３０-12-24T18:00", "0001-01-01T00:00"],
)
def test_an_end_that_is_no_moment_is_refused(room: Room, shop: Shop, ends: str) -> None:
    refused = submit(room, shop.key_id, "end", ends=ends, **PASSWORD_FIELD)
    assert refused.status_code == 400
    assert 'id="ends-wrong"' in refused.get_data(as_text=True)


def test_a_server_key_of_nobody_is_not_revoked(room: Room, runtime: Runtime) -> None:
    other = open_shop(runtime)
    foreign = server_keys.create(runtime, other.id, actor=Actor("cli:ada"))
    assert isinstance(foreign, server_keys.NewServerKey)
    for key_id in (foreign.id, "00000000-0000-0000-0000-000000000000"):
        assert room.send(f"server-keys/{key_id}/revoke", **PASSWORD_FIELD).status_code == 404

"""People at the desk: found by what is exact, taken along, signed out, erased."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.rows import Rows
from tests.shop import Shop, open_shop
from tests.web.admin.room import PASSWORD_FIELD, Room
from tests.web.agent.desk import text_of
from whosthere.services import chores, export_jobs
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import audit_log, messages, users

SAID = "My order never arrived"


@pytest.fixture
def ada_id(client: FlaskClient, shop: Shop, rows: Rows) -> str:
    """Ada's record; she has said something."""
    shop.visitor(client, ADA.proven()).start(SAID)
    return str(rows.one(users).id)


def test_people_are_found_by_what_is_exact(room: Room, ada_id: str) -> None:
    for who in (ADA.user_id, ADA.email, ADA.email.upper().replace("ADA", "ada")):
        page = room.send("people", who=who).get_data(as_text=True)
        assert re.search(rf"people/{ada_id}\"", page), who
    for who in ("ad", "ADA", "da@example.com", "%", "x\N{COMBINING ACUTE ACCENT}"):
        assert ada_id not in room.send("people", who=who).get_data(as_text=True), who
    for who in ("", "x" * 751):
        refused = room.send("people", who=who)
        assert refused.status_code == 400
        assert 'id="who-wrong"' in refused.get_data(as_text=True)


def test_a_person_of_another_platform_is_nobody(
    runtime: Runtime, client: FlaskClient, room: Room, ada_id: str, rows: Rows
) -> None:
    strange = open_shop(runtime)
    strange.visitor(client, BOB.proven()).start()
    bob_id = Rows(runtime.database, strange.id).one(users).id
    assert bob_id not in room.send("people", who=BOB.user_id).get_data(as_text=True)
    assert room.open(f"people/{bob_id}").status_code == 404
    for what in ("sessions", "export", "erase", "unseal"):
        assert room.send(f"people/{bob_id}/{what}", sure="ERASE").status_code == 404, what
    assert Rows(runtime.database, strange.id).one(users).user_id == BOB.user_id


def test_an_export_is_complete_and_in_the_log(room: Room, ada_id: str, rows: Rows) -> None:
    response = room.send(f"people/{ada_id}/export")
    assert response.mimetype == "application/zip"
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(response.get_data()))
    assert SAID in json.dumps(json.loads(archive.read("person.json")))
    assert SAID in archive.read("person.html").decode()
    assert "user.exported" in {row.action for row in rows.all(audit_log)}
    response.close()


def test_an_export_is_sent_as_it_is_read_and_can_be_broken_off(
    room: Room, ada_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.services.archive._CHUNK_BYTES", 1)
    response = room.send(f"people/{ada_id}/export")
    pieces = response.response
    first = next(iter(pieces))
    assert first.startswith(b"PK")
    assert "Content-Length" not in response.headers
    response.close()
    assert room.send(f"people/{ada_id}/export").get_data().startswith(first[:4])


def test_a_long_export_is_prepared_can_be_stopped_resumes_and_is_taken_along_once(
    runtime: Runtime, room: Room, ada_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = f"people/{ada_id}/exporting"
    assert room.open(progress).status_code == 303, "nobody exports her yet"
    assert "There is no export of this person any more." in room.read(f"{progress}/progress")
    assert room.send(progress, go="stop").status_code == 303
    assert not runtime.exports.exists()
    with monkeypatch.context() as hurried:
        hurried.setattr("whosthere.services.export_jobs.REQUEST_SECONDS", 0)
        begun = room.send(f"people/{ada_id}/export")
    assert (begun.status_code, begun.location) == (303, room.url(progress))
    going = room.open(progress)
    assert "0 of 1 messages are read. It goes on by itself." in text_of(going)
    assert '<noscript><meta http-equiv="refresh"' in going.get_data(as_text=True)
    assert f'data-poll="{room.url("")}{progress}/progress' in going.get_data(as_text=True)
    assert "0 of 1 messages" in room.read(f"people/{ada_id}")
    assert room.send(progress, go="stop").location == begun.location
    assert not export_jobs.go_on(runtime)
    assert "0 of 1 messages are read. It is stopped" in room.read(f"{progress}/progress")
    assert room.send(progress, go="sideways").status_code == 400
    assert room.send(progress, go="on").location == begun.location
    assert not export_jobs.go_on(runtime), "all of it fits into one part"
    assert "The export is ready: 1 message, and their files." in room.read(progress)
    assert "Your export is ready" in room.read(f"people/{ada_id}")
    with room.send(f"people/{ada_id}/export") as given:
        assert SAID.encode() in zipfile.ZipFile(io.BytesIO(given.get_data())).read("person.json")
    assert "There is no export of this person any more." in room.read(f"{progress}/progress")


def test_a_prepared_export_is_thrown_away_and_is_nobody_elses(
    runtime: Runtime, shop: Shop, room: Room, ada_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.services.export_jobs.REQUEST_SECONDS", 0)
    assert room.send(f"people/{ada_id}/export").status_code == 303
    for change in (export_jobs.stop, export_jobs.discard):
        change(runtime, shop.id, ada_id, actor=Actor("agent:somebody-else"))
    assert export_jobs.standing(runtime, shop.id, ada_id, actor=Actor("agent:somebody-else")) is None
    assert "It goes on by itself." in room.read(f"people/{ada_id}/exporting")
    thrown = room.send(f"people/{ada_id}/exporting", go="discard")
    assert (thrown.status_code, thrown.location) == (303, room.url(f"people/{ada_id}"))
    assert list(runtime.exports.glob("*/*")) == []


def test_a_prepared_export_needs_the_password_of_these_minutes(
    runtime: Runtime, room: Room, ada_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr("whosthere.services.export_jobs.REQUEST_SECONDS", 0)
        assert room.send(f"people/{ada_id}/export").status_code == 303
    assert not export_jobs.go_on(runtime)
    clock.advance(minutes=11)
    assert 'type="password"' in room.open(f"people/{ada_id}/exporting").get_data(as_text=True)
    assert room.send(f"people/{ada_id}/export").mimetype == "text/html"
    with room.send(f"people/{ada_id}/export", **PASSWORD_FIELD) as given:
        assert given.mimetype == "application/zip"
        given.get_data()


def test_an_export_that_finds_no_room_says_so(
    runtime: Runtime, room: Room, ada_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.storage.files.FREE_BYTES_MIN", 2**62)
    refused = room.send(f"people/{ada_id}/export")
    assert refused.status_code == 503
    assert list(runtime.exports.glob("*/*")) == []


def test_all_sessions_of_a_person_end(client: FlaskClient, room: Room, shop: Shop, ada_id: str) -> None:
    ada = shop.visitor(client, ADA.proven())
    assert ada.get("/conversations").status_code == 200
    assert room.send(f"people/{ada_id}/sessions").status_code == 303
    assert ada.get("/conversations").status_code == 401


def test_an_erased_person_is_gone(room: Room, ada_id: str, rows: Rows) -> None:
    unsure = room.send(f"people/{ada_id}/erase", sure="erase it")
    assert unsure.status_code == 400
    assert 'id="sure-wrong"' in unsure.get_data(as_text=True)
    assert "1 conversation, 1 message" in room.read(f"people/{ada_id}")
    done = room.send(f"people/{ada_id}/erase", sure="ERASE")
    assert done.status_code == 303
    assert "The person is erased." in text_of(room.client.get(done.location))
    assert room.open(f"people/{ada_id}").status_code == 404
    assert "No people" in text_of(room.send("people", who=ADA.user_id))
    log = room.open("log").get_data(as_text=True)
    assert "Person erased" in log
    assert ADA.email not in log


def test_a_long_erasure_goes_on_by_itself_can_be_stopped_and_resumes(
    runtime: Runtime, room: Room, ada_id: str, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert room.open(f"people/{ada_id}/erasing").status_code == 404, "nobody erases her yet"
    assert room.send(f"people/{ada_id}/erasing", go="stop").status_code == 404
    monkeypatch.setattr("whosthere.web.admin.people.BATCHES_PER_REQUEST", 0)
    begun = room.send(f"people/{ada_id}/erase", sure="ERASE")
    progress = f"people/{ada_id}/erasing"
    assert begun.location == room.url(f"{progress}?of=1")
    going = room.open(progress, of="1")
    assert "0 of 1 messages are erased. It goes on by itself." in text_of(going)
    assert '<noscript><meta http-equiv="refresh"' in going.get_data(as_text=True)
    assert f'data-poll="{room.url("")}people/{ada_id}/erasing/progress' in going.get_data(as_text=True)
    stopped = room.send(f"people/{ada_id}/erasing", go="stop", of="1")
    assert (stopped.status_code, stopped.location) == (303, begun.location)
    assert not chores.erase(runtime), "nothing that may be done"
    assert "It is stopped" in room.read(progress, of="1")
    assert 'http-equiv="refresh"' not in room.open(progress).get_data(as_text=True)
    assert rows.one(messages).body == SAID
    assert room.send(f"people/{ada_id}/erasing", go="on", of="1").status_code == 303
    assert not chores.erase(runtime), "all of it fits into one turn"
    assert "The person is erased." in room.read(f"{progress}/progress", of="1")
    assert room.send(f"people/{ada_id}/erasing", go="stop").status_code == 303
    assert "The person is erased." in room.read(progress, of="x" * 99)
    assert rows.one(messages).body == ""
    log = [row.action for row in rows.all(audit_log) if row.action.startswith("user.")]
    assert log == ["user.erased", "user.erasure_stopped", "user.erasure_resumed"]


def test_claims_of_others_are_shown_before_an_erasure_and_go_with_it_if_wanted(
    client: FlaskClient, room: Room, shop: Shop, ada_id: str, rows: Rows
) -> None:
    guest = shop.visitor(client, {})
    guest.start("I am Ada", "guest")
    assert guest.send("PUT", "/contact", {"name": "<b>Ada", "email": ADA.email}).status_code < 300
    (guest_id,) = (row.id for row in rows.all(users) if row.id != ada_id)
    page = room.open(f"people/{ada_id}").get_data(as_text=True)
    assert "by 1 other record" in page
    assert f"people/{guest_id}" in page
    assert "<bdi>&lt;b&gt;Ada</bdi>" in page
    assert 'name="claims" value="yes" checked' in page
    unsure = room.send(f"people/{ada_id}/erase", sure="no").get_data(as_text=True)
    assert 'name="claims" value="yes"><' in unsure, "nothing that was chosen is lost"
    assert room.send(f"people/{ada_id}/erase", sure="ERASE", claims="yes").status_code == 303
    (guest_row,) = (row for row in rows.all(users) if row.id == guest_id)
    assert (guest_row.contact_email, guest_row.contact_name) == (None, None)
    assert next(row for row in rows.all(audit_log) if row.action == "user.erased").detail["claims"] == 1


def test_exports_and_erasures_take_the_password_of_these_minutes(
    room: Room, ada_id: str, clock: Clock, rows: Rows
) -> None:
    clock.advance(minutes=11)
    before = rows.counts()
    for what in ("export", "erase"):
        asked = room.send(f"people/{ada_id}/{what}", sure="ERASE")
        assert asked.status_code == 403
        assert "Give your password again for this." in text_of(asked)
    assert rows.counts() == before
    with room.send(f"people/{ada_id}/export", **PASSWORD_FIELD) as given:
        assert given.mimetype == "application/zip"

"""What a site's backend can do for its platform."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.services.lives import Life, traces
from tests.shop import Shop, open_shop
from tests.team import hash_quickly, hire
from tests.web.agent.desk import sit_down
from tests.web.server.endpoints import API, Backend, open_backend
from tests.web.widget.endpoints import check_problem
from whosthere.services import platforms
from whosthere.services.access import Credential
from whosthere.services.journal import Actor, entries
from whosthere.services.runtime import Runtime
from whosthere.services.streams import Stream, open_stream
from whosthere.storage import sessions


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


def actions(runtime: Runtime, shop: Shop) -> list[tuple[str, str]]:
    """Who did what, oldest first, without the making of keys."""
    log = [(entry.actor, entry.action) for entry in reversed(entries(runtime, shop.id))]
    return [(actor, action) for actor, action in log if not action.startswith("server_key")]


def test_what_the_backend_says_is_proven_and_is_what_a_verified_visitor_finds(
    runtime: Runtime, client: FlaskClient, shop: Shop, backend: Backend
) -> None:
    body = {"userId": ADA.user_id, "userEmail": ADA.email, "userName": "Ada"}
    first = backend.call("PUT", "/users", body)
    assert first.status_code == 201
    person = first.json["user"]
    assert (person["userIdProven"], person["userEmailProven"], person["assurance"]) == (True, True, "verified")
    assert backend.call("PUT", "/users", body).status_code == 200
    visitor = shop.visitor(client, ADA.proven())
    assert runtime.signer.read_session(visitor.answer["session"]["token"]).record_id == person["id"]
    assert actions(runtime, shop) == [(f"server_key:{backend.key.id}", "user.identified")]


def test_identifying_reads_the_same_table_as_a_verified_boot(backend: Backend) -> None:
    by_email = backend.identify(userEmail="carol@example.com")
    adopted = backend.identify(userId="carol", userEmail="Carol@example.com")
    assert adopted["id"] == by_email["id"]
    (entry,) = backend.get("/ledger")["items"]
    assert (entry["kind"], entry["user"], entry["userId"]) == ("adoption", by_email["id"], "carol")
    undone = backend.call("POST", f"/ledger/{entry['id']}/undo", {})
    assert undone.status_code == 200
    assert undone.json["undoneAt"] is not None
    assert backend.get(f"/users/{by_email['id']}")["userId"] is None
    assert backend.get("/users?userId=carol")["items"][0]["id"] != by_email["id"]
    backend.identify(userId="dave", userEmail="shared@example.com")
    backend.identify(userId="erin", userEmail="shared@example.com")
    assert len(backend.get("/users?userEmail=SHARED@example.com")["items"]) == 2
    shared = backend.call("PUT", "/users", {"userEmail": "shared@example.com"})
    assert [warning["code"] for warning in shared.json["warnings"]] == ["email_shared"]


def test_a_user_id_must_match_the_pattern_of_the_platform(runtime: Runtime, shop: Shop, backend: Backend) -> None:
    platforms.change(runtime, shop.id, {"user_id_pattern": "[0-9]+"}, actor=Actor("cli:grace"))
    check_problem(backend.call("PUT", "/users", {"userId": "carol"}), 400, "invalid_field")
    assert backend.identify(userId="17")["userId"] == "17"


def test_what_a_boot_only_warns_of_is_a_warning_here_too(backend: Backend) -> None:
    answer = backend.call("PUT", "/users", {"userId": "carl@example.com", "userName": "\0" + "x" * 300})
    assert (answer.status_code, answer.json["user"]["userName"]) == (201, "x" * 255)
    codes = [warning["code"] for warning in answer.json["warnings"]]
    assert codes == ["user_name_nul_dropped", "user_name_cut", "user_id_looks_like_email"]


def test_a_refused_field_is_named_once_in_one_sentence(backend: Backend) -> None:
    refused = backend.call("PUT", "/users", {"userId": "x" * 751})
    assert refused.json["detail"] == "userId is longer than 750 characters."


def test_nobody_is_found_who_was_not_asked_for_exactly(backend: Backend, ada: Life) -> None:
    assert [one["id"] for one in backend.get(f"/users?userId={ADA.user_id}")["items"]] == [ada.record_id]
    assert [one["id"] for one in backend.get(f"/users?id={ada.record_id}")["items"]] == [ada.record_id]
    for nobody in ("userId=Ada", "userId=ad", "userEmail=ada", "userEmail=%25", "id=x"):
        assert backend.get(f"/users?{nobody}")["items"] == []
    backend.identify(userId="%FF")
    assert len(backend.get("/users?userId=%25FF")["items"]) == 1
    check_problem(backend.call("GET", "/users?userId=%FF"), 400, "invalid_field")  # half a character is nobody's


def test_ended_sessions_are_over_everywhere_whatever_the_clock_says(
    runtime: Runtime, client: FlaskClient, shop: Shop, backend: Backend, ada: Life, clock: Clock
) -> None:
    bob = shop.visitor(client, BOB.proven())
    tablet = shop.visitor(client, ADA.proven())
    clock.advance(hours=-1)  # put back, as clocks are
    assert backend.call("POST", f"/users/{ada.record_id}/sessions/end", {}).status_code == 204
    for visitor in (ada.visitor, tablet):
        check_problem(visitor.get("/conversations"), 401, "session_ended")
    assert shop.visitor(client, ADA.proven()).get("/conversations").status_code == 200
    assert bob.get("/conversations").status_code == 200
    clock.advance(hours=1)
    check_problem(tablet.get("/conversations"), 401, "session_ended")
    assert (f"server_key:{backend.key.id}", "user.sessions_ended") in actions(runtime, shop)


def test_an_open_stream_finds_out_even_without_being_woken(runtime: Runtime, backend: Backend, ada: Life) -> None:
    session = runtime.signer.read_session(ada.visitor.answer["session"]["token"])
    assert session is not None
    stream = open_stream(runtime, Credential(session, None), None)
    assert isinstance(stream, Stream)
    events = stream.events()
    next(events)
    with runtime.reading(ada.shop.id) as tenant:
        before = sessions.departures(tenant, 0)
    assert not stream.may_have_ended(before, runtime.clock())
    backend.call("POST", f"/users/{ada.record_id}/sessions/end", {})
    with runtime.reading(ada.shop.id) as tenant:
        after = sessions.departures(tenant, 0)
    assert stream.may_have_ended(after, runtime.clock())
    assert list(events) == []
    stream.close()


def test_an_export_holds_everything_and_names_the_files(runtime: Runtime, backend: Backend, ada: Life) -> None:
    export = backend.get(f"/users/{ada.record_id}/export")
    assert export["format"] == "whosthere-person-1"
    assert export["user"]["userId"] == {"value": ADA.user_id, "provenance": "proven"}
    (talk,) = export["conversations"]
    assert [message["body"] for message in talk["messages"]] == [
        f"Hello {ada.mark}",
        f"See {ada.mark}",
        f"More {ada.mark} 0",
        f"Dear {ada.mark}",
    ]
    assert [note["body"] for note in talk["notes"]] == [f"A note on {ada.mark}"]
    assert talk["fields"]["order"]["value"] == f"order {ada.mark}"
    (file,) = export["attachments"]
    fetched = backend.call("GET", f"/users/{ada.record_id}/attachments/{file['id']}")
    assert fetched.status_code == 200
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert len(fetched.get_data()) == file["size"]
    fetched.close()
    assert (f"server_key:{backend.key.id}", "user.exported") in actions(runtime, ada.shop)


def test_asking_how_an_export_would_answer_exports_nothing(runtime: Runtime, backend: Backend, ada: Life) -> None:
    asked = backend.call("HEAD", f"/users/{ada.record_id}/export")
    assert (asked.status_code, asked.mimetype) == (200, "application/json")
    assert backend.call("HEAD", f"/users/{backend.shop.id}/export").status_code == 404
    assert "user.exported" not in [action for _, action in actions(runtime, ada.shop)]


def test_agents_read_what_the_backend_tells_of_somebody(
    runtime: Runtime, client: FlaskClient, shop: Shop, backend: Backend, ada: Life, clock: Clock
) -> None:
    path = f"/users/{ada.record_id}/events"
    for number in range(20):
        clock.advance(seconds=1)
        told = {"event": f"step {number}", "properties": {"total": number, "note": "<b>&"}}
        assert backend.call("POST", path, told).status_code == 204
    assert backend.call("POST", path, {"event": "left", "properties": None}).status_code == 204
    kept = backend.get(f"/users/{ada.record_id}/export")["user"]["events"]
    assert [one["event"] for one in kept] == ["left", *(f"step {number}" for number in range(19, 0, -1))]
    assert kept[1]["properties"] == {"total": 19, "note": "<b>&"}
    grace = sit_down(client.application, hire(runtime, shop.id))
    page = grace.read(f"conversations/{ada.conversation_id}")
    assert "What they did lately" in page
    assert "step 19 total: 19, note: <b>&" in page
    assert "step 0 " not in page
    before = backend.get(f"/users/{ada.record_id}")
    assert (before["assurance"], before["lastSeenAt"]) == ("verified", before["createdAt"])  # it proves nothing


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "event"),
        ({"event": ""}, "event"),
        ({"event": "x" * 101}, "event"),
        ({"event": " x"}, "event"),
        ({"event": "a\0"}, "event"),
        ({"event": 1}, "event"),
        ({"event": "x", "properties": []}, "properties"),
        ({"event": "x", "properties": {"a": "x" * 1000}}, "properties"),
        ({"event": "x", "properties": {"a": ["\0"]}}, "properties"),
        ({"event": "x", "properties": {"a": [-(10**900)]}}, "properties"),
    ],
)
def test_an_event_that_is_none_is_refused_by_name(backend: Backend, told: dict[str, Any], field: str) -> None:
    person = backend.identify(userId="carol")
    refused = backend.call("POST", f"/users/{person['id']}/events", told)
    check_problem(refused, 400, "invalid_field")
    assert refused.get_json()["field"] == field
    assert backend.get(f"/users/{person['id']}/export")["user"]["events"] == []


def test_an_infinite_number_is_refused_and_a_written_escape_is_not(client: FlaskClient, backend: Backend) -> None:
    person = backend.identify(userId="carol")
    url = f"{API}/users/{person['id']}/events"
    for number, status in ((b"1e999", 400), (b'"\\\\u0000"', 204), (b'"\\\\\\u0000"', 400)):
        body = b'{"event": "x", "properties": {"a": %s}}' % number
        response = client.post(url, data=body, content_type="application/json", headers=backend.headers)
        assert response.status_code == status, number


def test_properties_are_measured_without_the_white_space_of_a_spelling(backend: Backend) -> None:
    url = f"/users/{backend.identify(userId='carol')['id']}/events"
    fitting = [1] * 495  # in {"aaaa":[…]} with its commas 1,000 characters
    for properties, status in (({"aaaa": fitting}, 204), ({"aaaaa": fitting}, 400)):
        assert backend.call("POST", url, {"event": "x", "properties": properties}).status_code == status


def test_erasing_leaves_nothing_and_says_so_again(runtime: Runtime, backend: Backend, ada: Life) -> None:
    for _ in range(2):
        erased = backend.call("DELETE", f"/users/{ada.record_id}")
        assert (erased.status_code, erased.json) == (200, {"id": ada.record_id, "state": "erased"})
    assert traces(runtime, ada.mark) == set()
    check_problem(backend.call("GET", f"/users/{ada.record_id}"), 404, "not_found")
    check_problem(backend.call("GET", f"/users/{ada.record_id}/export"), 404, "not_found")


def test_a_large_erasure_goes_on_with_the_next_request(
    runtime: Runtime, backend: Backend, ada: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.web.server.privacy.TRANSACTIONS_MAX", 1)
    first = backend.call("DELETE", f"/users/{ada.record_id}")
    assert (first.status_code, first.json["state"]) == (202, "erasing")
    check_problem(ada.visitor.get("/conversations"), 401, "session_ended")
    monkeypatch.undo()
    assert backend.call("DELETE", f"/users/{ada.record_id}").status_code == 200
    assert traces(runtime, ada.mark) == set()


def test_the_ledger_is_read_in_pages(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        backend.identify(userEmail=f"p{number}@example.com")
        backend.identify(userId=f"p{number}", userEmail=f"p{number}@example.com")
    monkeypatch.setattr("whosthere.web.server.ledger.PAGE_SIZE", 2)
    found, path = [], "/ledger"
    for _ in range(3):
        page = backend.get(path)
        found += [entry["userId"] for entry in page["items"]]
        path = f"/ledger?cursor={page['next']}"
    assert page["next"] is None
    assert found == ["p4", "p3", "p2", "p1", "p0"]


def test_another_platform_is_another_world(client: FlaskClient, runtime: Runtime, backend: Backend, ada: Life) -> None:
    other = open_backend(client, open_shop(runtime))
    assert other.get(f"/users?userId={ADA.user_id}")["items"] == []
    assert other.get("/ledger")["items"] == []
    assert other.identify(userId=ADA.user_id)["id"] != ada.record_id

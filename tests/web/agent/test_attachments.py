"""What agents see of a visitor beyond words, and the files they send: through the API and through the pages."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from tests import desk as other_side
from tests.files import PDF, described, png
from tests.rows import Rows
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.team import API, Colleague, hire
from tests.web.agent.desk import Desk, sit_down
from tests.web.widget.endpoints import check_problem
from whosthere.core.conversation import State
from whosthere.services import typing
from whosthere.services.access import Credential
from whosthere.services.runtime import Runtime


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


def upload(client: FlaskClient, who: Colleague, conversation_id: str, name: str = "map.png") -> str:
    headers = {"Authorization": f"Bearer {who.token}"} | described(name=name)
    response = client.post(f"{API}/conversations/{conversation_id}/attachments", data=png(), headers=headers)
    assert response.status_code == 201, response.get_data(as_text=True)
    return str(response.json["id"])


def test_an_agents_file_reaches_the_visitor_with_the_reply_and_not_before(
    client: FlaskClient, runtime: Runtime, shop: Shop, ada: Visitor, grace: Colleague, here: str
) -> None:
    sam = hire(runtime, shop.id, "sam@example.com", name="Sam")
    one = upload(client, grace, here)
    path = f"/attachments/{one}"
    check_problem(ada.get(path), 404, "not_found")
    check_problem(sam.call(client, "GET", path), 404, "not_found")
    body = {"text": "", "clientMessageId": "f", "attachments": [one]}
    check_problem(sam.call(client, "POST", f"/conversations/{here}/messages", body), 400, "invalid_field")
    reply = grace.call(client, "POST", f"/conversations/{here}/messages", body)
    assert (reply.status_code, reply.json["attachments"][0]["name"]) == (201, "map.png")
    again = grace.call(client, "POST", f"/conversations/{here}/messages", body)
    assert (again.status_code, again.json) == (200, reply.json)
    for fetched in (ada.get(path, buffered=True), sam.call(client, "GET", path, buffered=True)):
        assert fetched.get_data() == png()
    assert ada.get(f"/conversations/{here}/messages").json["items"][-1]["attachments"] == reply.json["attachments"]


def test_an_agents_file_belongs_to_one_conversation(
    client: FlaskClient, ada: Visitor, grace: Colleague, here: str
) -> None:
    there = ada.start("there", "there")["conversation"]["id"]
    body = {"text": "x", "clientMessageId": "f", "attachments": [upload(client, grace, here)]}
    check_problem(grace.call(client, "POST", f"/conversations/{there}/messages", body), 400, "invalid_field")


def test_a_file_of_another_platform_is_like_one_that_does_not_exist(
    client: FlaskClient, runtime: Runtime, grace: Colleague, desk: Desk
) -> None:
    stranger = open_shop(runtime).visitor(client)
    one = client.post(f"{WIDGET}/attachments", data=png(), headers=stranger.headers | described()).json["id"]
    stranger.send("POST", "/conversations", {"clientMessageId": "x", "attachments": [one]})
    check_problem(grace.call(client, "GET", f"/attachments/{one}"), 404, "not_found")
    assert desk.open(f"attachments/{one}").status_code == 404


def test_a_page_shows_files_ratings_and_contact_details_for_what_they_are(
    client: FlaskClient, runtime: Runtime, shop: Shop, desk: Desk, grace: Colleague
) -> None:
    nobody = shop.visitor(client)
    one = client.post(f"{WIDGET}/attachments", data=png(), headers=nobody.headers | described()).json["id"]
    start = {"clientMessageId": "x", "attachments": [one], "tags": ["vip"]}
    start["fields"] = {"order": {"type": "singleline", "value": "4711"}}
    here = nobody.send("POST", "/conversations", start).json["conversation"]["id"]
    nobody.send("PUT", "/contact", {"name": "<i>Ada", "email": "ada@home.example"})
    other_side.put(runtime, shop.id, here, State.RESOLVED)
    nobody.send("PUT", f"/conversations/{here}/rating", {"rating": 4, "comment": "<b>Fine"})
    page = desk.read(f"conversations/{here}")
    for words in ("a.png", "<i>Ada", "ada@home.example Claimed, not proven", "★★★★☆", "<b>Fine", "vip", "4711"):
        assert words in page, words
    html = desk.open(f"conversations/{here}").get_data(as_text=True)
    assert f'<img src="/agent/attachments/{one}"' in html
    fetched = desk.client.get(f"/agent/attachments/{one}", buffered=True)
    assert fetched.get_data() == png()
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    assert fetched.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert fetched.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    item = grace.get(client, f"/conversations/{here}")
    assert item["user"]["contact"] == {"name": "<i>Ada", "email": "ada@home.example"}
    assert (item["user"]["userEmail"], item["user"]["userName"]) == (None, None)
    assert (item["rating"]["rating"], item["rating"]["comment"]) == (4, "<b>Fine")
    assert (item["tags"], item["fields"]["order"]["value"]) == (["vip"], "4711")


def send(desk: Desk, here: str, csrf: bool = True, **fields: object) -> int:
    data = {"clientMessageId": "k", "text": "", **fields} | ({"csrf_token": desk.csrf()} if csrf else {})
    url = f"/agent/conversations/{here}/reply"
    return desk.client.post(url, data=data, content_type="multipart/form-data").status_code


def file(data: bytes, name: str, media_type: str) -> tuple[BytesIO, str, str]:
    return BytesIO(data), name, media_type


def test_a_form_sends_files_without_scripts(desk: Desk, ada: Visitor, here: str) -> None:
    both = [file(png(), "map.png", "image/png"), file(PDF, "plan.pdf", "application/pdf")]
    assert send(desk, here, file=both) == 303
    message = ada.get(f"/conversations/{here}/messages?after=1").json["items"][0]
    assert [one["name"] for one in message["attachments"]] == ["map.png", "plan.pdf"]


def test_a_form_with_a_bad_file_stores_nothing(desk: Desk, ada: Visitor, here: str, rows: Rows) -> None:
    before = rows.counts()
    assert send(desk, here, file=file(b"<html>", "x.html", "text/html")) == 400
    assert send(desk, here, file=file(b"<html>", "x.png", "image/png")) == 400
    assert send(desk, here, kind="note", file=file(png(), "map.png", "image/png")) == 400
    assert send(desk, here, text=" ", file=file(b"", "", "application/octet-stream")) == 400
    assert send(desk, here, csrf=False, file=file(png(), "map.png", "image/png")) == 400
    assert rows.counts() == before


def test_a_stranger_cannot_have_a_form_with_files_read(client: FlaskClient, here: str, rows: Rows) -> None:
    before = rows.counts()
    stranger = client.application.test_client()
    assert send(Desk(stranger), here, csrf=False, file=file(png(), "a.png", "image/png")) == 303
    assert rows.counts() == before


def test_an_agent_of_the_platform_hears_that_the_visitor_types(
    client: FlaskClient, runtime: Runtime, shop: Shop, ada: Visitor, grace: Colleague, here: str
) -> None:
    elsewhere = hire(runtime, open_shop(runtime).id, "eve@example.com", name="Eve")
    session = runtime.signer.read_session(ada.answer["session"]["token"])
    assert session is not None
    with client.get(f"{API}/stream", headers={"Authorization": f"Bearer {grace.token}"}) as response:
        lines = response.iter_encoded()
        assert next(lines) == b": keep-alive\n\n"
        assert typing.by_visitor(runtime, Credential(session, None), here, True) is None
        assert next(lines).startswith(b'event: typing\ndata: {"conversationId": "' + here.encode())
    check_problem(elsewhere.call(client, "POST", f"/conversations/{here}/typing", {}), 404, "not_found")
    assert grace.call(client, "POST", f"/conversations/{here}/typing", {}).status_code == 204
    assert sit_down(client.application, grace).open().status_code == 200

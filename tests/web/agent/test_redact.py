"""“Redact…” in the inbox, without JavaScript: asked, done and logged; shown to nobody who may not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.files import png
from tests.people import ADA
from tests.rows import Rows
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.team import hire
from tests.web.agent.desk import Desk, sit_down, text_of
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import attachments, audit_log, messages

SAID = "My card is 4000 0000 0000 0002"
UNKNOWN = "01a203f2-b1fc-7225-abd7-6460051d5248"


@pytest.fixture
def path(client: FlaskClient, ada: Visitor) -> str:
    """Ada's conversation below the inbox: a text, then two pictures."""
    path = f"conversations/{ada.start(SAID)['conversation']['id']}"
    headers = ada.headers | {"Content-Disposition": "attachment; filename*=UTF-8''%E2%80%AEgnp.%3Cb%3Ex.png"}
    upload = {"data": png(), "content_type": "image/png", "headers": headers}
    files = [client.post(f"{WIDGET}/attachments", **upload).json["id"] for _ in range(2)]
    body = {"text": "See", "clientMessageId": "files", "attachments": files}
    assert ada.send("POST", f"/{path}/messages", body).status_code == 201
    return path


@pytest.fixture
def office(app: Flask, runtime: Runtime, shop: Shop) -> Desk:
    """The browser of an admin."""
    return sit_down(app, hire(runtime, shop.id, "olga@example.com", name="Olga", role="admin"))


def links(desk: Desk, path: str) -> list[str]:
    """Where “Redact…” leads, message by message."""
    page = desk.open(path).get_data(as_text=True)
    return [one.removeprefix("/agent/") for one in re.findall(r'<a class="redact" href="([^"]+)"', page)]


def logged(rows: Rows) -> list[Any]:
    """What the security log says about it."""
    return [row for row in rows.all(audit_log) if row.action == "message.redacted"]


def test_a_message_is_taken_back_after_a_question(office: Desk, ada: Visitor, path: str, rows: Rows) -> None:
    link = links(office, path)[0]
    before = rows.counts()
    assert f"Remove this for good? {SAID}" in office.read(link)
    assert rows.counts() == before
    assert office.send(link, what="message").location == f"/agent/{path}"
    page = office.read(path)
    assert SAID not in page
    assert "This message was removed." in page
    assert len(links(office, path)) == 1, "there is nothing left to take back of the other one"
    assert ada.get(f"/{path}/messages").json["items"][0]["body"] == ""
    (line,) = logged(rows)
    assert (line.actor.partition(":")[0], SAID in str(line.detail)) == ("agent", False)
    assert office.open(link).status_code == 404
    assert office.send(link, what="message").status_code == 303, "whoever was faster has done it"
    assert logged(rows) == [line]


def test_one_file_is_taken_back_and_the_rest_stays(office: Desk, path: str, rows: Rows) -> None:
    link = links(office, path)[1]
    question = office.open(link)
    assert "Only <bdi>" in question.get_data(as_text=True)
    assert "<b>" not in question.get_data(as_text=True)
    first, second = re.findall(r'name="what" value="([0-9a-f-]{36})"', question.get_data(as_text=True))
    assert office.send(link, what=first).status_code == 303
    assert [row.id for row in rows.all(attachments)] == [second]
    assert "See" in office.read(path)
    for what, status in ((first, 404), (UNKNOWN, 404), ("", 400), ("everything", 404)):
        assert office.send(link, what=what).status_code == status, what
    assert [row.id for row in rows.all(attachments)] == [second]


def test_an_agent_sees_no_link_and_their_call_is_refused(desk: Desk, office: Desk, path: str, rows: Rows) -> None:
    link = links(office, path)[0]
    page = desk.open(path).get_data(as_text=True)
    assert "Redact" not in page
    assert 'id="redaction"' not in page
    before = rows.all(messages)
    for answer in (desk.open(link), desk.send(link, what="message")):
        assert answer.status_code == 403
        assert "Admins and owners take messages back." in text_of(answer)
    assert rows.all(messages) == before


def test_a_message_of_another_platform_or_conversation_is_not_there(
    runtime: Runtime, client: FlaskClient, office: Desk, path: str
) -> None:
    other = open_shop(runtime)
    strange = other.visitor(client, ADA.proven())
    theirs = strange.start("Our secret")["conversation"]["id"]
    message = strange.get(f"/conversations/{theirs}/messages").json["items"][0]["id"]
    for place in (f"conversations/{theirs}", path, f"conversations/{UNKNOWN}"):
        link = f"{place}/messages/{message}/redact"
        answers = [office.open(link), office.send(link, what="message"), office.send(link)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert strange.get(f"/conversations/{theirs}/messages").json["items"][0]["body"] == "Our secret"

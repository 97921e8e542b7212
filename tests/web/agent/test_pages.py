"""The inbox without JavaScript: reading, answering, resolving; and a failed post loses nothing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.rows import Rows
from tests.shop import Visitor
from tests.team import Colleague
from tests.web.agent.desk import Desk, text_of
from whosthere.core.conversation import State
from whosthere.services.runtime import Runtime
from whosthere.storage.database import Database
from whosthere.storage.errors import Unavailable
from whosthere.storage.tables import messages, notes

_FIELD = re.compile(r'name="clientMessageId" value="([^"]*)"')
_KIND = re.compile(r'name="kind" value="(reply|note)"[^>]* checked')
_TEXT = re.compile(r'aria-describedby="sending">\n(.*?)</textarea>', re.DOTALL)


def composer(page: TestResponse) -> tuple[str, str, str]:
    """What the composer of a page holds: key, kind and text."""
    text = page.get_data(as_text=True)
    fields = (_FIELD.search(text), _KIND.search(text), _TEXT.search(text))
    key, kind, written = (unescape(field[1]) for field in fields if field is not None)
    return key, kind, written


@pytest.fixture
def path(ada: Visitor) -> str:
    """Ada's conversation, below the inbox."""
    return f"conversations/{ada.start()['conversation']['id']}"


def test_an_agent_reads_answers_and_resolves(desk: Desk, ada: Visitor, path: str) -> None:
    assert "1 unread" in desk.read()
    assert "Hello?" in desk.read(path)
    assert "unread" not in desk.read()
    key, kind, _ = composer(desk.open(path))
    assert desk.send(f"{path}/reply", text="Hello\r\nAda", clientMessageId=key, kind=kind).location == f"/agent/{path}"
    assert ada.get(f"/{path}/messages").json["items"][1]["body"] == "Hello\nAda"
    assert desk.send(f"{path}/state", state="resolved").status_code == 303
    assert "Resolved" in desk.read(path)
    assert "Nothing is waiting" in desk.read()
    assert ["Hello", "Ada"][0] in desk.read("?view=resolved")
    desk.send(f"{path}/state", state="open")
    assert "Nothing is waiting" not in desk.read()


def test_a_view_stays_where_it_was_after_a_form(desk: Desk, path: str) -> None:
    response = desk.send(f"{path}/state?view=all", state="resolved")
    assert response.location == f"/agent/{path}?view=all"


def test_a_note_is_for_the_team_only(desk: Desk, ada: Visitor, path: str, rows: Rows) -> None:
    assert desk.send(f"{path}/reply", text="A pirate", clientMessageId="a", kind="note").status_code == 303
    assert "only your team sees this" in desk.read(path)
    assert (len(rows.all(messages)), rows.one(notes).body) == (1, "A pirate")
    assert "pirate" not in ada.get(f"/{path}/messages").get_data(as_text=True)


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_a_failed_post_keeps_text_and_kind_and_key(desk: Desk, path: str, kind: str) -> None:
    """A note that came back as a reply would be read by the visitor."""
    too_long = "x" * 10_001
    page = desk.send(f"{path}/reply", text=too_long, clientMessageId="my-key", kind=kind)
    assert page.status_code == 400
    assert composer(page) == ("my-key", kind, too_long)
    assert "Not sent. text is longer than 10000 characters." in text_of(page)


def test_a_key_that_cannot_be_used_again_is_replaced(desk: Desk, path: str, rows: Rows) -> None:
    desk.send(f"{path}/reply", text="Hello", clientMessageId="spent")
    page = desk.send(f"{path}/reply", text="Hello again", clientMessageId="spent")
    key, kind, text = composer(page)
    assert (page.status_code, kind, text) == (409, "reply", "Hello again")
    assert key != "spent"
    assert desk.send(f"{path}/reply", text=text, clientMessageId=key).status_code == 303
    assert len(rows.all(messages)) == 3


def test_sending_a_form_twice_stores_it_once(desk: Desk, path: str, rows: Rows) -> None:
    for _ in range(2):
        assert desk.send(f"{path}/reply", text="Hello", clientMessageId="once").status_code == 303
    assert len(rows.all(messages)) == 2


def test_a_rejected_conversation_takes_notes_only(desk: Desk, path: str, rows: Rows) -> None:
    desk.send(f"{path}/state", state="rejected")
    page = desk.open(path)
    assert composer(page)[1] == "note"
    assert re.search(r'value="reply"[^>]* disabled', page.get_data(as_text=True))
    before = rows.counts()
    refused = desk.send(f"{path}/reply", text="Hello", clientMessageId="a", kind="reply")
    assert (refused.status_code, composer(refused)) == (409, ("a", "reply", "Hello"))
    assert "The conversation is rejected." in text_of(refused)
    assert rows.counts() == before
    assert desk.send(f"{path}/reply", text="Hello", clientMessageId="a", kind="note").status_code == 303


@pytest.mark.parametrize(("before", "wanted"), [(State.RESOLVED, "rejected"), (State.REJECTED, "resolved")])
def test_a_step_that_is_not_allowed_is_a_page(desk: Desk, path: str, before: State, wanted: str) -> None:
    desk.send(f"{path}/state", state=before.value)
    response = desk.send(f"{path}/state", state=wanted)
    assert (response.status_code, response.mimetype) == (409, "text/html")
    assert f"A conversation that is {before} cannot become {wanted} here." in text_of(response)


def test_forms_without_the_pages_token_change_nothing(desk: Desk, path: str, rows: Rows) -> None:
    before = rows.counts()
    own = desk.csrf()
    for token, headers in (("", {}), ("x", {}), (own, {"Sec-Fetch-Site": "cross-site"})):
        for form in ("reply", "state"):
            fields = {"csrf_token": token, "text": "x", "clientMessageId": "x", "state": "resolved"}
            response = desk.client.post(f"/agent/{path}/{form}", data=fields, headers=headers)
            assert (response.status_code, response.mimetype) == (400, "text/html")
    assert rows.counts() == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}])
def test_a_link_elsewhere_and_a_browser_that_looks_ahead_mark_nothing_as_read(
    desk: Desk, path: str, headers: dict[str, str]
) -> None:
    assert desk.client.get(f"/agent/{path}", headers=headers).status_code == 200
    assert "1 unread" in desk.read()


def test_a_failure_of_ours_is_a_page_that_says_so(
    desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token = desk.csrf()

    def gone(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(Database, "transact", gone)
    fields = {"csrf_token": token, "text": "x", "clientMessageId": "x"}
    response = desk.client.post(f"/agent/{path}/reply", data=fields)
    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert "Nothing was stored. Try again in a few seconds." in text_of(response)
    assert response.headers["Retry-After"]
    assert "disk" not in text_of(response)


def test_seen_is_said_once_the_visitor_has_read(desk: Desk, ada: Visitor, path: str) -> None:
    desk.send(f"{path}/reply", text="Hello", clientMessageId="a")
    assert "· Sent" in desk.read(path)
    ada.send("PUT", f"/{path}/read", {"seq": 2})
    assert "· Seen" in desk.read(path)


def test_the_card_shows_what_else_this_person_wrote(desk: Desk, ada: Visitor, path: str) -> None:
    ada.start("Another thing", "second")
    assert "Other conversations" in desk.read(path)
    assert "Another thing" in desk.read(path)


def test_an_agent_who_serves_nobody_sees_an_empty_inbox(desk: Desk, runtime: Runtime, grace: Colleague) -> None:
    from whosthere.storage.tables import memberships

    with runtime.database.write() as connection:
        connection.execute(memberships.delete().where(memberships.c.agent_id == grace.id))
    assert "Nothing is waiting" in desk.read()

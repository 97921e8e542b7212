"""A visitor's conversations: start, list, look at, read, reopen (docs/http-api.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.clock import Clock
from tests.people import ADA, BOB
from tests.rows import Rows
from tests.shop import Shop, Visitor
from tests.topics import overheard
from whosthere.core.conversation import State
from whosthere.realtime.hub import platform_topic
from whosthere.services.access import Credential
from whosthere.services.conversations import mark_read
from whosthere.services.inbox_signals import said
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import conversations, messages

START = {"text": "Hello?", "clientMessageId": "first"}


def listed(visitor: Visitor, query: str = "") -> dict[str, Any]:
    response = visitor.get(f"/conversations{query}")
    assert response.status_code == 200, response.get_data(as_text=True)
    return dict(response.json)


def one(visitor: Visitor, conversation_id: str) -> dict[str, Any]:
    return dict(visitor.get(f"/conversations/{conversation_id}").json)


def test_a_start_answers_the_conversation_and_its_first_message(ada: Visitor, clock: Clock) -> None:
    response = ada.send("POST", "/conversations", START)
    assert response.status_code == 201
    conversation, message = response.json["conversation"], response.json["message"]
    now = datetime.fromtimestamp(clock.now() / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    assert conversation == {
        "id": conversation["id"],
        "state": "open",
        "title": "Hello?",
        "createdAt": now,
        "updatedAt": now,
        "lastSeq": 1,
        "readSeq": 1,
        "agentReadSeq": 0,
        "lastMessage": {"body": "Hello?", "authorKind": "user", "createdAt": now},
        "unread": 0,
        "rating": None,
    }
    assert message == {
        "id": message["id"],
        "seq": 1,
        "author": {"kind": "user", "name": "Ada Lovelace"},
        "body": "Hello?",
        "createdAt": now,
        "attachments": [],
        "clientMessageId": "first",
    }
    assert one(ada, conversation["id"]) == conversation
    assert listed(ada) == {"items": [conversation], "next": None}


def test_the_same_start_again_finds_the_same_conversation(ada: Visitor, rows: Rows) -> None:
    first = ada.send("POST", "/conversations", START)
    again = ada.send("POST", "/conversations", START)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert rows.counts("conversations", "messages") == {"conversations": 1, "messages": 1}


def test_the_same_start_with_another_text_is_a_conflict(ada: Visitor, rows: Rows) -> None:
    ada.send("POST", "/conversations", START)
    response = ada.send("POST", "/conversations", START | {"text": "Something else"})
    assert (response.status_code, response.json["code"]) == (409, "idempotency_conflict")
    assert response.json["field"] == "clientMessageId"
    assert rows.counts("conversations", "messages") == {"conversations": 1, "messages": 1}


def test_a_repeated_start_finds_its_first_message_however_far_it_went(
    ada: Visitor, runtime: Runtime, shop: Shop
) -> None:
    started = ada.start()
    desk.reply(runtime, shop.id, started["conversation"]["id"], "Hello Ada")
    again = ada.send("POST", "/conversations", START)
    assert again.status_code == 200
    assert again.json["message"] == started["message"]
    assert again.json["conversation"]["lastSeq"] == 2


def test_two_visitors_may_choose_the_same_client_message_id(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    for config in (ADA.proven(), BOB.proven(), {}):
        assert shop.visitor(client, config).send("POST", "/conversations", START).status_code == 201
    assert rows.counts("conversations") == {"conversations": 3}


def test_the_new_conversation_keeps_where_and_about_what_it_was_started(ada: Visitor, rows: Rows) -> None:
    fields: dict[str, Any] = {
        "plan": {"type": "dropdown", "value": "gold"},
        "order": {"type": "number", "value": "12.50"},
        "since": {"type": "date", "value": 1_700_000_000_000},
        "vip": {"type": "checkbox", "value": True},
        "note": {"type": "multiline", "value": "a\nb"},
        "short": {"type": "singleline", "value": "𝒖" * 255},
    }
    page = {"url": "https://shop.example.com/" + "x" * 3_000}
    body = START | {"tags": ["beta", "é"], "fields": fields, "page": page}
    assert ada.send("POST", "/conversations", body).status_code == 201
    row = rows.one(conversations)
    assert (row.tags, row.fields, row.page_url) == (["beta", "é"], fields, page["url"][:2048])
    assert row.assurance == "verified"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello", "Hello"),
        ("\n\r\n  My order \t\nis late", "My order"),
        ("x" * 500, "x" * 120),
        ("👩‍👩‍👧" * 100, ("👩‍👩‍👧" * 100)[:120]),
    ],
)
def test_the_title_is_the_beginning_of_the_first_line_that_says_something(ada: Visitor, text: str, title: str) -> None:
    assert ada.start(text)["conversation"]["title"] == title


def test_the_last_message_of_a_list_is_an_excerpt(ada: Visitor) -> None:
    ada.start("y" * 10_000)
    assert listed(ada)["items"][0]["lastMessage"]["body"] == "y" * 200


# -- lists --------------------------------------------------------------------------------------------------------


def test_the_list_is_newest_first_and_pages_through_everything_once(ada: Visitor, clock: Clock) -> None:
    """Also where many conversations changed at the same moment."""
    for number in range(60):
        ada.start(f"{number}", f"{number}")
        if number % 20 == 0:
            clock.advance(seconds=1)
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        page = listed(ada, cursor)
        seen += [item["lastMessage"]["body"] for item in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        assert len(page["items"]) == 25
        cursor = f"?cursor={page['next']}"
    assert pages == 3
    assert sorted(seen, key=int) == [str(number) for number in range(60)]
    assert set(seen[:19]) == {str(number) for number in range(41, 60)}


def test_a_conversation_that_has_news_comes_first(ada: Visitor, runtime: Runtime, shop: Shop, clock: Clock) -> None:
    first = ada.start("one", "1")["conversation"]["id"]
    clock.advance(seconds=1)
    ada.start("two", "2")
    clock.advance(seconds=1)
    desk.reply(runtime, shop.id, first, "reply")
    assert [item["lastMessage"]["body"] for item in listed(ada)["items"]] == ["reply", "two"]


def test_a_cursor_of_one_visitor_shows_another_only_what_is_its_own(
    client: FlaskClient, shop: Shop, ada: Visitor
) -> None:
    for number in range(26):
        ada.start(f"{number}", f"{number}")
    bob = shop.visitor(client, BOB.proven())
    mine = bob.start("bob's")["conversation"]["id"]
    cursor = listed(ada)["next"]
    assert {item["id"] for item in listed(bob, f"?cursor={cursor}")["items"]} <= {mine}


BROKEN_CURSORS = ("", "x", "!!!!", "MTIz", "é", "a" * 300, "MS4x", "LTEuMDE", "../../etc/passwd", "%00", "null")


@pytest.mark.parametrize("cursor", BROKEN_CURSORS)
def test_a_broken_cursor_is_named(ada: Visitor, cursor: str) -> None:
    response = ada.get("/conversations", query_string={"cursor": cursor})
    assert (response.status_code, response.json["code"]) == (400, "invalid_cursor")


# -- read, unread -------------------------------------------------------------------------------------------------


def test_agents_messages_are_unread_until_they_are_read(
    client: FlaskClient, ada: Visitor, runtime: Runtime, shop: Shop
) -> None:
    here, there = (ada.start(text, text)["conversation"]["id"] for text in ("here", "there"))
    for text in ("one", "two", "three"):
        desk.reply(runtime, shop.id, here, text)
    desk.reply(runtime, shop.id, there, "four")
    assert (one(ada, here)["unread"], one(ada, there)["unread"]) == (3, 1)
    assert shop.visitor(client, ADA.proven()).answer["unreadCount"] == 4
    for seq, left in ((2, 2), (1, 2), (2, 2), (4, 0), (99, 0)):
        assert ada.send("PUT", f"/conversations/{here}/read", {"seq": seq}).status_code == 204
        assert one(ada, here)["unread"] == left
    assert one(ada, here)["readSeq"] == 4  # never beyond the end
    desk.reply(runtime, shop.id, here, "five")
    assert one(ada, here)["unread"] == 1
    assert shop.visitor(client, ADA.proven()).answer["unreadCount"] == 2


def test_a_read_mark_that_does_not_move_wakes_nobody(ada: Visitor, runtime: Runtime, shop: Shop) -> None:
    here = ada.start()["conversation"]["id"]
    desk.reply(runtime, shop.id, here, "one")
    listening, topics = overheard(runtime)
    session = runtime.signer.read_session(ada.answer["session"]["token"])
    assert session is not None
    for seq in (2, 2, 1, 99):
        assert mark_read(listening, Credential(session, None), here, seq) is None
    assert topics == [f"{platform_topic(shop.id)}#{said(here)}"]


def test_writing_is_reading(ada: Visitor, runtime: Runtime, shop: Shop, rows: Rows) -> None:
    here = ada.start()["conversation"]["id"]
    desk.reply(runtime, shop.id, here, "one")
    ada.send("POST", f"/conversations/{here}/messages", {"text": "two", "clientMessageId": "2"})
    assert (one(ada, here)["unread"], one(ada, here)["readSeq"]) == (0, 3)
    row = rows.one(conversations)
    assert (row.agent_unread, row.agent_read_seq) == (1, 2)


def test_events_are_not_unread_messages(ada: Visitor, runtime: Runtime, shop: Shop) -> None:
    here = ada.start()["conversation"]["id"]
    desk.put(runtime, shop.id, here, State.RESOLVED)
    assert one(ada, here)["unread"] == 0
    assert one(ada, here)["lastMessage"]["body"] == "Hello?"


# -- states -------------------------------------------------------------------------------------------------------


def test_a_visitor_reopens_what_was_resolved(ada: Visitor, runtime: Runtime, shop: Shop, rows: Rows) -> None:
    here = ada.start()["conversation"]["id"]
    desk.put(runtime, shop.id, here, State.RESOLVED)
    assert one(ada, here)["state"] == "resolved"
    for _ in range(2):  # asking twice changes nothing more
        response = ada.send("PUT", f"/conversations/{here}/state", {"state": "open"})
        assert (response.status_code, response.json["state"]) == (200, "open")
    assert [row.event for row in rows.all(messages)] == [None, "resolved", "reopened"]


@pytest.mark.parametrize("state", [State.REJECTED, State.ENDED])
def test_what_was_rejected_or_has_ended_stays_so(
    ada: Visitor, runtime: Runtime, shop: Shop, rows: Rows, state: State
) -> None:
    here = ada.start()["conversation"]["id"]
    desk.put(runtime, shop.id, here, state)
    refused = ada.send("PUT", f"/conversations/{here}/state", {"state": "open"})
    assert (refused.status_code, refused.json["code"]) == (409, "transition_not_allowed")
    refused = ada.send("POST", f"/conversations/{here}/messages", {"text": "x", "clientMessageId": "2"})
    assert (refused.status_code, refused.json["code"]) == (409, "conversation_closed")
    assert rows.counts("messages") == {"messages": 2}
    assert ada.get(f"/conversations/{here}/messages").json["items"][-1]["event"] == state


def test_boot_shows_the_newest_conversation(
    client: FlaskClient, ada: Visitor, runtime: Runtime, shop: Shop, clock: Clock
) -> None:
    assert shop.visitor(client, ADA.proven()).answer["conversation"] is None
    first = ada.start("one", "1")["conversation"]["id"]
    clock.advance(seconds=1)
    ada.start("two", "2")
    assert shop.visitor(client, ADA.proven()).answer["conversation"]["lastMessage"]["body"] == "two"
    clock.advance(seconds=1)
    desk.reply(runtime, shop.id, first, "reply")
    answer = shop.visitor(client, ADA.proven()).answer
    assert answer["conversation"] == one(ada, first)
    assert answer["unreadCount"] == 1

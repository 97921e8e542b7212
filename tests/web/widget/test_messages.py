"""Messages: stored as they were sent, in order, exactly once (docs/http-api.md)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests import desk
from tests.clock import Clock
from tests.rows import Rows
from tests.shop import Shop, Visitor
from whosthere.core.conversation import State
from whosthere.services import keys
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import messages


@pytest.fixture
def here(ada: Visitor) -> str:
    """The id of Ada's conversation."""
    return str(ada.start()["conversation"]["id"])


def post(visitor: Visitor, conversation_id: str, text: str, client_message_id: str) -> TestResponse:
    body = {"text": text, "clientMessageId": client_message_id}
    return visitor.send("POST", f"/conversations/{conversation_id}/messages", body)


def log(visitor: Visitor, conversation_id: str, query: str = "") -> dict[str, Any]:
    response = visitor.get(f"/conversations/{conversation_id}/messages{query}")
    assert response.status_code == 200, response.get_data(as_text=True)
    return dict(response.json)


def bodies(visitor: Visitor, conversation_id: str) -> list[str]:
    return [item["body"] for item in log(visitor, conversation_id)["items"]]


def test_the_same_message_again_is_the_same_message(ada: Visitor, here: str) -> None:
    first, again = (post(ada, here, "one", "1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["seq"] == 2
    assert bodies(ada, here) == ["Hello?", "one"]


def test_the_same_id_with_another_text_is_a_conflict(ada: Visitor, here: str) -> None:
    post(ada, here, "one", "1")
    for text in ("two", "one ", "One", "onе"):
        refused = post(ada, here, text, "1")
        assert (refused.status_code, refused.json["code"]) == (409, "idempotency_conflict")
    assert bodies(ada, here) == ["Hello?", "one"]


def test_a_start_and_a_message_may_share_a_client_message_id_only_with_the_same_text(ada: Visitor, here: str) -> None:
    assert post(ada, here, "Hello?", "first").status_code == 200
    assert post(ada, here, "Other", "first").status_code == 409


def test_a_repeated_message_is_found_even_after_the_conversation_was_closed(
    ada: Visitor, here: str, runtime: Runtime, shop: Shop
) -> None:
    post(ada, here, "one", "1")
    desk.put(runtime, shop.id, here, State.REJECTED)
    assert post(ada, here, "one", "1").status_code == 200


def test_a_repeated_message_does_not_reopen(ada: Visitor, here: str, runtime: Runtime, shop: Shop) -> None:
    post(ada, here, "one", "1")
    desk.put(runtime, shop.id, here, State.RESOLVED)
    assert post(ada, here, "one", "1").status_code == 200
    assert ada.get(f"/conversations/{here}").json["state"] == "resolved"


def test_a_new_message_reopens_what_was_resolved(ada: Visitor, here: str, runtime: Runtime, shop: Shop) -> None:
    desk.put(runtime, shop.id, here, State.RESOLVED)
    assert post(ada, here, "but still", "1").json["seq"] == 4
    items = log(ada, here)["items"]
    assert [(item["seq"], item["author"]["kind"], item.get("event")) for item in items] == [
        (1, "user", None),
        (2, "system", "resolved"),
        (3, "system", "reopened"),
        (4, "user", None),
    ]
    assert ada.get(f"/conversations/{here}").json["state"] == "open"


def test_seq_grows_by_one_whatever_the_clock_does(
    ada: Visitor, here: str, runtime: Runtime, shop: Shop, clock: Clock, rows: Rows
) -> None:
    for number in range(2, 12):
        clock.advance(ms=7)
        if number % 3:
            assert post(ada, here, str(number), str(number)).json["seq"] == number
        else:
            assert desk.reply(runtime, shop.id, here, str(number)).seq == number
        post(ada, here, "a conflict", "first")  # takes no number
    found = rows.all(messages)
    assert sorted(row.seq for row in found) == list(range(1, 12))
    assert sorted(row.record_seq for row in found) == list(range(1, 12))


def test_record_seq_counts_over_all_conversations_of_a_person(ada: Visitor, here: str, rows: Rows) -> None:
    there = ada.start("there", "second")["conversation"]["id"]
    for number in range(4):
        post(ada, (here, there)[number % 2], str(number), str(number))
    assert sorted(row.record_seq for row in rows.all(messages)) == [1, 2, 3, 4, 5, 6]


TEXTS = (
    "plain",
    " edges stay \t",
    "line\nfeed",
    "CR\r\nLF\rCR",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇦",
    "e\u0301 and é and ﬁ and Å",
    "שלום \u202eevil\u202c مرحبا",
    "z̸̢̛͓a̶l̵g̷o",
    "<script>alert(1)</script>&amp;\"'",
    "\x01\x02\x7f\x85\u2028\u2029\ufeff\ufffd",
    "\U0010ffff\ue000",
    "%s %d {0} ${x} \\u0000 \\",
    "𝒖" * 10_000,
    "'; DROP TABLE messages; --",
)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_is_stored_is_what_was_sent(ada: Visitor, here: str, rows: Rows, text: str) -> None:
    assert post(ada, here, text, "1").json["body"] == text
    assert bodies(ada, here)[-1].encode() == text.encode()
    assert text in {row.body for row in rows.all(messages)}
    started = ada.send("POST", "/conversations", {"text": text, "clientMessageId": "2"})
    assert started.json["message"]["body"] == text


ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=300)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT.filter(lambda text: text.strip()))
def test_any_text_comes_back_code_point_by_code_point(client: FlaskClient, shop: Shop, text: str) -> None:
    visitor = shop.visitor(client)
    started = visitor.start(text)
    assert started["message"]["body"] == text
    assert bodies(visitor, started["conversation"]["id"]) == [text]


REFUSED_TEXTS = ("", " ", "\n\t\u2003", "a\0b", "\0", "x" * 10_001, "𝒖" * 10_001, None, 5, True, ["x"], {"a": "b"})


@pytest.mark.parametrize("text", REFUSED_TEXTS, ids=range(len(REFUSED_TEXTS)))
@pytest.mark.parametrize("path", ["/conversations", "/conversations/{here}/messages"])
def test_what_is_no_text_is_refused(ada: Visitor, here: str, rows: Rows, path: str, text: Any) -> None:
    response = ada.send("POST", path.format(here=here), {"text": text, "clientMessageId": "1"})
    assert (response.status_code, response.json["code"]) == (400, "invalid_field")
    assert response.json["field"] == "text"
    assert rows.counts("messages") == {"messages": 1}


REFUSED_IDS = ("", "x" * 129, "a\nb", "a\0", "\u200b", "\ud800", None, 5, True, ["x"])


@pytest.mark.parametrize("client_message_id", REFUSED_IDS, ids=range(len(REFUSED_IDS)))
def test_what_is_no_client_message_id_is_refused(ada: Visitor, here: str, client_message_id: Any) -> None:
    body = {"text": "x", "clientMessageId": client_message_id}
    response = ada.send("POST", f"/conversations/{here}/messages", body)
    assert (response.status_code, response.json["code"]) in ((400, "invalid_field"), (400, "invalid_json"))


@pytest.mark.parametrize("client_message_id", ["x", "x" * 128, "é", "0193-…", "{}", "a b"])
def test_any_printable_client_message_id_will_do(ada: Visitor, here: str, client_message_id: str) -> None:
    assert post(ada, here, "x", client_message_id).json["clientMessageId"] == client_message_id


# -- reading ------------------------------------------------------------------------------------------------------


def test_the_log_is_read_in_parts_without_gap_or_repeat(ada: Visitor, here: str) -> None:
    for number in range(2, 13):
        post(ada, here, str(number), str(number))
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = log(ada, here, f"?after={after}&limit=5")
        seen += [item["seq"] for item in page["items"]]
        after = page["next"]
    assert seen == list(range(1, 13))
    assert log(ada, here, "?after=12") == {"items": [], "next": None}
    assert log(ada, here, f"?after={2**53}") == {"items": [], "next": None}
    assert log(ada, here, "?after=7&limit=5")["next"] is None
    assert log(ada, here, "?limit=12")["next"] is None
    assert log(ada, here, "?limit=11")["next"] == 11


BROKEN_RANGES = (
    *("after=-1", "after=x", "after=1.0", "after=", "after=%00", f"after={2**53 + 1}", f"after={10**30}", "after=٣"),
    *("limit=0", "limit=101", "limit=-5", "limit=x", "limit=1e2", f"limit={10**30}", "limit= 5"),
)


@pytest.mark.parametrize("query", BROKEN_RANGES)
def test_a_broken_range_is_named(ada: Visitor, here: str, query: str) -> None:
    response = ada.get(f"/conversations/{here}/messages?{query}")
    assert (response.status_code, response.json["code"]) == (400, "invalid_field")
    assert response.json["field"] == query.partition("=")[0]


def test_each_message_keeps_the_assurance_and_the_key_it_was_written_with(
    ada: Visitor, here: str, rows: Rows, runtime: Runtime, shop: Shop
) -> None:
    row = rows.one(messages)
    assert (row.assurance, row.key_name) == ("verified", "standard")
    keys.delete(runtime, shop.id, shop.key_id, actor=Actor("test"))
    assert rows.one(messages).key_name == "standard"


def test_a_visitor_sees_agents_by_name_and_nothing_internal(
    ada: Visitor, here: str, runtime: Runtime, shop: Shop
) -> None:
    desk.reply(runtime, shop.id, here, "Hello Ada")
    item = log(ada, here)["items"][-1]
    assert item["author"] == {"kind": "agent", "name": "Grace"}
    assert set(item) == {"id", "seq", "author", "body", "createdAt", "attachments"}
    assert desk.AGENT_ID not in str(item)

"""Many posts at once: each message once, and its number without gap or repeat."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import desk
from tests.people import ADA
from tests.races.crowd import dense, times
from tests.rows import Rows
from tests.shop import WIDGET, Shop, Visitor
from whosthere.core.conversation import State
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import conversations, messages, users

pytestmark = pytest.mark.slow


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


@pytest.fixture
def ada(app: Flask, shop: Shop) -> Visitor:
    return shop.visitor(app.test_client(), ADA.proven())


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


def post(app: Flask, visitor: Visitor, path: str, client_message_id: str, text: str = "x") -> TestResponse:
    body = {"text": text, "clientMessageId": client_message_id}
    return app.test_client().post(f"{WIDGET}{path}", json=body, headers=visitor.headers)


def test_the_same_message_from_many_tries_is_stored_once(app: Flask, ada: Visitor, here: str, rows: Rows) -> None:
    answers = times(20, lambda number: post(app, ada, f"/conversations/{here}/messages", "same"))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.json["id"] for answer in answers}) == 1
    found = rows.all(messages)
    assert dense([row.seq for row in found])
    assert len(found) == 2


def test_the_same_id_with_different_texts_stores_one_of_them(app: Flask, ada: Visitor, here: str, rows: Rows) -> None:
    answers = times(10, lambda number: post(app, ada, f"/conversations/{here}/messages", "same", f"text {number}"))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert rows.counts("messages") == {"messages": 2}


@pytest.mark.parametrize("who", ["verified", "anonymous"])
def test_the_same_start_from_many_tries_is_one_conversation(app: Flask, shop: Shop, rows: Rows, who: str) -> None:
    """Also where it is the first thing an anonymous visitor says, and the record has yet to be written."""
    visitor = shop.visitor(app.test_client(), ADA.proven() if who == "verified" else {})
    answers = times(20, lambda number: post(app, visitor, "/conversations", "same"))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert rows.counts("users", "conversations", "messages") == {"users": 1, "conversations": 1, "messages": 1}


def test_posts_of_both_sides_at_once_are_numbered_densely(
    app: Flask, runtime: Runtime, shop: Shop, ada: Visitor, here: str, rows: Rows
) -> None:
    def write(number: int) -> int:
        if number % 2:
            return desk.reply(runtime, shop.id, here, str(number)).seq
        return int(post(app, ada, f"/conversations/{here}/messages", str(number)).json["seq"])

    given = times(24, write)
    assert dense([1, *given])
    found = rows.all(messages)
    assert dense([row.seq for row in found])
    assert dense([row.record_seq for row in found])
    assert rows.one(conversations).last_seq == rows.one(users).last_record_seq == 25


def test_conversations_of_one_person_share_one_order(app: Flask, ada: Visitor, rows: Rows) -> None:
    talks = [ada.start(str(number), f"start {number}")["conversation"]["id"] for number in range(4)]
    times(24, lambda number: post(app, ada, f"/conversations/{talks[number % 4]}/messages", str(number)))
    found = rows.all(messages)
    assert dense([row.record_seq for row in found])
    for talk in talks:
        assert dense([row.seq for row in found if row.conversation_id == talk])


@pytest.mark.parametrize("state", [State.ENDED, State.REJECTED, State.RESOLVED])
def test_a_post_never_undoes_what_closed_the_conversation_at_the_same_moment(
    app: Flask, runtime: Runtime, shop: Shop, ada: Visitor, here: str, rows: Rows, state: State
) -> None:
    def act(number: int) -> None:
        if number == 4:
            desk.put(runtime, shop.id, here, state)
        else:
            post(app, ada, f"/conversations/{here}/messages", str(number))

    times(9, act)
    log = sorted(rows.all(messages), key=lambda row: row.seq)
    assert dense([row.seq for row in log])
    closed_at = next(place for place, row in enumerate(log) if row.event == state)
    after = log[closed_at + 1 :]
    final = rows.one(conversations).state
    if state is State.RESOLVED:  # writing reopens, and the log says so before the words that did it
        assert final == ("open" if after else "resolved")
        assert not after or after[0].event == "reopened"
    else:
        assert (final, after) == (state, [])


def test_reading_while_agents_write_leaves_the_right_number_unread(
    app: Flask, runtime: Runtime, shop: Shop, ada: Visitor, here: str, rows: Rows
) -> None:
    for number in range(4):
        desk.reply(runtime, shop.id, here, f"before {number}")

    def do(number: int) -> None:
        if number % 2:
            desk.reply(runtime, shop.id, here, str(number))
        else:
            url = f"{WIDGET}/conversations/{here}/read"
            app.test_client().put(url, json={"seq": 2 + number // 8}, headers=ada.headers)

    times(24, do)
    row = rows.one(conversations)
    written = [one for one in rows.all(messages) if one.author_kind == "agent"]
    assert row.user_unread == sum(one.seq > row.user_read_seq for one in written)

"""Live streams over a real socket: nothing is lost, nothing comes twice, nothing comes to somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.people import BOB
from tests.shop import ORIGIN, Shop, Visitor
from tests.web.widget.conftest import Listen
from whosthere.core.conversation import State
from whosthere.services import streams
from whosthere.services.runtime import Runtime


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


def post(visitor: Visitor, conversation_id: str, text: str) -> None:
    body = {"text": text, "clientMessageId": text}
    assert visitor.send("POST", f"/conversations/{conversation_id}/messages", body).status_code == 201


def test_a_message_arrives_while_one_listens(
    runtime: Runtime, shop: Shop, ada: Visitor, here: str, listen: Listen
) -> None:
    with listen(ada) as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store"
        assert stream.headers["X-Accel-Buffering"] == "no"
        assert stream.headers["Access-Control-Allow-Origin"] == ORIGIN
        stream.cursor()
        reply = desk.reply(runtime, shop.id, here, "Hello Ada")
        event = stream.next()
        assert event is not None
        listed = ada.get(f"/conversations/{here}/messages?after=1").json["items"][0]
        assert event.data == {"conversationId": here, "seq": reply.seq, "message": listed}
        post(ada, here, "from another tab")
        desk.put(runtime, shop.id, here, State.RESOLVED)
        assert stream.messages(1) == ["from another tab"]


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(
    runtime: Runtime, shop: Shop, ada: Visitor, here: str, listen: Listen
) -> None:
    with listen(ada) as stream:
        start = stream.cursor()
        post(ada, here, "one")
        event = stream.next()
        assert event is not None
    there = ada.start("there", "there")["conversation"]["id"]
    for text in ("two", "three"):
        desk.reply(runtime, shop.id, here, text)
        desk.reply(runtime, shop.id, there, f"{text} there")
    with listen(ada, event.cursor) as again:
        assert again.messages(5) == ["there", "two", "two there", "three", "three there"]
        post(ada, here, "four")
        assert again.messages(1) == ["four"]
    with listen(ada, start) as from_the_start:
        assert from_the_start.messages(2) == ["one", "there"]


def test_a_long_absence_is_made_up_for_in_order(ada: Visitor, here: str, listen: Listen) -> None:
    with listen(ada) as stream:
        cursor = stream.cursor()
    texts = [str(number) for number in range(2 * streams.BATCH + 5)]
    for text in texts:
        post(ada, here, text)
    with listen(ada, cursor) as again:
        assert again.messages(len(texts)) == texts


def test_without_a_cursor_it_begins_now(ada: Visitor, here: str, listen: Listen) -> None:
    post(ada, here, "before")
    with listen(ada) as stream:
        stream.cursor()
        post(ada, here, "after")
        assert stream.messages(1) == ["after"]


def test_nobody_hears_another_person(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, here: str, listen: Listen
) -> None:
    bob = shop.visitor(client, BOB.proven())
    bobs = bob.start("bob's first")["conversation"]["id"]
    with listen(ada) as own, listen(bob) as foreign:
        for stream in (own, foreign):
            stream.cursor()
        for number in range(5):
            desk.reply(runtime, shop.id, here, f"for ada {number}")
            desk.reply(runtime, shop.id, bobs, f"for bob {number}")
        assert own.messages(5) == [f"for ada {number}" for number in range(5)]
        assert foreign.messages(5) == [f"for bob {number}" for number in range(5)]


@pytest.mark.parametrize(
    "spell",
    [
        lambda foreign, own: foreign,
        lambda foreign, own: foreign.partition(".")[0] + ".0",
        lambda foreign, own: own.partition(".")[0] + ".999999",
        lambda foreign, own: own.partition(".")[0] + "." + "9" * 40,
        lambda foreign, own: own.partition(".")[0] + ".-1",
        lambda foreign, own: own.partition(".")[0] + ".x",
        lambda foreign, own: own.partition(".")[0],
        lambda foreign, own: "x" * 5_000,
        lambda foreign, own: "",
        lambda foreign, own: ".",
    ],
)
def test_a_cursor_that_is_not_its_own_counts_as_none(
    client: FlaskClient, shop: Shop, ada: Visitor, here: str, listen: Listen, spell: Callable[[str, str], str]
) -> None:
    bob = shop.visitor(client, BOB.proven())
    mine = bob.start("bob's")["conversation"]["id"]
    with listen(ada) as stream:
        foreign = stream.cursor()
    with listen(bob) as stream:
        own = stream.cursor()
    post(bob, mine, "before")
    with listen(bob, spell(foreign, own)) as stream:
        stream.cursor()
        post(bob, mine, "after")
        assert stream.messages(1) == ["after"]


def test_an_anonymous_visitor_hears_the_answer_to_its_first_words(
    runtime: Runtime, client: FlaskClient, shop: Shop, listen: Listen
) -> None:
    nobody = shop.visitor(client)
    with listen(nobody) as stream:
        stream.cursor()
        here = nobody.start("first words")["conversation"]["id"]
        desk.reply(runtime, shop.id, here, "Hello stranger")
        assert stream.messages(2) == ["first words", "Hello stranger"]

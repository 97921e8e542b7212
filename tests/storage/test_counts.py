"""How many statements a visitor's calls take: few, and the same number however much there is (docs/performance.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.people import ADA
from tests.shop import Shop, Visitor
from tests.storage.ear import Ear, Heard
from whosthere.services.runtime import Runtime

Count = Callable[[Callable[[], object]], int]


@pytest.fixture
def count() -> Count:
    """Call it with something to do, for the number of statements that took."""

    def counted(do: Callable[[], object]) -> int:
        with Ear().listening() as heard:
            do()
        return len(heard)

    return counted


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    """Ada, who was here before."""
    shop.visitor(client, ADA.proven())
    return shop.visitor(client, ADA.proven())


@pytest.fixture(params=["little", "much"])
def here(request: pytest.FixtureRequest, ada: Visitor, runtime: Runtime, shop: Shop) -> str:
    """Ada's conversation, among few and among many."""
    conversation_id = str(ada.start()["conversation"]["id"])
    for number in range({"little": 1, "much": 12}[request.param]):
        ada.start(f"{number}", f"more {number}")
        desk.reply(runtime, shop.id, conversation_id, f"{number}")
    return conversation_id


def test_a_boot_of_a_known_visitor(client: FlaskClient, shop: Shop, ada: Visitor, here: str, count: Count) -> None:
    """The platform with its keys; the records; the newest conversation with the unread count."""
    assert count(lambda: shop.visitor(client, ADA.proven())) == 3


def test_a_boot_of_a_known_visitor_in_a_browser_with_an_anonymous_user(
    client: FlaskClient, shop: Shop, ada: Visitor, count: Count
) -> None:
    token = shop.visitor(client).answer["anonymousToken"]
    assert count(lambda: shop.visitor(client, ADA.proven(), anonymousToken=token)) == 4


def test_a_boot_of_an_anonymous_visitor(client: FlaskClient, shop: Shop, count: Count) -> None:
    first = shop.visitor(client)
    assert count(lambda: shop.visitor(client)) == 1
    assert count(lambda: shop.visitor(client, anonymousToken=first.answer["anonymousToken"])) == 3


def test_a_first_boot_writes(client: FlaskClient, shop: Shop, count: Count) -> None:
    """What is read before anything is written is read again in the transaction that writes."""
    assert count(lambda: shop.visitor(client, ADA.proven())) <= 8


def test_a_refused_boot(client: FlaskClient, shop: Shop, count: Count) -> None:
    shop.boot(client, ADA.config())
    assert count(lambda: shop.boot(client, ADA.config())) <= 5


def test_a_post(ada: Visitor, here: str, count: Count) -> None:
    """Session and conversation; an earlier try; both next numbers; the message, and what it is found by."""
    body = {"text": "x", "clientMessageId": "x"}
    assert count(lambda: ada.send("POST", f"/conversations/{here}/messages", body)) == 6
    assert count(lambda: ada.send("POST", f"/conversations/{here}/messages", body)) == 2  # again


def test_a_poll(ada: Visitor, here: str, count: Count) -> None:
    """The session with the conversation; the messages, unless the head says that there are no new ones."""
    messages = f"/conversations/{here}/messages"
    assert count(lambda: ada.get(messages)) == 2
    assert count(lambda: ada.get(f"{messages}?after={10**6}")) == 1


def test_a_list(ada: Visitor, here: str, count: Count) -> None:
    """The session; the conversations."""
    assert count(lambda: ada.get("/conversations")) == 2


def test_a_look_at_one_conversation(ada: Visitor, here: str, count: Count) -> None:
    assert count(lambda: ada.get(f"/conversations/{here}")) == 1


def test_a_start(ada: Visitor, here: str, count: Count) -> None:
    body = {"text": "x", "clientMessageId": "x"}
    assert count(lambda: ada.send("POST", "/conversations", body)) == 7


def test_reading(ada: Visitor, here: str, count: Count) -> None:
    assert count(lambda: ada.send("PUT", f"/conversations/{here}/read", {"seq": 1})) == 2


def test_a_request_without_a_good_session_asks_the_database_nothing(
    client: FlaskClient, shop: Shop, ada: Visitor, count: Count
) -> None:
    """Or garbage would be an easy way to keep it busy."""
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer " + "x" * 5_000}):
        assert count(lambda headers=headers: client.get("/api/v1/widget/conversations", headers=headers)) == 0  # type: ignore[misc]


@pytest.fixture
def heard() -> Iterator[list[Heard]]:
    with Ear().listening() as statements:
        yield statements


def test_what_is_counted_is_what_is_run(heard: list[Heard], runtime: Runtime, shop: Shop) -> None:
    heard.clear()
    with runtime.reading(shop.id) as tenant:
        tenant.connection.exec_driver_sql("SELECT 1")
    assert heard == []
    runtime.signer.read_session("x")
    shop.delete_key(shop.key_id)
    assert len(heard) == 1
    assert heard[0][0].startswith("UPDATE keys")

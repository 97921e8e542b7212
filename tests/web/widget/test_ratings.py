"""The end of a conversation: resolved, rated, reopened or ended (docs/http-api.md)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.clock import Clock
from tests.shop import Shop, Visitor
from tests.topics import overheard
from tests.web.widget.endpoints import check_problem
from whosthere.core.conversation import State
from whosthere.realtime.hub import platform_topic
from whosthere.services import conversations
from whosthere.services.access import Credential
from whosthere.services.conversations import Rating
from whosthere.services.inbox_signals import said
from whosthere.services.purge import purge
from whosthere.services.runtime import Runtime


@pytest.fixture
def here(ada: Visitor, runtime: Runtime, shop: Shop) -> str:
    """A resolved conversation of Ada's."""
    conversation_id = str(ada.start()["conversation"]["id"])
    desk.put(runtime, shop.id, conversation_id, State.RESOLVED)
    return conversation_id


def rate(who: Visitor, conversation_id: str, rating: int = 5, **more: object) -> object:
    return who.send("PUT", f"/conversations/{conversation_id}/rating", {"rating": rating, **more})


def test_a_rating_can_change_as_long_as_the_conversation_is_resolved(ada: Visitor, here: str) -> None:
    for rating, comment in ((1, "Not yet"), (5, None), (4, "Yes\n<b>")):
        response = ada.send("PUT", f"/conversations/{here}/rating", {"rating": rating, "comment": comment})
        assert response.status_code == 200
        shown = response.json["rating"]
        assert (shown["rating"], shown["comment"]) == (rating, comment)
        assert ada.get(f"/conversations/{here}").json == response.json
    assert (
        ada.send("PUT", f"/conversations/{here}/rating", {"rating": 2, "comment": ""}).json["rating"]["comment"] is None
    )


@pytest.mark.parametrize("state", [State.OPEN, State.REJECTED, State.ENDED])
def test_only_a_resolved_conversation_is_rated(runtime: Runtime, shop: Shop, ada: Visitor, state: State) -> None:
    there = ada.start("there", "there")["conversation"]["id"]
    if state is not State.OPEN:
        desk.put(runtime, shop.id, there, state)
    response = ada.send("PUT", f"/conversations/{there}/rating", {"rating": 5})
    check_problem(response, 409, "rating_not_allowed")
    assert ada.get(f"/conversations/{there}").json["rating"] is None


def test_agents_hear_of_a_rating(runtime: Runtime, shop: Shop, ada: Visitor, here: str) -> None:
    session = runtime.signer.read_session(ada.answer["session"]["token"])
    assert session is not None
    listening, topics = overheard(runtime)
    conversations.rate(listening, Credential(session, None), here, Rating(5, "Thank you"))
    assert topics == [f"{platform_topic(shop.id)}#{said(here)}"]


def test_who_was_helped_ends_it_for_good(ada: Visitor, here: str) -> None:
    rate(ada, here)
    response = ada.send("PUT", f"/conversations/{here}/state", {"state": "ended"})
    assert (response.status_code, response.json["state"]) == (200, "ended")
    assert response.json["rating"]["rating"] == 5
    assert ada.get(f"/conversations/{here}/messages").json["items"][-1]["event"] == "ended"
    check_problem(ada.send("PUT", f"/conversations/{here}/state", {"state": "open"}), 409, "transition_not_allowed")
    body = {"text": "More", "clientMessageId": "more"}
    check_problem(ada.send("POST", f"/conversations/{here}/messages", body), 409, "conversation_closed")


def test_an_open_conversation_cannot_be_ended_by_its_visitor(ada: Visitor) -> None:
    there = ada.start("there", "there")["conversation"]["id"]
    check_problem(ada.send("PUT", f"/conversations/{there}/state", {"state": "ended"}), 409, "transition_not_allowed")


def test_what_stays_resolved_is_ended_after_a_fortnight(
    runtime: Runtime, ada: Visitor, here: str, clock: Clock, client: FlaskClient, shop: Shop
) -> None:
    from tests.people import ADA

    other = ada.start("open", "open")["conversation"]["id"]
    clock.advance(days=14)
    purge(runtime)
    again = shop.visitor(client, ADA.proven())
    assert again.get(f"/conversations/{here}").json["state"] == "resolved"
    clock.advance(ms=1)
    purge(runtime)
    assert again.get(f"/conversations/{here}").json["state"] == "ended"
    assert again.get(f"/conversations/{other}").json["state"] == "open"


def test_one_active_conversation_at_a_time_if_that_is_asked_for(ada: Visitor, here: str) -> None:
    body = {"text": "x", "unlessActive": True}
    first = ada.send("POST", "/conversations", body | {"clientMessageId": "a"})
    assert first.status_code == 201  # the resolved one does not count
    check_problem(ada.send("POST", "/conversations", body | {"clientMessageId": "b"}), 409, "conversation_active")
    assert ada.send("POST", "/conversations", body | {"clientMessageId": "a"}).status_code == 200
    assert ada.send("POST", "/conversations", {"text": "x", "clientMessageId": "c"}).status_code == 201


def test_of_tabs_that_start_at_once_one_does(runtime: Runtime, ada: Visitor) -> None:
    session = runtime.signer.read_session(ada.answer["session"]["token"])
    assert session is not None

    def start(number: int) -> bool:
        opening = conversations.Opening("x", f"tab {number}", unless_active=True)
        return isinstance(conversations.start(runtime, Credential(session, None), opening), conversations.Started)

    with ThreadPoolExecutor(4) as tabs:
        assert sum(tabs.map(start, range(4))) == 1

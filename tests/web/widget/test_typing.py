"""Typing: heard by whoever may read the conversation, at most every two seconds, and stored nowhere."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.clock import Clock
from tests.people import BOB
from tests.rows import Rows
from tests.shop import Shop, Visitor
from tests.team import hire
from tests.topics import Topics, overheard
from tests.web.widget.conftest import Listen
from whosthere.core.conversation import State
from whosthere.realtime.hub import SIGNALS_MAX, Waiter, platform_topic, record_topic
from whosthere.services import typing
from whosthere.services.access import Credential
from whosthere.services.runtime import Runtime


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


def credential(runtime: Runtime, who: Visitor) -> Credential:
    session = runtime.signer.read_session(who.answer["session"]["token"])
    assert session is not None
    return Credential(session, None)


def test_a_visitor_hears_that_an_agent_types_and_nobody_else_does(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, here: str, rows: Rows, listen: Listen
) -> None:
    grace = hire(runtime, shop.id, f"grace-{shop.id}@example.com")
    bob = shop.visitor(client, BOB.proven())
    bobs = bob.start("bob's", "bob's")["conversation"]["id"]
    with listen(ada) as own, listen(bob) as foreign:
        own.cursor(), foreign.cursor()
        before = rows.counts()
        assert typing.by_agent(runtime, grace.identity, here, True) is None
        event = own.next()
        assert event is not None
        assert (event.name, event.cursor) == ("typing", "")
        expected = {"conversationId": here, "author": {"kind": "agent"}, "typing": True, "expiresInSeconds": 6}
        assert event.data == expected
        # Even a signal that reaches a stream by mistake is not passed on there.
        runtime.hub.publish(record_topic(shop.id, credential(runtime, bob).session.record_id), f"typing:{here}:1")
        assert rows.counts() == before
        desk.reply(runtime, shop.id, bobs, "hello bob")
        heard = foreign.next()
        assert heard is not None
        assert heard.name == "message"


def on_the_bus(runtime: Runtime, ada: Visitor, here: str, *steps: tuple[bool, int], clock: Clock) -> Topics:
    listening, topics = overheard(runtime)
    for on, ms in steps:
        assert typing.by_visitor(listening, credential(runtime, ada), here, on) is None
        clock.advance(ms=ms)
    return topics


def test_what_agents_are_told_is_throttled(runtime: Runtime, shop: Shop, ada: Visitor, here: str, clock: Clock) -> None:
    on, off = (f"{platform_topic(shop.id)}#typing:{here}:{bit}" for bit in (1, 0))
    steps = ((True, 500), (True, 1_499), (True, 1), (True, 100), (False, 0), (False, 100), (True, 0), (False, 3_000))
    assert on_the_bus(runtime, ada, here, *steps, (True, 0), clock=clock) == [on, on, off, on]


@pytest.mark.parametrize("state", list(State))
def test_nothing_is_told_of_a_conversation_that_is_over(
    runtime: Runtime, shop: Shop, ada: Visitor, here: str, clock: Clock, state: State
) -> None:
    if state is not State.OPEN:
        desk.put(runtime, shop.id, here, state)
    told = on_the_bus(runtime, ada, here, (True, 0), clock=clock)
    assert bool(told) == (state in (State.OPEN, State.RESOLVED))


def test_a_signal_is_short_lived_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    waiter = Waiter(frozenset())
    for number in range(SIGNALS_MAX + 5):
        waiter.wake(f"{number}")
        waiter.wake(f"{number}")
    assert len(waiter.signals()) <= SIGNALS_MAX
    assert waiter.signals() == []
    waiter.wake("old")
    monkeypatch.setattr("whosthere.realtime.hub.SIGNAL_SECONDS", 0.0)
    assert waiter.signals() == []


def test_a_batch_of_signals_fits_into_one_notification_of_postgresql() -> None:
    from whosthere.realtime import outbox

    nobody = "00000000-0000-0000-0000-000000000000"
    topic = f"{record_topic(nobody, nobody)}#typing:{nobody}:1"
    assert (len(topic) + 4) * outbox._BATCH < 8_000

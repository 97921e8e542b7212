"""A stream between its events: signs of life, looks at who may listen, and its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient

from tests import desk
from tests.people import ADA
from tests.servers import until
from tests.shop import Shop, Visitor
from tests.storage.ear import Ear
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import access_topic
from whosthere.services import streams
from whosthere.services import watch as services_watch
from whosthere.services.access import Caller, Credential
from whosthere.services.runtime import Runtime
from whosthere.services.streams import Stream, open_stream
from whosthere.services.watch import LOOK_SECONDS, AccessWatch
from whosthere.storage.errors import Unavailable
from whosthere.storage.sessions import Departures
from whosthere.storage.tenancy import Tenant


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Visitor:
    return shop.visitor(client, ADA.proven())


@pytest.fixture
def credential(runtime: Runtime, ada: Visitor) -> Credential:
    session = runtime.signer.read_session(ada.answer["session"]["token"])
    assert session is not None
    return Credential(session, None)


@pytest.fixture
def stream(runtime: Runtime, credential: Credential) -> Iterator[Stream]:
    opened = open_stream(runtime, credential, None)
    assert isinstance(opened, Stream)
    yield opened
    opened.close()


@contextmanager
def busy(runtime: Runtime, topic: str) -> Iterator[None]:
    """Publish a topic again and again while the block runs."""
    over = threading.Event()

    def publish() -> None:
        while not over.wait(0.05):
            runtime.hub.publish(topic)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("wakes", [False, True])
def test_a_sign_of_life_is_sent_in_time_however_often_the_stream_is_woken(
    runtime: Runtime, shop: Shop, stream: Stream, monkeypatch: pytest.MonkeyPatch, wakes: bool
) -> None:
    """Without one, a client that has gone would keep its place for ever."""
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.6)
    events = stream.events()
    assert next(events).message is None
    with busy(runtime, access_topic(shop.id) if wakes else "nothing"):
        assert next(events).message is None


def test_the_promised_interval_is_kept_with_a_margin() -> None:
    assert streams.KEEP_ALIVE_SECONDS <= 15
    assert LOOK_SECONDS * 2 < 5  # a look that is nearly due, and the next one


def test_a_stream_gives_its_place_back_once(runtime: Runtime, credential: Credential) -> None:
    opened = open_stream(runtime, credential, None)
    assert isinstance(opened, Stream)
    assert runtime.hub.open_streams == 1
    for _ in range(3):
        opened.close()
    assert runtime.hub.open_streams == 0


def test_who_is_refused_takes_no_place(runtime: Runtime, ada: Visitor, credential: Credential) -> None:
    ada.send("DELETE", "/session")
    refused = open_stream(runtime, credential, None)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.SESSION_ENDED
    assert runtime.hub.open_streams == 0


def test_a_failing_database_costs_no_place(
    runtime: Runtime, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("gone")

    monkeypatch.setattr(streams.messages, "last_record_seq", fail)
    with pytest.raises(Unavailable):
        open_stream(runtime, credential, None)
    assert runtime.hub.open_streams == 0


def test_a_message_committed_between_opening_and_listening_is_not_missed(
    runtime: Runtime, shop: Shop, ada: Visitor, credential: Credential
) -> None:
    here = ada.start()["conversation"]["id"]
    opened = open_stream(runtime, credential, None)
    assert isinstance(opened, Stream)
    desk.reply(runtime, shop.id, here, "in between")
    events = opened.events()
    assert next(events).message is None
    message = next(events).message
    assert message is not None
    assert message.body == "in between"
    opened.close()


def test_a_message_whose_wake_up_was_lost_comes_after_the_next_sign_of_life(
    runtime: Runtime, shop: Shop, ada: Visitor, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wake-up that is lost costs time, never a message."""
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.2)
    here = ada.start()["conversation"]["id"]
    events = stream.events()
    found = [next(events).message for _ in range(3)]
    assert [message.body if message else None for message in found] == [None, "Hello?", None]
    runtime.writing(shop.id, lambda tenant: desk.write_reply(runtime, tenant, here, "unheard"))
    message = next(events).message
    assert message is not None
    assert message.body == "unheard"


def test_nothing_that_was_written_after_the_end_of_the_session_passes(
    runtime: Runtime, shop: Shop, ada: Visitor, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even between the stream's asking whether it may listen and its sending of what it read."""
    here = ada.start()["conversation"]["id"]
    ask = streams.authorize

    def asked_just_before_the_end(tenant: Tenant, credential: Credential, now: int) -> Caller | Refused:
        outcome = ask(tenant, credential, now)
        if isinstance(outcome, Caller):
            ended.append(ada.send("DELETE", "/session").status_code)
            runtime.writing(shop.id, lambda tenant: desk.write_reply(runtime, tenant, here, "not for you any more"))
        return outcome

    ended: list[int] = []
    monkeypatch.setattr(streams, "authorize", asked_just_before_the_end)
    sent = [event.message.body for event in stream.events() if event.message]
    assert ended == [204]
    assert sent == ["Hello?"]


@dataclass(eq=False)
class Watched:
    """A listener that remembers what it was asked and told."""

    platform_id: str
    ended: bool = False
    asked: list[Departures | None] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)

    def may_have_ended(self, departures: Departures | None, now: int) -> bool:
        self.asked.append(departures)
        return self.ended

    def wake(self) -> None:
        self.woken.set()


def watching(runtime: Runtime, *listeners: Watched) -> AccessWatch:
    watch = AccessWatch(runtime.database, runtime.clock)
    for listener in listeners:
        watch.enter(listener)
    return watch


def test_one_look_serves_all_streams_of_a_platform(runtime: Runtime, shop: Shop) -> None:
    listeners = [Watched(shop.id) for _ in range(50)]
    watch = watching(runtime, *listeners)
    with Ear().listening() as heard:
        watch.look()
    assert len(heard) == 3
    assert len({id(listener.asked[-1]) for listener in listeners}) == 1
    for listener in listeners:
        watch.leave(listener)


def test_only_who_may_have_to_stop_is_woken(runtime: Runtime, shop: Shop) -> None:
    stays, goes, left = Watched(shop.id), Watched(shop.id, ended=True), Watched(shop.id, ended=True)
    watch = watching(runtime, stays, goes, left)
    watch.leave(left)
    watch.look()
    assert goes.woken.is_set()
    assert not stays.woken.is_set()
    assert not left.woken.is_set()
    watch.leave(stays)
    watch.leave(goes)


def test_it_looks_by_itself_as_long_as_anybody_listens(
    runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with one look."""
    monkeypatch.setattr(services_watch, "LOOK_SECONDS", 0.01)
    listener = Watched(shop.id)
    watch = watching(runtime, listener)
    until(lambda: len(listener.asked) > 3)
    failed = threading.Event()

    def fail(*_: object) -> Departures:
        failed.set()
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(services_watch.sessions, "departures", fail)
        assert failed.wait(10)
    count = len(listener.asked)
    until(lambda: len(listener.asked) > count + 1)
    watch.leave(listener)
    until(lambda: not watch.looking)
    listener.ended = True
    watch.enter(listener)
    assert listener.woken.wait(10)
    watch.leave(listener)


def test_a_thread_that_could_not_be_started_is_started_by_the_next_listener(
    runtime: Runtime, shop: Shop, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the stream that could not be looked after takes no place."""

    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(services_watch, "LOOK_SECONDS", 0.01)
    first = open_stream(runtime, credential, None)  # whatever else needs a thread has one now
    assert isinstance(first, Stream)
    first.close()
    until(lambda: not runtime.watch.looking)
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError):
            open_stream(runtime, credential, None)
    assert runtime.hub.open_streams == 0
    listener = Watched(shop.id)
    listener.ended = True
    runtime.watch.enter(listener)
    assert listener.woken.wait(10)
    runtime.watch.leave(listener)


def test_while_the_database_is_away_streams_stay_but_sessions_still_run_out(
    runtime: Runtime, shop: Shop, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Departures:
        raise Unavailable("gone")

    listener = Watched(shop.id)
    watch = watching(runtime, listener)
    monkeypatch.setattr(services_watch.sessions, "departures", fail)
    watch.look()
    assert listener.asked[-1] is None
    assert not stream.may_have_ended(None, runtime.clock())
    assert stream.may_have_ended(None, runtime.clock() + 10 * 365 * 86_400_000)
    watch.leave(listener)


def test_a_look_tells_who_has_left_lately(runtime: Runtime, shop: Shop, ada: Visitor, credential: Credential) -> None:
    listener = Watched(shop.id)
    watch = watching(runtime, listener)
    ada.send("DELETE", "/session")
    watch.look()
    departures = listener.asked[-1]
    assert departures is not None
    assert credential.session.id in departures.gone
    watch.leave(listener)

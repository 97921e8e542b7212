"""The hub: whoever waits is woken, nobody takes more places than there are, and the end comes soon."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from whosthere.realtime.hub import Hub, access_topic, platform_topic, record_topic
from whosthere.realtime.local import LocalBus


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub(LocalBus(), streams_max=3)
    yield made
    made.close()


def test_a_waiter_is_woken_by_each_of_its_topics_and_by_no_other(hub: Hub) -> None:
    waiter = hub.enter({"a", "b"})
    assert waiter is not None
    for topic, woken in (("a", True), ("b", True), ("c", False), ("", False)):
        hub.publish(topic)
        assert waiter.wait(0) is woken


def test_a_wake_up_during_work_is_not_lost(hub: Hub) -> None:
    waiter = hub.enter({"a"})
    assert waiter is not None
    hub.publish("a")
    hub.publish("a")
    assert waiter.wait(0)  # several are one: it reads everything there is
    assert not waiter.wait(0)


def test_all_waiters_of_a_topic_are_woken(hub: Hub) -> None:
    waiters = [hub.enter({"a"}) for _ in range(3)]
    hub.publish("a")
    assert all(waiter is not None and waiter.wait(0) for waiter in waiters)


def test_a_sleeping_waiter_wakes_at_once(hub: Hub) -> None:
    waiter = hub.enter({"a"})
    assert waiter is not None
    woken: list[bool] = []
    thread = threading.Thread(target=lambda: woken.append(waiter.wait(10)))
    thread.start()
    hub.publish("a")
    thread.join(5)
    assert woken == [True]


def test_there_are_so_many_places_and_no_more(hub: Hub) -> None:
    waiters = [hub.enter({"a"}) for _ in range(3)]
    assert hub.enter({"a"}) is None
    assert hub.open_streams == 3
    assert waiters[0] is not None
    hub.leave(waiters[0])
    assert hub.open_streams == 2
    assert hub.enter({"a"}) is not None
    assert hub.enter({"a"}) is None


def test_a_place_is_given_back_once_however_often_it_is_left(hub: Hub) -> None:
    waiter, other = hub.enter({"a"}), hub.enter({"a"})
    assert waiter is not None
    assert other is not None
    for _ in range(3):
        hub.leave(waiter)
    assert hub.open_streams == 1
    hub.publish("a")
    assert other.wait(0)
    assert not waiter.wait(0)


def test_many_threads_never_take_more_places_than_there_are(hub: Hub) -> None:
    most: list[int] = []

    def come_and_go() -> None:
        for _ in range(200):
            waiter = hub.enter({"a", str(threading.get_ident())})
            most.append(hub.open_streams)
            hub.publish("a")
            if waiter is not None:
                hub.leave(waiter)

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 3
    assert hub.open_streams == 0


def test_closing_wakes_everybody_at_once_and_lets_nobody_in(hub: Hub) -> None:
    waiter = hub.enter({"a"})
    assert waiter is not None
    threading.Timer(0.05, hub.close).start()
    assert waiter.wait(30)
    assert hub.closing
    assert hub.enter({"a"}) is None
    hub.publish("a")  # after the end it reaches nobody, and fails nowhere
    hub.leave(waiter)


def test_topics_of_different_things_never_meet() -> None:
    topics = [
        record_topic("p", "x"),
        record_topic("x", "p"),
        platform_topic("p"),
        access_topic("p"),
        platform_topic("x"),
    ]
    assert len(set(topics)) == len(topics)

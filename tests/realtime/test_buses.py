"""Buses: what one process publishes wakes the streams of every other, and trouble on the way costs time only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import Postgres, spare_port, until
from whosthere.realtime import spool
from whosthere.realtime.hub import Bus, Hub, Waiter
from whosthere.realtime.postgres import PostgresBus
from whosthere.realtime.redis import RedisBus
from whosthere.realtime.spool import SpoolBus

Make = Callable[[], Bus]
Process = Callable[[], Hub]


@pytest.fixture(params=["spool", "postgresql", "redis"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a bus over the same medium at every call, as another process would."""
    if request.param == "spool":
        return lambda: SpoolBus(str(tmp_path / "wakeups"))
    if request.param == "redis":
        url: str = request.getfixturevalue("redis_url")
        return lambda: RedisBus(url)
    cluster: Postgres = request.getfixturevalue("postgres")
    request.getfixturevalue("postgres_url")
    return lambda: PostgresBus(f"postgresql://postgres@127.0.0.1:{cluster.port}/postgres")


@pytest.fixture
def process(make: Make) -> Iterator[Process]:
    """Makes the hub of another process at every call."""
    with ExitStack() as stack:

        def start() -> Hub:
            hub = Hub(make(), streams_max=10)
            stack.callback(hub.close)
            return hub

        yield start


def waiting(hub: Hub, *topics: str) -> Waiter:
    """Enter, and take what waking up there was while others were starting."""
    waiter = hub.enter(topics)
    assert waiter is not None
    until(hub.bus_healthy)
    while waiter.wait(0.3):
        pass
    return waiter


def test_what_is_published_anywhere_wakes_whoever_waits_for_it_everywhere(process: Process) -> None:
    one, other = process(), process()
    here, there, elsewhere = waiting(one, "a"), waiting(other, "a"), waiting(other, "b")
    one.publish("a")
    assert here.wait(0)  # at once in its own process
    assert there.wait(5)
    assert not elsewhere.wait(0.3)
    other.publish("a")
    assert here.wait(5)


def test_many_wake_ups_arrive(process: Process) -> None:
    one, other = process(), process()
    waiters = {topic: waiting(other, topic) for topic in map(str, range(5))}
    for topic in waiters:
        one.publish(topic)
    assert all(waiter.wait(5) for waiter in waiters.values())


def test_a_process_that_only_publishes_is_healthy_and_needs_no_listener(process: Process) -> None:
    one, other = process(), process()
    there = waiting(other, "a")
    assert one.bus_healthy()
    one.publish("a")
    assert there.wait(5)


def test_publishing_after_the_end_fails_nowhere(process: Process) -> None:
    hub = process()
    waiting(hub, "a")
    hub.close()
    hub.publish("a")


UNREACHABLE: dict[str, Make] = {
    "redis": lambda: RedisBus(f"redis://127.0.0.1:{spare_port()}/0"),
    "postgresql": lambda: PostgresBus(f"postgresql://x@127.0.0.1:{spare_port()}/x"),
    "spool": lambda: SpoolBus("/nowhere/at/all/wakeups"),
}


@pytest.mark.parametrize("name", ["redis", "postgresql"])
def test_a_medium_that_is_gone_costs_others_time_and_nobody_a_failure(name: str) -> None:
    hub = Hub(UNREACHABLE[name](), streams_max=10)
    waiter = hub.enter({"a"})
    assert waiter is not None
    assert not hub.bus_healthy()
    hub.publish("a")
    assert waiter.wait(0)  # its own process hears it all the same
    hub.close()


def test_a_spool_that_cannot_be_written_fails_nobody_who_publishes() -> None:
    hub = Hub(UNREACHABLE["spool"](), streams_max=10)
    hub.publish("a")
    assert not hub.bus_healthy()
    hub.close()


def test_a_spool_that_grew_too_long_is_cut_and_everybody_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SPOOL_BYTES_MAX", 200)
    path = tmp_path / "wakeups"
    one, other = (Hub(SpoolBus(str(path)), streams_max=10) for _ in range(2))
    there = waiting(other, "a")
    while path.stat().st_size <= 200:
        one.publish("a")
    while there.wait(0.5):  # until everything was read
        pass
    one.publish("something else")
    assert path.stat().st_size < 200
    assert there.wait(5)
    one.publish("a")
    assert there.wait(5)
    for hub in (one, other):
        hub.close()


def test_a_spool_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "wakeups"
    hub = Hub(SpoolBus(str(path)), streams_max=1)
    hub.publish("a")
    assert os.stat(path).st_mode & 0o777 == 0o600
    hub.close()


def test_a_listener_that_was_cut_off_comes_back_and_everybody_looks_again(postgres: Postgres) -> None:
    bus = PostgresBus(f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres")
    hub = Hub(bus, streams_max=10)
    waiter = waiting(hub, "a")
    with postgres.connect() as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
    assert waiter.wait(10)  # what was published meanwhile is unknown
    until(hub.bus_healthy)
    with postgres.connect() as connection:
        connection.execute("SELECT pg_notify('whosthere', '[\"a\"]')")
    assert waiter.wait(5)
    hub.close()

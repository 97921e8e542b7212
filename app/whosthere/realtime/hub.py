"""Who waits for what in this process.

A wake-up carries no data: whoever is woken reads the durable log from where it stopped. A wake-up that is lost costs
time, never a message. What is not worth keeping (that somebody writes at this moment) may ride on a wake-up as a
*signal*: a short text that is forgotten within seconds, and that names things without saying anything about them.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Protocol

SIGNALS_MAX = 32
SIGNAL_SECONDS = 5.0
_MARK = "#"  # stands in no topic
_READERS_MAX = 8


class Bus(Protocol):
    """Carries wake-ups between the processes of one installation."""

    def attach(self, hub: Hub) -> None:
        """Start to call `hub.wake` for whatever is published anywhere."""

    def listen(self) -> None:
        """Hear what other processes publish, from now on; called again and again, starts once."""

    def publish(self, topic: str) -> None:
        """Wake everybody who waits for `topic`, in every process; never raises."""

    def healthy(self) -> bool:
        """Whether wake-ups of other processes arrive at the moment."""

    def close(self) -> None:
        """Stop; nothing is delivered afterwards."""


class Waiter:
    """One stream's place in the hub."""

    __slots__ = ("_signals", "_unnamed", "_woken", "heard_at", "inside", "topics")

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.inside = False
        self.heard_at = 0.0
        """When the newest of the signals that were taken last came, by `time.monotonic`: after the commit."""
        self._woken = threading.Event()
        self._signals: deque[tuple[float, str]] = deque(maxlen=SIGNALS_MAX)
        self._unnamed = False

    def wake(self, signal: str = "", moment: float | None = None) -> None:
        """Wake whoever waits here; `moment` is when the wake-up reached this process."""
        if not signal or len(self._signals) == SIGNALS_MAX:
            self._unnamed = True
        if signal:
            self._signals.append((time.monotonic() if moment is None else moment, signal))
        self._woken.set()

    def unnamed(self) -> bool:
        """Whether there was a wake-up since the last call that no signal of now tells the reason of; ask this first."""
        if not self._unnamed and not (self._signals and _is_old(self._signals[0])):
            return False
        self._unnamed = False
        return True

    def signals(self) -> list[str]:
        """Take the signals that came lately, each once, oldest first."""
        found: dict[str, None] = {}
        while self._signals:
            one = self._signals.popleft()
            if not _is_old(one):
                found.pop(one[1], None)
                found[one[1]] = None
            self.heard_at = max(self.heard_at, one[0])
        return list(found)

    def wait(self, timeout_seconds: float) -> bool:
        """Wait for a wake-up; `False` when the time was over first. Wake-ups during work are not lost."""
        woken = self._woken.wait(timeout_seconds)
        self._woken.clear()
        return woken


def _is_old(signal: tuple[float, str]) -> bool:
    return time.monotonic() - signal[0] >= SIGNAL_SECONDS


class Hub:
    """All waiting streams of one process, and how many there may be."""

    def __init__(self, bus: Bus, *, streams_max: int) -> None:
        self._bus = bus
        self._streams_max = streams_max
        self._lock = threading.Lock()
        self._waiters: dict[str, set[Waiter]] = defaultdict(set)
        self._open = 0
        # What wakes a thousand streams must not leave requests without a connection to the database.
        self.turn = threading.BoundedSemaphore(_READERS_MAX)
        self.closing = False
        bus.attach(self)

    def publish(self, topic: str, signal: str = "") -> None:
        """Say that something new may be read under `topic`; call it after the commit.

        Args:
            signal: what every waiter of the topic is told besides, at most 50 characters: a batch of such wake-ups
                still fits into one notification of PostgreSQL.
        """
        self._bus.publish(f"{topic}{_MARK}{signal}" if signal else topic)

    def wake(self, topic: str) -> None:
        """Wake this process's waiters of `topic`, which may carry a signal."""
        moment = time.monotonic()
        topic, _, signal = topic.partition(_MARK)
        with self._lock:
            waiters = list(self._waiters.get(topic, ()))
        for waiter in waiters:
            waiter.wake(signal, moment)

    def wake_all(self) -> None:
        """Wake every waiter, because wake-ups may have been lost or the process ends."""
        with self._lock:
            waiters = {waiter for group in self._waiters.values() for waiter in group}
        for waiter in waiters:
            waiter.wake()

    @property
    def open_streams(self) -> int:
        """How many streams this process holds."""
        return self._open

    def bus_healthy(self) -> bool:
        """Whether wake-ups of other processes arrive at the moment."""
        return self._bus.healthy()

    def enter(self, topics: Iterable[str]) -> Waiter | None:
        """Take a place for one stream; `None` when the process is full or ends. Give it back with `leave`."""
        waiter = Waiter(frozenset(topics))
        self._bus.listen()
        with self._lock:
            if self.closing or self._open >= self._streams_max:
                return None
            waiter.inside = True
            self._open += 1
            for topic in waiter.topics:
                self._waiters[topic].add(waiter)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Give the place back; once, however often a server closes its answer."""
        with self._lock:
            if not waiter.inside:
                return
            waiter.inside = False
            self._open -= 1
            for topic in waiter.topics:
                group = self._waiters[topic]
                group.discard(waiter)
                if not group:
                    del self._waiters[topic]

    def close(self) -> None:
        """End every stream of this process soon, and take no new ones."""
        self.closing = True
        self.wake_all()
        self._bus.close()


def record_topic(platform_id: str, record_id: str) -> str:
    """What a visitor's streams wait for."""
    return f"record:{platform_id}:{record_id}"


def platform_topic(platform_id: str) -> str:
    """What agents' streams wait for: any conversation of the platform."""
    return f"platform:{platform_id}"


def access_topic(platform_id: str) -> str:
    """What every stream of a platform waits for: who may still listen may have changed."""
    return f"access:{platform_id}"


def agent_topic(agent_id: str) -> str:
    """What an agent's streams wait for: whether the agent may still listen may have changed."""
    return f"agent:{agent_id}"

"""What the buses over a network have in common: an outbox, and a thread that listens and comes back."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod

from whosthere.realtime.hub import Hub
from whosthere.realtime.outbox import Outbox

log = logging.getLogger("whosthere.realtime")

RECONNECT_SECONDS = 1.0


class RemoteBus(ABC):
    """Delivers wake-ups to every process that is connected to the same server."""

    def __init__(self, server: str, failures: tuple[type[Exception], ...]) -> None:
        self._server = server
        self._failures = failures
        self._hub: Hub | None = None
        self._outbox = Outbox(f"whosthere-to-{server}", self._send, failures)
        self._starting = threading.Lock()
        self._listener: threading.Thread | None = None
        self._listening = threading.Event()
        self._closed = threading.Event()

    def attach(self, hub: Hub) -> None:
        """Start to wake the waiters of `hub`."""
        self._hub = hub

    def listen(self) -> None:
        """Listen from now on; called when the first stream opens, and harmless afterwards."""
        with self._starting:
            if self._listener is None:
                self._listener = threading.Thread(target=self._run, name=f"whosthere-from-{self._server}", daemon=True)
                self._listener.start()
        self._listening.wait(RECONNECT_SECONDS)

    def publish(self, topic: str) -> None:
        """Wake everybody who waits for `topic`: here at once, elsewhere in a moment."""
        self._wake(topic)
        self._outbox.put(topic)

    def healthy(self) -> bool:
        """Whether wake-ups of other processes arrive; true as long as nobody waits for any."""
        return self._listener is None or self._listening.is_set()

    def close(self) -> None:
        """Send what is waiting to be sent, and stop."""
        self._outbox.close()
        self._closed.set()
        self._hub = None

    @abstractmethod
    def _send(self, topics: list[str]) -> None:
        """Hand topics to the server; raises one of the failures when it cannot."""

    @abstractmethod
    def _hear(self) -> None:
        """Connect, say so with `_heard_from`, and wake until the bus is closed; raises a failure when it breaks."""

    def _heard_from(self) -> None:
        """Wake everybody: what was published while nobody listened is unknown."""
        self._listening.set()
        if self._hub is not None:
            self._hub.wake_all()

    def _wake(self, topic: str) -> None:
        if self._hub is not None:
            self._hub.wake(topic)

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._hear()
            except self._failures as error:
                log.warning(
                    "wake-ups of other processes are lost until %s is back: %s", self._server, type(error).__name__
                )
            self._listening.clear()
            self._closed.wait(RECONNECT_SECONDS)

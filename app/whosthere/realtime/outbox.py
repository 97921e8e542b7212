"""Wake-ups on their way to other processes, sent by a thread of its own so that no request waits for it."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

log = logging.getLogger("whosthere.realtime")

RETRY_SECONDS = 1.0
WAITING_MAX = 10_000
_BATCH = 50
_CLOSE_SECONDS = 1.0


class Outbox:
    """Collects topics and hands them on in batches, each topic once a batch."""

    def __init__(self, name: str, send: Callable[[list[str]], None], failures: tuple[type[Exception], ...]) -> None:
        self._name = name
        self._send = send
        self._failures = failures
        self._waiting: queue.Queue[str | None] = queue.Queue(WAITING_MAX)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._started_by = 0
        self._closed = threading.Event()

    def put(self, topic: str) -> None:
        """Send `topic` soon. A full outbox drops it: whoever waits for it looks again by itself within seconds."""
        if self._thread is None or self._started_by != os.getpid():
            self._start()
        try:
            self._waiting.put_nowait(topic)
        except queue.Full:
            log.warning("%s: too many wake-ups are waiting; one was dropped", self._name)

    def close(self) -> None:
        """Send what is waiting, for a second at most, and stop."""
        thread = self._thread
        if thread is not None and self._started_by == os.getpid():
            with suppress(queue.Full):  # then it cannot be sent within that second anyway
                self._waiting.put_nowait(None)
            thread.join(_CLOSE_SECONDS)
        self._closed.set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or self._started_by != os.getpid():
                self._started_by = os.getpid()
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (topics := self._next()) is not None:
            while not self._closed.is_set():
                try:
                    self._send(topics)
                    break
                except self._failures as error:
                    log.warning("%s: wake-ups wait: %s", self._name, type(error).__name__)
                    self._closed.wait(RETRY_SECONDS)

    def _next(self) -> list[str] | None:
        """Wait for a topic and take along what else is waiting; `None` in the end."""
        topic = self._waiting.get()
        topics: dict[str, None] = {}
        while topic is not None:
            topics[topic] = None
            if len(topics) >= _BATCH or self._waiting.empty():
                return list(topics)
            topic = self._waiting.get()
        if topics:
            self._waiting.put(None)
        return list(topics) or None

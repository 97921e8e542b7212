"""A page with the panel open: it listens, comes back when the stream ends, and goes on where it stopped."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.outages.site import PATIENCE_SECONDS, Visitor
from tests.servers import until

_PAUSE_SECONDS = 0.5


class Listener:
    """What a page heard.

    Attributes:
        heard: the texts of the messages, in the order in which they came.
        seqs: their numbers within the conversation.
        streams: how many streams were opened, one after the other.
        refusals: the statuses of those that were not let in.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.heard: list[str] = []
        self.seqs: list[int] = []
        self.streams = 0
        self.refusals: list[int] = []
        self._visitor = visitor
        self._cursor: str | None = None
        self._over = threading.Event()

    def hears(self, *texts: str) -> None:
        """Insist that these messages come, soon; nothing may be missing before them."""
        until(lambda: self.heard[-len(texts) :] == [*texts], seconds=PATIENCE_SECONDS)

    def run(self) -> None:
        """Listen until told to stop."""
        while not self._over.is_set():
            with suppress(OSError, http.client.HTTPException):  # it is away, or has had nothing to say for long
                self._listen()
            self._over.wait(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop listening at the next sign of life."""
        self._over.set()

    def _listen(self) -> None:
        with self._visitor.listening(self._cursor) as stream:
            if stream.status != 200:
                self.refusals.append(stream.status)
                return
            self.streams += 1
            while not self._over.is_set() and (event := stream.next()) is not None:
                self._cursor = event.cursor or self._cursor
                if event.name == "message":
                    self.heard.append(event.data["message"]["body"])
                    self.seqs.append(event.data["seq"])


@contextmanager
def page_of(visitor: Visitor) -> Iterator[Listener]:
    """Keep a page of this visitor open."""
    listener = Listener(visitor)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    until(lambda: listener._cursor is not None)
    try:
        yield listener
    finally:
        listener.stop()
        thread.join(PATIENCE_SECONDS)

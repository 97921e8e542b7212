"""A client of server-sent events over a real socket (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it came; a comment has no name and no data."""

    name: str
    cursor: str
    data: Any


class Stream:
    """An open stream; whatever is awaited must come within half a minute, which is long for a busy machine, too."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = dict(response.getheaders())

    def next(self) -> Event | None:
        """Return the next event, `None` when the server has ended the stream."""
        fields: dict[str, str] = {}
        while line := self._response.readline().decode():
            if line == "\n":
                return Event(fields.get("event", ""), fields.get("id", ""), json.loads(fields.get("data", "null")))
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        return None

    def cursor(self) -> str:
        """Read the first event, which tells where the stream stands."""
        event = self.next()
        assert event is not None
        assert (event.name, event.data) == ("ready", {})
        return event.cursor

    def messages(self, count: int) -> list[str]:
        """Return the texts of the next `count` messages."""
        found: list[str] = []
        while len(found) < count:
            event = self.next()
            assert event is not None, f"the stream ended after {found}"
            if event.name == "message":
                found.append(event.data["message"]["body"])
        return found

    def ends(self) -> bool:
        """Whether the server ends the stream, before which no message may come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (event := self.next()) is not None:
            assert event.name != "message", event
            if time.monotonic() > deadline:
                return False
        return True

    def problem(self) -> Any:
        """Return the problem document of a refused stream."""
        return json.loads(self._response.read())


@contextmanager
def listening(port: int, path: str, headers: dict[str, str]) -> Iterator[Stream]:
    """Open a stream, and leave it when the block ends."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    try:
        yield Stream(response)
    finally:
        response.close()
        connection.close()

"""How requests come in: when one has arrived as a whole, and how long anybody may take (docs/operating.md, "Limits").

gunicorn trusts whoever it talks to: it reads and writes until the client is done, however long that takes. These are
the limits that both of our workers (`threads.py`, `greenlets.py`) put around it.
"""

from __future__ import annotations

import re
import socket
import time
from enum import Enum

READ_SECONDS = 10.0
"""How long a client may take to send a request that is kept in memory, from its first byte to its last."""
LARGE_READ_SECONDS = 60.0
"""The same for a body that is larger than that."""
WRITE_SECONDS = 30.0
"""How long one piece of an answer may wait for a client that does not read."""
HEAD_BYTES_MAX = 64 * 1024
BODY_BYTES_MAX = 288 * 1024
"""What is kept in memory of a body: a little more than most calls accept, so that they are who refuses it."""
SEND_BUFFER_BYTES = 128 * 1024

_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,15})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_ENCODED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_EXPECTS = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_LAST_CHUNK = re.compile(rb"0+(?:[ \t]*;.*)?")
_TRAILERS_BYTES_MAX = 4096
_END_OF_HEAD = b"\r\n\r\n"


class Arrival(Enum):
    """How much of a request is there."""

    UNDER_WAY = "more has to come before it can be answered"
    COMPLETE = "it can be answered without waiting for the client"
    LARGE = "whoever answers it has to read the rest of its body"
    HEAD_TOO_LARGE = "nobody will answer it"
    BODY_TOO_LARGE = "nobody will answer it, either"
    TOO_MANY = "as many large ones as may be are being answered already"


def look(received: bytes | bytearray) -> Arrival:
    """Say how much of a request is there; one that is malformed counts as complete, the parser refuses it."""
    end = received.find(_END_OF_HEAD, 0, HEAD_BYTES_MAX)
    if end < 0:
        return Arrival.UNDER_WAY if len(received) < HEAD_BYTES_MAX else Arrival.HEAD_TOO_LARGE
    head, start = bytes(received[: end + 2]), end + len(_END_OF_HEAD)
    lengths = _LENGTH.findall(head)
    if _ENCODED.search(head):
        return Arrival.COMPLETE if lengths else _look_at_chunks(received, start)
    length = int(lengths[0]) if lengths else 0
    if length > BODY_BYTES_MAX:
        return Arrival.LARGE
    return Arrival.COMPLETE if len(received) - start >= length else Arrival.UNDER_WAY


def _look_at_chunks(received: bytes | bytearray, start: int) -> Arrival:
    cut = max(start, len(received) - _TRAILERS_BYTES_MAX)
    if received.endswith(_END_OF_HEAD, cut):
        # RFC 9112 §7.1: the last chunk has no bytes; trailers may follow, and an empty line ends it all. Looked for
        # line by line: this runs for every packet of everybody, and no body may make it take long.
        lines = bytes(received[cut : -len(_END_OF_HEAD)]).rpartition(_END_OF_HEAD)[2].split(b"\r\n")
        if any(map(_LAST_CHUNK.fullmatch, lines)):
            return Arrival.COMPLETE
    return Arrival.UNDER_WAY if len(received) - start <= BODY_BYTES_MAX else Arrival.BODY_TOO_LARGE


def waits_for_consent(received: bytes | bytearray) -> bool:
    """Whether the client sends its body only after a `100 Continue` (RFC 9110 §10.1.1)."""
    end = received.find(_END_OF_HEAD)
    return end >= 0 and len(received) == end + len(_END_OF_HEAD) and _EXPECTS.search(received, 0, end + 2) is not None


class Source:
    """A client's socket to read from, until a deadline.

    Attributes:
        deadline: by the monotonic clock; `None` for the socket's own patience.
    """

    __slots__ = ("_socket", "deadline")

    def __init__(self, client: socket.socket) -> None:
        self._socket = client
        self.deadline: float | None = None

    def recv(self, size: int) -> bytes:
        """Read what there is.

        Raises:
            TimeoutError: the deadline has passed.
        """
        if self.deadline is None:
            return self._socket.recv(size)
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the client takes too long to send its request")
        patience = self._socket.gettimeout()
        self._socket.settimeout(remaining)
        try:
            return self._socket.recv(size)
        finally:
            self._socket.settimeout(patience)


def bound(client: socket.socket) -> None:
    """Let the kernel keep little for a client that does not read, and give one up that does not answer."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if client.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_USER_TIMEOUT"):
        # RFC 5482. Without it Linux goes on for a quarter of an hour, and a stream keeps its place.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(WRITE_SECONDS * 1000))

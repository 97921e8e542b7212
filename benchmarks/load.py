"""The load: prebuilt requests over kept-alive sockets, from a process of its own, so that asking costs little."""

from __future__ import annotations

import itertools
import multiprocessing
import select
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

CONNECTIONS = 8
_RECEIVE_BYTES = 1 << 16
_TIMEOUT_SECONDS = 20
_NUMBERS_PER_TURN = 10_000_000
NUMBER = b"#number-here"
_DIGITS = b"%012d"  # as many characters, so that the length of a body stays


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to be sent.

    Attributes:
        raw: head and body.
        numbered: whether `raw` holds `NUMBER`, which becomes another number each time.
        others: what further connections send instead, one after the other; nothing when all send the same.
    """

    raw: bytes
    numbered: bool = False
    others: tuple[bytes, ...] = ()

    def of(self, place: int) -> bytes:
        """Return what the connection in this place sends."""
        return (self.raw, *self.others)[place % (1 + len(self.others))]


@dataclass(frozen=True, slots=True)
class Sample:
    """What a turn of load found.

    Attributes:
        per_second: answers a second.
        latencies: seconds from the request to its complete answer, sorted.
    """

    per_second: float
    latencies: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Return the seconds that `share` of all answers stayed within."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def request(method: str, path: str, *, body: str | None = None, **headers: str) -> bytes:
    """Build the bytes of a request; header names are spelled with underscores."""
    lines = [f"{method} {path} HTTP/1.1", "Host: chat.example.com"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode()


def is_complete(answer: bytes) -> bool:
    """Whether a whole answer has arrived.

    Raises:
        RuntimeError: it is not a success.
    """
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    if not head.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(answer.decode(errors="replace")[:600])
    _, _, rest = head.lower().partition(b"content-length:")
    return len(body) >= int(rest.split(b"\r\n", 1)[0])


def fetch(port: int, raw: bytes) -> bytes:
    """Send one request and return the body of its answer."""
    with socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS) as connection:
        connection.sendall(raw)
        answer = b""
        while not is_complete(answer):
            answer += _receive(connection)
    return answer.partition(b"\r\n\r\n")[2]


def drive(port: int, wanted: Request, seconds: float, first_number: int) -> Sample:
    """Keep one request under way on every connection, for some seconds."""
    with ExitStack() as stack:
        address = ("127.0.0.1", port)
        sockets = [stack.enter_context(socket.create_connection(address, _TIMEOUT_SECONDS)) for _ in range(CONNECTIONS)]
        return _Turn(sockets, wanted, first_number).run(seconds)


class _Turn:
    def __init__(self, sockets: list[socket.socket], wanted: Request, first_number: int) -> None:
        self._sockets = {each.fileno(): each for each in sockets}
        self._raw = {each.fileno(): wanted.of(place) for place, each in enumerate(sockets)}
        self._numbered = wanted.numbered
        self._numbers = itertools.count(first_number)
        self._sent_at: dict[int, float] = {}
        self._received: dict[int, bytes] = {}
        self._latencies: list[float] = []

    def run(self, seconds: float) -> Sample:
        poll = select.epoll()
        started = time.perf_counter()
        for number in self._sockets:
            poll.register(number, select.EPOLLIN)
            self._send(number)
        while self._received:
            ready = poll.poll(_TIMEOUT_SECONDS)
            if not ready:
                raise RuntimeError(f"no answer within {_TIMEOUT_SECONDS} s")
            for number, _ in ready:
                self._receive(number, until=started + seconds)
        took = time.perf_counter() - started
        poll.close()
        return Sample(len(self._latencies) / took, tuple(sorted(self._latencies)))

    def _send(self, number: int) -> None:
        raw = self._raw[number]
        if self._numbered:
            raw = raw.replace(NUMBER, _DIGITS % next(self._numbers))
        self._received[number] = b""
        self._sent_at[number] = time.perf_counter()
        self._sockets[number].sendall(raw)

    def _receive(self, number: int, *, until: float) -> None:
        self._received[number] += _receive(self._sockets[number])
        if is_complete(self._received[number]):
            now = time.perf_counter()
            self._latencies.append(now - self._sent_at[number])
            if now < until:
                self._send(number)
            else:
                del self._received[number]


def _receive(connection: socket.socket) -> bytes:
    part = connection.recv(_RECEIVE_BYTES)
    if not part:
        raise RuntimeError("the server closed the connection")
    return part


class Client:
    """A process that makes load when told to."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self._turns = itertools.count(1)

    def measure(self, port: int, wanted: Request, seconds: float) -> Sample:
        """Return what one turn of load found."""
        return self._pool.submit(drive, port, wanted, seconds, next(self._turns) * _NUMBERS_PER_TURN).result()


@contextmanager
def client() -> Iterator[Client]:
    """Run a client process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield Client(pool)

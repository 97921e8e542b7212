"""The worker for SQLite: one thread reads everybody's requests, and others answer those that have arrived.

gunicorn's own worker gives a thread to whoever connects; sixty-four clients that send half a line and fall silent would
hold them all. Here a client costs a thread from the moment its request is complete, and no longer than
`intake.WRITE_SECONDS` after the last byte it was willing to take.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.http import get_parser
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import ThreadWorker

from whosthere.cli import intake
from whosthere.cli.intake import Arrival

_LINGER_SECONDS = 2.0
_PIECE_BYTES = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REFUSALS = {
    Arrival.HEAD_TOO_LARGE: (431, "Request Header Fields Too Large"),
    Arrival.BODY_TOO_LARGE: (413, "Content Too Large"),
    Arrival.TOO_MANY: (503, "Service Unavailable"),
}
_NOBODY_THERE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EINTR)
_TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)


class Client:
    """A connection, and what came over it so far.

    Attributes:
        received: the bytes of a request that is not complete yet.
        deadline: when to hang up, by the monotonic clock, while nobody answers.
    """

    def __init__(self, config: Any, connected: socket.socket, address: Any, server: Any) -> None:
        self.sock = connected
        self.client = address
        self.server = server
        self.source = intake.Source(connected)
        self.parser = get_parser(config, self.source, address)
        self.received = bytearray()
        self.deadline = 0.0

    def close(self) -> None:
        """Hang up."""
        util.close(self.sock)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker, with its reading and hanging up replaced."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: dict[Client, None] = {}
        self._large: set[Client] = set()
        # Of the threads that no stream takes (`plan.py`) some have to be left for everybody else.
        self._large_max = max(1, self.cfg.threads // 8)

    def accept(self, listener: Any) -> None:
        """Take a new connection."""
        try:
            connected, address = listener.accept()
        except OSError as error:
            if error.errno in _TOO_MANY_FILES:
                self._hang_up_on_the_oldest()
            elif error.errno not in _NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        intake.bound(connected)
        connected.setblocking(False)
        client = Client(self.cfg, connected, address, listener.getsockname())
        self._wait(client, intake.READ_SECONDS, self._receive)

    def finish_request(self, client: Client, answered: Any) -> None:
        """Go on with a connection whose request was answered."""
        self._large.discard(client)
        if answered.cancelled() or answered.exception() is not None or not answered.result():
            self._linger(client)
            return
        client.sock.setblocking(False)
        client.received = bytearray(client.parser.unreader.take_buffered())
        self._wait(client, intake.READ_SECONDS if client.received else self.cfg.keepalive, self._receive)
        self._go_on(client)

    def handle(self, client: Client) -> bool:
        """Answer one request, in a thread; return whether the connection may be used again."""
        client.sock.settimeout(intake.WRITE_SECONDS)
        request = None
        try:
            request = next(client.parser)
            usable = self.handle_request(request, client)
            client.source.deadline = 0.0  # what was not read of a large body by now is not worth a thread
            return bool(usable and client.parser.finish_body())
        except (NoMoreData, StopIteration) as end:
            self.log.debug("Closing connection. %s", end)
        except OSError as error:
            self.log.debug("The client is gone or takes too long: %s", error)
        except Exception as error:
            self.handle_error(request, client.sock, client.client, error)
        return False

    def murder_keepalived(self, force: bool = False) -> None:
        """Hang up on everybody whose time is over; gunicorn asks for it every second."""
        now = time.monotonic()
        for client in [client for client in self._waiting if force or client.deadline <= now]:
            if client.received:
                self._refuse(client, 408, "Request Timeout")
            self._hang_up(client)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let nobody wait beyond a deadline, because the worker stops."""
        for client in self._waiting:
            client.deadline = min(client.deadline, deadline)

    def _wait(self, client: Client, seconds: float, then: Callable[[Client, Any], None]) -> None:
        client.deadline = time.monotonic() + seconds
        self._waiting[client] = None
        self.poller.register(client.sock, EVENT_READ, partial(then, client))

    def _receive(self, client: Client, _: Any) -> None:
        """Take what came; a complete request goes to a thread."""
        piece = self._read(client)
        if not piece:
            return
        if not client.received:
            client.deadline = time.monotonic() + intake.READ_SECONDS
        client.received += piece
        self._go_on(client)

    def _go_on(self, client: Client) -> None:
        """Do with a waiting client what can be done now."""
        arrival = intake.look(client.received)
        if arrival is Arrival.LARGE and len(self._large) >= self._large_max:
            arrival = Arrival.TOO_MANY
        if arrival in _REFUSALS:
            self._refuse(client, *_REFUSALS[arrival])
            self._forget(client)
            self._linger(client)
        elif arrival is Arrival.LARGE:
            self._large.add(client)
            self._forget(client)
            self._answer(client, intake.LARGE_READ_SECONDS)
        elif arrival is Arrival.COMPLETE:
            self._forget(client)
            self._answer(client, 0)
        elif intake.waits_for_consent(client.received):
            with suppress(OSError):
                client.sock.send(_CONTINUE)

    def _answer(self, client: Client, read_seconds: float) -> None:
        client.source.deadline = time.monotonic() + read_seconds
        client.parser.unreader.unread(bytes(client.received))
        client.received.clear()
        answer = self.tpool.submit(self.handle, client)
        answer.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, client, done))

    def _refuse(self, client: Client, status: int, reason: str) -> None:
        client.received.clear()
        with suppress(OSError):
            util.write_error(client.sock, status, reason, reason)

    def _linger(self, client: Client) -> None:
        """Say that nothing more comes, and drop what the client still sends: RFC 9112 §9.6."""
        try:
            client.sock.setblocking(False)
            client.sock.shutdown(socket.SHUT_WR)
            self._wait(client, _LINGER_SECONDS, self._drop)
        except OSError:
            self._hang_up(client)

    def _drop(self, client: Client, _: Any) -> None:
        self._read(client)

    def _read(self, client: Client) -> bytes:
        """Read what there is; hang up on a client that has nothing more to say."""
        try:
            piece: bytes = client.sock.recv(_PIECE_BYTES)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError:
            piece = b""
        if not piece:
            self._hang_up(client)
        return piece

    def _forget(self, client: Client) -> None:
        if client in self._waiting:
            del self._waiting[client]
            self.poller.unregister(client.sock)

    def _hang_up(self, client: Client) -> None:
        self._forget(client)
        self.nr_conns -= 1
        client.close()

    def _hang_up_on_the_oldest(self) -> None:
        for client in self._waiting:
            self._hang_up(client)
            return

"""Clients that are slow on purpose, or vanish, cost the others nothing and are dropped."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.serving import WIDGET
from tests.files import described
from tests.outages.conftest import Serve
from tests.outages.site import PATIENCE_SECONDS, Site, Visitor
from tests.people import ADA, BOB
from tests.servers import until
from whosthere.cli.intake import WRITE_SECONDS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CROWD = 200
HALF_OPEN = {
    "nothing at all": b"",
    "half a request line": b"GET /api/v1/wid",
    "half a head": b"POST /api/v1/widget/boot HTTP/1.1\r\nHost: chat.example\r\nX-",
    "no body": b"POST /api/v1/widget/boot HTTP/1.1\r\nHost: chat.example\r\nContent-Type: application/json\r\n"
    b"Origin: https://shop.example.com\r\nContent-Length: 900\r\n\r\n",
    "half a body": b"POST /api/v1/widget/boot HTTP/1.1\r\nHost: chat.example\r\nContent-Type: application/json\r\n"
    b'Origin: https://shop.example.com\r\nContent-Length: 900\r\n\r\n{"platformId":',
    "half a chunk": b"POST /api/v1/widget/boot HTTP/1.1\r\nHost: chat.example\r\nContent-Type: application/json\r\n"
    b"Origin: https://shop.example.com\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
    "a body that is refused": b"POST /api/v1/widget/boot HTTP/1.1\r\nHost: chat.example\r\n"
    b"Content-Type: application/json\r\nContent-Length: 9000000\r\n\r\n{",
    "an answer to which nobody hangs up": b"GET /healthz HTTP/1.0\r\n\r\n",
}


@contextmanager
def crowd(port: int) -> Iterator[list[socket.socket]]:
    """Two hundred connections that say one of these things each, and then nothing."""
    with ExitStack() as stack:
        clients = []
        for says in [*HALF_OPEN.values()] * (CROWD // len(HALF_OPEN)):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
            client.sendall(says)
            clients.append(client)
        yield clients


def everything(client: socket.socket) -> bytes:
    """Read until the server hangs up."""
    received = bytearray()
    while True:
        try:
            piece = client.recv(65536)
        except ConnectionResetError:
            break
        if not piece:
            break
        received += piece
    return bytes(received)


def chat(site: Site) -> None:
    """Do what an ordinary visitor does; every answer has to come within twenty seconds."""
    visitor = site.boot(BOB).start()
    with visitor.listening() as stream:
        stream.cursor()
        assert visitor.post("Is anybody served?")[0] in (200, 201)
        assert stream.messages(1) == ["Is anybody served?"]


def test_two_hundred_half_open_connections_keep_nobody_from_being_served(cli: CommandLine, serve: Serve) -> None:
    site = serve(cli, "--threads", "16")  # fewer than there are clients of each kind
    with crowd(site.server.port) as clients:
        chat(site)
        for client in clients:
            everything(client)  # the server hangs up on every one of them
    assert "Traceback" not in site.server.said


def fill(visitor: Visitor, count: int) -> int:
    """Post long messages, all of which have to be stored; return how many bytes of events they make."""
    text = "€" * 9_990
    for number in range(count):
        assert visitor.post(f"{text} {number}", f"long {number}")[0] == 201
    return count * 6 * len(text)


def test_a_stream_nobody_reads_fills_a_small_buffer_and_is_dropped(cli: CommandLine, serve: Serve) -> None:
    site = serve(cli, WHOSTHERE_METRICS="true")
    visitor = site.boot(ADA).start()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(PATIENCE_SECONDS)
        client.connect(("127.0.0.1", site.server.port))
        lines = [f"{name}: {value}" for name, value in visitor.headers.items()]
        client.sendall("\r\n".join([f"GET {WIDGET}/stream HTTP/1.1", "Host: chat.example", *lines, "", ""]).encode())
        assert client.recv(12) == b"HTTP/1.1 200"
        until(lambda: site.open_streams() == 1)
        posted = fill(visitor, 60)
        chat(site)  # nobody else waits for it
        until(lambda: client.recv(1) and site.open_streams() == 0, seconds=PATIENCE_SECONDS, every_seconds=1)
        assert len(everything(client)) < posted / 2
    assert "Traceback" not in site.server.said
    with visitor.listening() as stream:
        stream.cursor()  # there is a place again


def test_a_stream_whose_client_vanishes_gives_its_place_back(cli: CommandLine, serve: Serve) -> None:
    site = serve(cli, WHOSTHERE_METRICS="true")
    visitor = site.boot(ADA)
    with ExitStack() as stack:
        for _ in range(5):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", site.server.port)))
            lines = [f"{name}: {value}" for name, value in visitor.headers.items()]
            head = "\r\n".join([f"GET {WIDGET}/stream HTTP/1.1", "Host: chat.example", *lines, "", ""])
            client.sendall(head.encode())
            assert client.recv(12) == b"HTTP/1.1 200"
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(lambda: site.open_streams() == 0, seconds=PATIENCE_SECONDS, every_seconds=0.5)
    assert "Traceback" not in site.server.said


def test_clients_that_do_not_take_what_they_fetch_hold_some_threads_and_not_all(cli: CommandLine, serve: Serve) -> None:
    site = serve(cli, "--threads", "16")
    visitor = site.boot(ADA)
    with closing(site.server.connect()) as connection:
        headers = visitor.headers | described("text/plain")
        connection.request("POST", f"{WIDGET}/attachments", b"a" * 9_000_000, headers)
        answer = connection.getresponse()
        assert answer.status == 201
        url = f"{WIDGET}/attachments/{json.load(answer)['id']}"
    lines = [f"{name}: {value}" for name, value in visitor.headers.items()]
    head = "\r\n".join([f"GET {url} HTTP/1.1", "Host: chat.example", *lines, "", ""]).encode()
    with ExitStack() as stack:
        for _ in range(32):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", site.server.port)))
            client.sendall(head)
        began = time.monotonic()
        chat(site)
        assert time.monotonic() - began < WRITE_SECONDS / 2  # which is when they are dropped
    assert "Traceback" not in site.server.said

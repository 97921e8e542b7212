"""A request costs a thread when it has arrived as a whole, and a client may take so long and no longer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosthere.cli import intake
from whosthere.cli.intake import Arrival, look

HEAD = b"POST /boot HTTP/1.1\r\nHost: chat.example\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def with_length(length: object, body: bytes = b"") -> bytes:
    return HEAD + f"Content-Length: {length}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("received", "arrival"),
    [
        (b"", Arrival.UNDER_WAY),
        (b"GET / HT", Arrival.UNDER_WAY),
        (HEAD, Arrival.UNDER_WAY),
        (HEAD + b"\r\n", Arrival.COMPLETE),
        (b"\r\n\r\n", Arrival.COMPLETE),
        (b"nonsense\r\n\r\n", Arrival.COMPLETE),
        (with_length(5, b"1234"), Arrival.UNDER_WAY),
        (with_length(5, b"12345"), Arrival.COMPLETE),
        (with_length(5, b"12345GET /"), Arrival.COMPLETE),
        (with_length(0), Arrival.COMPLETE),
        (with_length("five"), Arrival.COMPLETE),
        (with_length(intake.BODY_BYTES_MAX, b"1"), Arrival.UNDER_WAY),
        (with_length(intake.BODY_BYTES_MAX + 1), Arrival.LARGE),
        (CHUNKED, Arrival.UNDER_WAY),
        (CHUNKED + b"3\r\nabc\r\n", Arrival.UNDER_WAY),
        (CHUNKED + b"3\r\nabc\r\n0\r\n", Arrival.UNDER_WAY),
        (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", Arrival.COMPLETE),
        (CHUNKED + b"0\r\n\r\n", Arrival.COMPLETE),
        (CHUNKED + b"3\r\nabc\r\n0;last\r\nX-A: b\r\n\r\n", Arrival.COMPLETE),
        (CHUNKED + b"a" * (intake.BODY_BYTES_MAX + 1), Arrival.BODY_TOO_LARGE),
        (HEAD + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n", Arrival.COMPLETE),
        (b"GET /" + b"x" * intake.HEAD_BYTES_MAX, Arrival.HEAD_TOO_LARGE),
    ],
)
def test_how_much_of_a_request_is_there(received: bytes, arrival: Arrival) -> None:
    assert look(received) is arrival


@given(body=st.binary(max_size=200), cut=st.integers(0, 300))
def test_no_part_of_a_request_passes_for_the_whole(body: bytes, cut: int) -> None:
    whole = with_length(len(body), body)
    assert look(whole) is Arrival.COMPLETE
    assert look(whole[: min(cut, len(whole) - 1)]) is Arrival.UNDER_WAY


@pytest.mark.parametrize("line", [b"0\r\n", b"0;\r\n", b"00", b"0 \t"])
@pytest.mark.parametrize("end", [b"x", b"\r\n\r\n\r\n"])
def test_no_body_makes_it_slow_to_look(line: bytes, end: bytes) -> None:
    """One thread looks at everybody's requests, after every packet: a hostile body must not keep it from the others."""
    received = CHUNKED + b"1\r\n" + line * 4000 + end
    spent = time.thread_time()
    for _ in range(50):
        look(received)
    assert time.thread_time() - spent < 1.0  # it takes a hundredth of that


@pytest.mark.parametrize(
    ("received", "waits"),
    [
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", True),
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n1", False),
        (HEAD + b"Expect: 100-continue\r\n", False),
        (with_length(5), False),
    ],
)
def test_a_client_may_wait_for_consent(received: bytes, waits: bool) -> None:
    assert intake.waits_for_consent(received) is waits


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of a connection: ours and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        ours, _ = listener.accept()
        with ours:
            yield ours, client


def test_reading_ends_at_the_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, client = pair
    ours.settimeout(60)
    source = intake.Source(ours)
    client.sendall(b"ab")
    assert source.recv(1) == b"a"
    source.deadline = time.monotonic() + 60
    assert source.recv(1) == b"b"
    source.deadline = time.monotonic() + 0.05
    with pytest.raises(TimeoutError):
        source.recv(1)
    client.sendall(b"too late")
    source.deadline = 0.0
    with pytest.raises(TimeoutError):
        source.recv(1)
    assert ours.gettimeout() == 60


def test_the_kernel_keeps_little_and_gives_up_on_who_does_not_answer(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = pair
    intake.bound(ours)
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * intake.SEND_BUFFER_BYTES  # Linux doubles it
    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 1000 * intake.WRITE_SECONDS

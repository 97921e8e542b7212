"""Broken HTTP at the real server: it is refused or hung up on, never a fault of ours, and the next one is served."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.serving import Serving, serving
from tests.conftest import ENCRYPTION_KEY

pytestmark = pytest.mark.slow

FUZZING = settings(max_examples=80, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
PATIENCE_SECONDS = 60
STATUS = re.compile(rb"^HTTP/1\.[01] ([0-9]{3})", re.MULTILINE)
HOST = b"Host: 127.0.0.1\r\n"
BOOT = b"POST /api/v1/widget/boot HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST
BROKEN = {
    "nothing": b"",
    "no words": b"\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "one word": b"GET\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "a version to come": b"GET /healthz HTTP/9.9\r\n" + HOST + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method of its own": b"F\x00O /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long method": b"A" * 10_000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a NUL in the path": b"GET /health\x00z HTTP/1.1\r\n" + HOST + b"\r\n",
    "an escaped NUL in the path": b"GET /%00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "no text in the path": b"GET /\xff\xfe%ff HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a climb": b"GET /../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "another site's address": b"GET http://evil.example/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /agent/login HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a host that is none": b"GET /agent/login HTTP/1.1\r\nHost: a b/c?d\x01\r\n\r\n",
    "a header without a colon": HEALTH + b"Nonsense\r\n\r\n",
    "a header without a name": HEALTH + b": x\r\n\r\n",
    "a folded header": HEALTH + b"X-A: a\r\n b\r\n\r\n",
    "a space before the colon": HEALTH + b"Content-Length : 5\r\n\r\nhello",
    "a NUL in a header": HEALTH + b"X-A: a\x00b\r\n\r\n",
    "a bare carriage return": HEALTH + b"X-A: a\rX-B: b\r\n\r\n",
    "bare line feeds": b"GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n",
    "a huge header": HEALTH + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n",
    "a huge cookie": b"GET /agent/login HTTP/1.1\r\n" + HOST + b"Cookie: " + b"a=b; " * 1_500 + b"\r\n\r\n",
    "headers without end": HEALTH + b"X-A: a\r\n" * 5_000 + b"\r\n",
    "headers that break off": HEALTH + b"X-A: a",
    "a length that is no number": BOOT + b"Content-Length: many\r\n\r\n{}",
    "a length below zero": BOOT + b"Content-Length: -5\r\n\r\n{}",
    "a length with a sign": BOOT + b"Content-Length: +2\r\n\r\n{}",
    "a length in other digits": BOOT + b"Content-Length: \xd9\xa3\r\n\r\n{}",
    "a length without end": BOOT + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}",
    "a length that is too long": BOOT + b"Content-Length: 99999999999\r\n\r\n{}",
    "a body that breaks off": BOOT + b"Content-Length: 100\r\n\r\n{",
    "two lengths": BOOT + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
    "a length and chunks": BOOT + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks twice": BOOT + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks in disguise": BOOT + b"Transfer-Encoding: \x0bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks of no size": BOOT + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks below zero": BOOT + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "chunks of endless size": BOOT + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 400 + b"\r\n{}",
    "chunks that break off": BOOT + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    "chunks that go on": BOOT + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}garbage\r\n0\r\n\r\n",
    "chunks of more than a body may have": BOOT
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + b"10000\r\n%s\r\n" % (b" " * 0x10000) * 6
    + b"0\r\n\r\n",
    "an old client with chunks": BOOT.replace(b"1.1", b"1.0")
    + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "an expectation": BOOT + b"Content-Length: 2\r\nExpect: 300-maybe\r\n\r\n{}",
    "an upgrade": HEALTH + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
    "a forged client": HEALTH
    + b"X-Forwarded-For: \xff\xfe, ;;,\r\nX-Forwarded-Proto: gopher\r\nForwarded: for=\r\n\r\n",
    "half of the next one": HEALTH + b"\r\nGET /heal",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """`whosthere serve`, once on each kind of database: their workers differ."""
    folder = tmp_path_factory.mktemp("serve")
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('_sqlite_template'), folder / 'whosthere.sqlite3')}"
    else:
        cluster, template = request.getfixturevalue("postgres"), request.getfixturevalue("_postgres_template")
        url = cluster.create(f"sockets_{folder.name}", template=template)
    environ = {
        "WHOSTHERE_DATABASE_URL": url,
        "WHOSTHERE_INSTANCE_PATH": str(folder / "instance"),
        "WHOSTHERE_SECRET_KEY": "a key that signs the sessions of the tests",
        "WHOSTHERE_ENCRYPTION_KEYS": ENCRYPTION_KEY,
    }
    with serving(environ, folder / "server", "--workers", "1") as running:
        yield running


def say(server: Serving, content: bytes) -> list[int]:
    """Send bytes, hang up on our side, and return the statuses of what was answered before the server hung up."""
    answer = b""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)) as connection:
        with suppress(OSError):  # it need not listen to the end
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while piece := connection.recv(65_536):
                answer += piece
    return [int(status) for status in STATUS.findall(answer)]


def check(server: Serving, content: bytes) -> None:
    """Nothing that was answered is a fault of ours, and whoever comes next is served."""
    statuses = say(server, content)
    # A transfer coding that is not understood is answered with 501 (RFC 9112 §6.1).
    assert all(status < 500 or status == 501 for status in statuses), statuses
    assert server.ask("GET", "/healthz") == (200, {"status": "ok"})


@pytest.mark.parametrize("content", BROKEN.values(), ids=list(BROKEN))
def test_broken_http_is_refused_or_hung_up_on(server: Serving, content: bytes) -> None:
    check(server, content)


def test_the_faults_of_others_leave_no_trace_of_ours(server: Serving) -> None:
    for content in BROKEN.values():
        say(server, content)
    assert "Traceback" not in server.said


GOOD = [
    HEALTH + b"\r\n",
    BOOT + b'Content-Length: 17\r\n\r\n{"platformId":""}',
    BOOT + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"POST /agent/login HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nemail=a",
]
WOUNDS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20), st.binary(max_size=12)), min_size=1, max_size=4)


@FUZZING
@given(content=st.sampled_from(GOOD), wounds=WOUNDS)
def test_requests_with_wounds_are_answered_or_hung_up_on(
    server: Serving, content: bytes, wounds: list[tuple[int, int, bytes]]
) -> None:
    for at, length, piece in wounds:
        begin = at % (len(content) + 1)
        content = content[:begin] + piece + content[begin + length :]
    check(server, content)

"""`serve` starts only on a schema at head, keeps requests and streams apart, and ends within seconds."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, variables
from tests.cli.serving import WIDGET, bearer, serving, start
from tests.people import ADA, SECRET
from tests.servers import until
from whosthere.cli.plan import Plan


def new_platform(cli: CommandLine) -> str:
    platform = cli.json("platform", "create", "Harbour Shop", "--origin", "https://shop.example.com")
    cli.done("key", "new", platform["platformId"], "--name", "known", "--secret-stdin", stdin=SECRET)
    return str(platform["platformId"])


def test_it_refuses_a_schema_that_is_not_at_head(empty: CommandLine, tmp_path: Path) -> None:
    with start(empty.environ, tmp_path / "server", "serve", "--port", "0") as process:
        assert process.wait(30) == 1
    said = (tmp_path / "server" / "stderr").read_text()
    assert "whosthere db upgrade, or start with --migrate" in said


def test_with_migrate_it_upgrades_answers_and_ends(empty: CommandLine, tmp_path: Path) -> None:
    with serving(empty.environ, tmp_path / "server", "--migrate") as server:
        assert server.ask("GET", "/readyz")[0] == 200
        assert server.stop() == 0
    assert empty.json("db", "status")["atHead"] is True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_open_streams_do_not_keep_it_from_ending(cli: CommandLine, tmp_path: Path, number: signal.Signals) -> None:
    platform_id = new_platform(cli)
    with serving(cli.environ, tmp_path / "server") as server, ExitStack() as stack:
        session = server.boot({"platformId": platform_id, **ADA.proven()})
        streams = [stack.enter_context(server.stream(session)) for _ in range(3)]
        assert server.stop(number) == 0
        for stream in streams:
            stream.read()  # to its end: the server closed it


def test_a_message_reaches_a_stream_in_whichever_process_it_was_posted(cli: CommandLine, tmp_path: Path) -> None:
    platform_id = new_platform(cli)
    with serving(cli.environ, tmp_path / "server", "--workers", "2") as server:
        session = server.boot({"platformId": platform_id, **ADA.proven()})
        with ExitStack() as stack:
            streams = [stack.enter_context(server.stream(session)) for _ in range(4)]
            body = {"text": "Ahoy from here?", "clientMessageId": "first"}
            assert server.ask("POST", f"{WIDGET}/conversations", body, **bearer(session))[0] == 201
            for stream in streams:
                assert any(b"Ahoy from here?" in line for line in iter(stream.readline, b""))
        assert server.stop() == 0


def test_streams_never_take_the_last_threads(lite: CommandLine, tmp_path: Path) -> None:
    platform_id = new_platform(lite)
    with serving(lite.environ, tmp_path / "server", "--threads", "4") as server, ExitStack() as stack:
        session = server.boot({"platformId": platform_id, **ADA.proven()})
        for _ in range(2):
            stack.enter_context(server.stream(session))
        status, problem = server.ask("GET", f"{WIDGET}/stream", **bearer(session))
        assert (status, problem["code"]) == (503, "streams_unavailable")
        assert server.ask("GET", "/healthz")[0] == 200


def test_the_access_log_holds_no_query_no_secret_and_no_forged_line(lite: CommandLine, tmp_path: Path) -> None:
    with serving(lite.environ, tmp_path / "server") as server:
        server.ask("GET", "/healthz?token=hunter2", **bearer("hunter3"))
        server.ask("GET", '/nowhere%0aforged%20"line', Referer="https://shop.example.com/?hunter4")
        until(lambda: "forged" in server.access_log)
        log = server.access_log
    assert '"GET /healthz HTTP/1.1" 200' in log
    assert '"GET /nowhere%0aforged%20\\"line HTTP/1.1" 404' in log
    assert "hunter" not in log


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(100)) + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_requests_out_of_bounds_are_refused(sane_server: int, request_bytes: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", sane_server), timeout=10) as connection:
        connection.sendall(request_bytes)
        answer = connection.recv(100)
    assert answer.startswith(b"HTTP/1.1 %d " % status)


@pytest.fixture(scope="module")
def sane_server(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The port of a server that several tests may ask."""
    folder = tmp_path_factory.mktemp("sane")
    with serving({"WHOSTHERE_INSTANCE_PATH": str(folder)}, folder / "server", "--migrate") as server:
        yield server.port


# -- what is decided before the server starts ----------------------------------------------------------------------


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What would have been served, instead of serving it."""
    made: list[Plan] = []

    def instead(_: str, arguments: Sequence[str]) -> None:
        made.append(Plan.of_text(arguments[-1]))

    monkeypatch.setattr(os, "execv", instead)
    return made


def test_sqlite_is_served_by_threads_and_postgresql_by_greenlets(cli: CommandLine, plans: list[Plan]) -> None:
    on_sqlite = cli.environ["WHOSTHERE_DATABASE_URL"].startswith("sqlite")
    cli.done("serve", "--host", "::1", "--port", "9000")
    [plan] = plans
    assert plan.workers == 1
    assert plan.threads == (64 if on_sqlite else None)
    assert plan.streams_max == (48 if on_sqlite else 5000)
    assert plan.to_gunicorn()["bind"] == "[::1]:9000"


def test_several_processes_that_count_rate_limits_alone_are_warned_about(lite: CommandLine, plans: list[Plan]) -> None:
    warning = "rate limits count in each process alone"
    assert warning in lite.run("serve", "--workers", "2").stderr
    assert warning not in lite.run("serve").stderr
    assert warning not in lite.run("serve", "--workers", "2", WHOSTHERE_REDIS_URL="redis://127.0.0.1:1/0").stderr
    assert warning in lite.run("serve", "--workers", "2", WHOSTHERE_RATE_LIMIT="off").stderr  # sign-in is never off
    assert [plan.workers for plan in plans] == [2, 1, 2, 2]


def test_check_says_that_rate_limits_need_a_redis_when_there_are_several_workers(lite: CommandLine) -> None:
    [warning] = [text for text in lite.json("config", "check")["warnings"] if "rate limits" in text]
    assert warning.startswith("WHOSTHERE_REDIS_URL is not set")


@pytest.mark.parametrize(("version", "warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)])
def test_a_sqlite_that_needs_our_lock_is_warned_about(
    lite: CommandLine, plans: list[Plan], monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], warned: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert ("all writes and checkpoints go through one lock" in lite.run("serve").stderr) is warned
    assert any("upgrade when you can" in text for text in lite.json("config", "check")["warnings"]) is warned


def test_on_postgresql_no_sqlite_is_warned_about(postgres_url: str, tmp_path: Path, plans: list[Plan]) -> None:
    cli = CommandLine(variables(postgres_url, tmp_path / "instance"))
    assert cli.run("serve").stderr == ""


def test_forwarded_addresses_that_nobody_believes_are_warned_about_once(lite: CommandLine, tmp_path: Path) -> None:
    with serving(lite.environ, tmp_path / "server") as server:
        for _ in range(3):
            server.ask("GET", "/healthz", **{"X-Forwarded-For": "198.51.100.1"})
        said = until(lambda: server.said if "X-Forwarded-For arrives" in server.said else "")
        assert said.count("WHOSTHERE_TRUSTED_PROXIES is 0") == 1


def test_missing_packages_are_named_with_the_extra_that_holds_them(
    cli: CommandLine, plans: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.cli.serve.find_spec", lambda name: None)
    said = cli.refused("serve")
    assert "gunicorn" in said
    assert "pip install 'whosthere[server]'" in said
    assert plans == []


@pytest.mark.parametrize("threads", [4, 5, 8, 64, 1000])
def test_there_are_always_threads_left_for_requests(threads: int) -> None:
    plan = Plan("127.0.0.1", 8000, 1, threads)
    assert 2 <= plan.streams_max <= threads - 2
    assert 1 <= plan.downloads_max <= threads - plan.streams_max
    assert Plan.of_text(plan.to_text()) == plan

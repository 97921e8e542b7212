"""Real servers on spare loopback ports: PostgreSQL, Redis and WSGI.

Each is a context manager that is ready when it is entered and gone when it is left. However the test run
ends, its children end with it.
"""

from __future__ import annotations

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import psycopg
from psycopg import sql
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.program import Program

T = TypeVar("T")

START_SECONDS = 30
_ANSWER = "tests.answer"


class Missing(Exception):
    """A program that this machine does not have."""


def until(condition: Callable[[], T], *, seconds: float = 10, every_seconds: float = 0.01) -> T:
    """Ask until `condition` answers something true, and return that.

    Raises:
        AssertionError: it never did within `seconds`.
    """
    pause = threading.Event()
    for _ in range(max(1, round(seconds / every_seconds))):
        answer = condition()
        if answer:
            return answer
        pause.wait(every_seconds)
    raise AssertionError(f"{condition} was not true within {seconds} s")


def children(pid: int) -> list[int]:
    """Return the ids of the processes that a process has started (Linux)."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def spare_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running PostgreSQL cluster that trusts everybody on this machine."""

    port: int
    version: int
    program: Program

    def crash(self) -> None:
        """Kill every process of the cluster with the signal that none can handle."""
        processes = children(self.program.pid)
        self.program.kill()
        for child in processes:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def restart(self) -> None:
        """Start a cluster that crashed, and wait until it has recovered."""
        until(self._starts, seconds=START_SECONDS, every_seconds=0.1)

    def _starts(self) -> bool:
        # It refuses as long as a process of the former life still holds the shared memory.
        if not self.program.alive:
            self.program.start()
        return _answers(self)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """An autocommit connection for the test's own statements."""
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True)

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database as a copy of `template` and return its URL."""
        # Copying files is several times as fast here as writing the copy to the log, PostgreSQL's newer default.
        strategy = " STRATEGY file_copy" if self.version >= 15 else ""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + strategy)
        self._run(statement.format(sql.Identifier(database), sql.Identifier(template)))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: sql.Composed) -> None:
        with closing(self.connect()) as connection:
            connection.execute(statement)


@contextmanager
def postgres(*, fsync: bool = False) -> Iterator[Postgres]:
    """Run a fresh PostgreSQL cluster; with `fsync` it is as durable as in production."""
    initdb, server = _postgres_program("initdb"), _postgres_program("postgres")
    owner = _postgres_owner()
    with _directory("whosthere-postgres-", owner) as directory:
        data = directory / "data"
        arguments = ["--pgdata", data, "--auth=trust", "--username=postgres", "--encoding=UTF8"]
        _run([initdb, *arguments, "--locale=C.UTF-8", "--no-sync"], directory, owner)
        durability = [] if fsync else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        port = spare_port()
        command = [server, "-D", data, "-k", directory, "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
        command += ["-c", "max_connections=200", "-c", "shared_buffers=64MB", *durability]
        with _running(command, directory, owner, stop=signal.SIGINT) as program:
            version = int((data / "PG_VERSION").read_text())
            cluster = Postgres(port, version, program)
            until(lambda: _alive(program) and _answers(cluster), seconds=START_SECONDS)
            yield cluster


@contextmanager
def redis() -> Iterator[str]:
    """Run a fresh Redis that keeps nothing, and give its URL."""
    server = shutil.which("redis-server")
    if server is None:
        raise Missing("redis-server")
    with _directory("whosthere-redis-", None) as directory:
        port = spare_port()
        command = [server, "--port", str(port), "--bind", "127.0.0.1", "--dir", directory]
        command += ["--save", "", "--appendonly", "no"]
        with _running(command, directory, None, stop=signal.SIGTERM) as program:
            until(lambda: _alive(program) and _pongs(port), seconds=START_SECONDS)
            yield f"redis://127.0.0.1:{port}/0"


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A WSGI application on a real socket."""

    port: int

    @property
    def url(self) -> str:
        """Where it is, without a trailing slash."""
        return self.at("127.0.0.1")

    def at(self, host: str) -> str:
        """The same server under another name, hence another origin; browsers know `*.localhost`."""
        return f"http://{host}:{self.port}"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Close the answer: Werkzeug forgets to when the browser is gone before the answer's end."""
        answer = (environ or {}).get(_ANSWER)
        if hasattr(answer, "close"):
            answer.close()


@contextmanager
def serve(app: WSGIApplication) -> Iterator[LiveServer]:
    """Run `app` with one thread a request."""

    def remembered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_ANSWER] = answer = app(environ, start_response)
        return answer

    server = make_server("127.0.0.1", 0, remembered, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield LiveServer(server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _postgres_program(name: str) -> str:
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}")) or [shutil.which(name) or ""]
    if not found[-1]:
        raise Missing(f"PostgreSQL's {name}")
    return found[-1]


def _postgres_owner() -> str | None:
    # PostgreSQL refuses to run as root.
    return "postgres" if os.geteuid() == 0 else None


@contextmanager
def _directory(prefix: str, owner: str | None) -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner:
            shutil.chown(directory, owner)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _run(command: list[str | Path], directory: Path, owner: str | None) -> None:
    done = subprocess.run(command, cwd=directory, user=owner, group=owner, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _running(
    command: list[str | Path], directory: Path, owner: str | None, *, stop: signal.Signals
) -> Iterator[Program]:
    program = Program(command, directory, owner, stop)
    program.start()
    try:
        yield program
    finally:
        program.end()


def _alive(program: Program) -> bool:
    if not program.alive:
        raise RuntimeError(f"{program.command!r} ended at once with status {program.process.returncode}")
    return True


def _answers(cluster: Postgres) -> bool:
    try:
        cluster.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _pongs(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False

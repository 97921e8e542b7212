"""Servers whose power can be cut, disks that fill up, and the way back."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from psycopg import sql

from tests import servers
from tests.program import Program
from tests.servers import Postgres, until

_FILLER = "what somebody else keeps here"


class Outage(Protocol):
    """Something that breaks, and is mended again."""

    def begin(self) -> None:
        """Break it."""

    def end(self) -> None:
        """Mend it."""


@dataclass(frozen=True, slots=True)
class SmallFiles:
    """No file of a server can grow beyond some size: a full disk for whoever may not mount one."""

    pid: int
    bytes_max: int

    def begin(self) -> None:
        self._limit(self.bytes_max)

    def end(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for pid in [self.pid, *servers.children(self.pid)]:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk that is small, and is full when it is filled; it is mended by a larger one."""

    folder: Path

    def begin(self) -> None:
        with suppress(OSError), (self.folder / _FILLER).open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def end(self) -> None:
        (self.folder / _FILLER).unlink()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk | None]:
    """Mount a small disk, `None` where that is not allowed."""
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@dataclass(frozen=True, slots=True)
class Down:
    """A server that is stopped, whoever is connected, and started again."""

    program: Program
    answers: Callable[[], bool]

    def begin(self) -> None:
        self.program.end()

    def end(self) -> None:
        self.program.start()
        until(self.answers, seconds=servers.START_SECONDS)


@contextmanager
def mortal_redis(folder: Path) -> Iterator[tuple[str, Down]]:
    """A Redis that can be stopped, and its URL."""
    server = shutil.which("redis-server")
    if server is None:
        raise servers.Missing("redis-server")
    port = servers.spare_port()
    command: list[str | Path] = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    program = Program(command, folder, None, signal.SIGTERM)
    down = Down(program, lambda: servers._pongs(port))
    down.end()
    try:
        yield f"redis://127.0.0.1:{port}/0", down
    finally:
        program.end()


@dataclass(frozen=True, slots=True)
class Blip:
    """Every connection to a database is cut, once."""

    cluster: Postgres
    database: str

    def begin(self) -> None:
        with self.cluster.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self.database,)
            )

    def end(self) -> None:
        """It is over already."""


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """A database that takes no writes, as after a failover to a standby."""

    cluster: Postgres
    database: str

    def begin(self) -> None:
        self._set("on")

    def end(self) -> None:
        self._set("off")

    def _set(self, value: str) -> None:
        statement = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        with self.cluster.connect() as connection:
            connection.execute(statement.format(sql.Identifier(self.database), sql.Literal(value)))
        Blip(self.cluster, self.database).begin()  # the setting is for new connections

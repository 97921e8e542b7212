"""What every measurement is given: how much to measure, the load, databases of both kinds."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from rich.progress import Progress

from benchmarks.load import Client, client
from benchmarks.rounds import Effort
from benchmarks.seed import Seeded, Size, seed
from benchmarks.serving import Server, serving
from tests.servers import Postgres, postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DISK = Path("/var/tmp")
"""Where a file survives a restart, so that `synchronous=FULL` and `fsync` mean something; /tmp may be memory."""


@dataclass(slots=True)
class Bench:
    """The workshop of one run.

    Attributes:
        effort: how much is measured.
        client: makes the load.
        directory: on a real disk; gone after the run.
    """

    effort: Effort
    client: Client
    directory: Path
    _stack: ExitStack
    _cluster: Postgres | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def fill(self, kind: str, size: Size) -> Seeded:
        """Make a database of this kind and size; a large one takes a while and shows it."""
        name = f"whosthere_{next(self._numbers)}"
        if kind == SQLITE:
            url = f"sqlite:///{self.directory / name}.sqlite3"
        else:
            self._cluster = self._cluster or self._stack.enter_context(postgres(fsync=True))
            url = self._cluster.create(name)
        with Progress(transient=True) as progress:
            task = progress.add_task(f"{kind}: {size.messages:,} messages", total=size.messages)
            return seed(url, size, lambda stored: progress.update(task, completed=stored))

    def serve(
        self, seeded: Seeded, *, workers: int = 1, streams_max: int = 200, redis_url: str | None = None
    ) -> AbstractContextManager[Server]:
        """Serve a database as it is served in production; a Redis carries the wake-ups where there is one."""
        return serving(seeded.url, self.directory, workers=workers, streams_max=streams_max, redis_url=redis_url)


@contextmanager
def workshop(effort: Effort) -> Iterator[Bench]:
    """Open a workshop and tidy up after it."""
    with ExitStack() as stack:
        directory = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="whosthere-bench-", dir=DISK if DISK.is_dir() else None)
        )
        yield Bench(effort, stack.enter_context(client()), Path(directory), stack)

"""A server that is killed again and again, and begins its next life without anybody's help."""

from __future__ import annotations

import http.client
import os
import random
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.cli.serving import Serving, serving
from tests.servers import children, until


@dataclass(slots=True)
class Lives:
    """One installation, served by one process group after the other."""

    environ: Mapping[str, str]
    folder: Path
    arguments: tuple[str, ...]
    server: Serving = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count)
    _life: ExitStack = field(default_factory=ExitStack)

    def begin(self) -> None:
        """Start the server the way everybody starts it, and wait until it answers."""
        folder = self.folder / f"life-{next(self._numbers)}"
        self.server = self._life.enter_context(serving(self.environ, folder, *self.arguments))

    def kill(self) -> None:
        """End every process of the server at once (SIGKILL)."""
        os.killpg(self.server.process.pid, signal.SIGKILL)
        self._life.close()

    def kill_worker(self) -> None:
        """End one of the processes that answer requests; the server puts another one in its place."""
        workers = until(lambda: children(self.server.process.pid))
        os.kill(random.choice(workers), signal.SIGKILL)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any] | None:
        """Send one request; `None` when the server was gone before it could answer."""
        try:
            return self.server.ask(method, path, body, **headers)
        except (OSError, http.client.HTTPException):
            return None


@contextmanager
def lives(environ: Mapping[str, str], folder: Path, *arguments: str) -> Iterator[Lives]:
    """Serve an installation until the block ends."""
    folder.mkdir()
    served = Lives(environ, folder, arguments)
    with served._life:
        served.begin()
        yield served

"""Several applications over one database, each in a process of its own, that act at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.shop import ORIGIN, WIDGET, Visitor

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    method: str
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=lambda: {"Origin": ORIGIN})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    json: Any


def boot(platform_id: str, config: Mapping[str, Any]) -> Ask:
    """What the embed script sends."""
    return Ask("POST", f"{WIDGET}/boot", {"platformId": platform_id, **config})


def post(visitor: Visitor, path: str, client_message_id: str) -> Ask:
    """A message whose text is its id: to a conversation, or to `/conversations` to start one."""
    body = {"text": client_message_id, "clientMessageId": client_message_id}
    return Ask("POST", f"{WIDGET}{path}", body, visitor.headers)


@dataclass(frozen=True, slots=True)
class Crew:
    """Processes that wait for something to do."""

    workers: Sequence[subprocess.Popen[str]]

    def serve(self, environ: Mapping[str, str], now_ms: int) -> None:
        """Let every process open the installation of `environ`, with a clock that stands at `now_ms`."""
        for worker in self.workers:
            _tell(worker, {"environ": dict(environ), "now": now_ms})
        for worker in self.workers:
            assert _heard(worker) == "ready"

    def rest(self) -> None:
        """Let every process close what it opened."""
        for worker in self.workers:
            _tell(worker, None)
        for worker in self.workers:
            assert _heard(worker) == "closed"

    def at_once(self, shares: Sequence[Sequence[Ask]]) -> list[list[Answer]]:
        """Let every process send its share of requests, all of them at once; return the answers in that order."""
        for worker, share in zip(self.workers, shares, strict=True):
            _tell(worker, [asdict(ask) for ask in share])
        return [[Answer(*answer) for answer in _heard(worker)] for worker in self.workers]


@contextmanager
def crew(number: int) -> Iterator[Crew]:
    """Start processes, which end with the block."""
    command = [sys.executable, "-m", "tests.races.worker"]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(number)
    ]
    try:
        yield Crew(workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _tell(worker: subprocess.Popen[str], what: Any) -> None:
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(what) + "\n")
    worker.stdin.flush()


def _heard(worker: subprocess.Popen[str]) -> Any:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    assert line, "the process ended without an answer"
    return json.loads(line)

"""`whosthere serve` as a process of its own, and a browser's part of the conversation with it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import until

ORIGIN = "https://shop.example.com"
WIDGET = "/api/v1/widget"
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def access_log(self) -> str:
        return (self.folder / "stdout").read_text("utf-8")

    @property
    def said(self) -> str:
        return (self.folder / "stderr").read_text("utf-8")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send one request; return the status and what the JSON of the answer says."""
        headers = {"Origin": ORIGIN, **({"Content-Type": "application/json"} if body is not None else {}), **headers}
        with closing(self.connect()) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
            return response.status, json.loads(content) if content else None

    def boot(self, config: dict[str, Any]) -> str:
        """Boot a visitor and return the session token."""
        status, answer = self.ask("POST", f"{WIDGET}/boot", config)
        assert status == 200, answer
        return str(answer["session"]["token"])

    @contextmanager
    def stream(self, session: str) -> Iterator[http.client.HTTPResponse]:
        """Open a live stream, which has to be let in, and read its first line."""
        with closing(self.connect()) as connection:
            connection.request("GET", f"{WIDGET}/stream", headers=bearer(session) | {"Origin": ORIGIN})
            response = connection.getresponse()
            assert response.status == 200, response.read()
            assert response.readline()
            yield response

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to the server, and return the exit status with which it soon ends."""
        self.process.send_signal(number)
        return self.process.wait(20)


def bearer(session: str) -> dict[str, str]:
    """The header that carries a session."""
    return {"Authorization": f"Bearer {session}"}


@contextmanager
def serving(environ: Mapping[str, str], folder: Path, *arguments: str, prefix: Sequence[str] = ()) -> Iterator[Serving]:
    """Run `whosthere serve` on a free port until the block ends; `prefix` is a program that runs it."""
    with start(environ, folder, "serve", "--port", "0", *arguments, prefix=prefix) as process:
        port = until(lambda: _port(process, folder / "stderr") or 0, seconds=START_SECONDS)
        server = Serving(process, port, folder)
        try:
            assert server.ask("GET", "/healthz") == (200, {"status": "ok"})
        except TimeoutError as error:
            raise AssertionError(server.said) from error
        yield server


@contextmanager
def start(
    environ: Mapping[str, str], folder: Path, *arguments: str, prefix: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own, which does not outlive the block; output goes into `folder`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WHOSTHERE_")}
    folder.mkdir(exist_ok=True)
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "whosthere", *arguments],
            env={**inherited, **environ},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int | None:
    text = log.read_text("utf-8")
    assert process.poll() is None, text
    found = re.search(r"Listening at: http://127\.0\.0\.1:([0-9]+)", text)
    return int(found[1]) if found else None

"""A WSGI application in production's own server: gunicorn with threads, several workers, forked after loading."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers import until

ROOT = Path(__file__).parents[1]
_LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")
_DATE = re.compile(rb"\r\nDate: [^\r]*")


@dataclass(frozen=True, slots=True)
class Unicorn:
    """A running server.

    Attributes:
        prefix: the path at which the application is mounted.
        log: what the server and the application wrote.
    """

    port: int
    prefix: str
    log: Path

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def raw(self, path: str, method: str = "GET", *headers: str) -> bytes:
        """Send one request and return every byte of the answer but the date."""
        lines = [f"{method} {self.prefix}{path} HTTP/1.1", "Host: club.example", "Connection: close", *headers, "", ""]
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall("\r\n".join(lines).encode())
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return _DATE.sub(b"", answer)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send one request as a client that takes the answer's length seriously."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, self.prefix + path, body, dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content


@contextmanager
def unicorn(
    app: str, *, folder: Path, environ: Mapping[str, str], prefix: str = "/club", threads: int = 4
) -> Iterator[Unicorn]:
    """Run `app` (`module:name`, as gunicorn takes it) in `folder` with two workers.

    Args:
        environ: the `WHOSTHERE_…` variables, and others.
        prefix: the path at which the server mounts the application (`SCRIPT_NAME`).
        threads: of each worker; with 1, `wsgi.multithread` is false.
    """
    directory = Path(tempfile.mkdtemp(prefix="whosthere-unicorn-"))
    log = directory / "log"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--preload",
        "--workers=2",
        f"--threads={threads}",
        f"--chdir={folder}",
    ]
    command += ["--bind=127.0.0.1:0", f"--env=SCRIPT_NAME={prefix}", "--graceful-timeout=1", "--no-control-socket", app]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WHOSTHERE_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**clean, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environ},
            stdout=output,
            stderr=output,
        )
    try:
        yield Unicorn(until(lambda: _port(process, log), seconds=30), prefix, log)
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody is waiting for an answer
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    text = log.read_text("utf-8", "replace")
    if process.poll() is not None:
        raise RuntimeError(f"the server ended at once:\n{text}")
    found = _LISTENING.search(text)
    return int(found[1]) if found else 0

"""The server under measurement: gunicorn, with threads for SQLite and gevent for PostgreSQL."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.site import STREAMS_MAX
from tests.servers import spare_port, until

ROOT = Path(__file__).parents[1]
SECRET_KEY = "a key that signs the sessions of the measurements"
ENCRYPTION_KEY = base64.urlsafe_b64encode(b"the benchmarks' own key, 32 byte").decode()
_START_SECONDS = 30
_STOP_SECONDS = 15
_THREADS = 8


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    port: int
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Return the process ids of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]


def environment(database_url: str, instance: Path) -> dict[str, str]:
    """Return the settings of the measured installation; nothing counts clients, everything else is the default."""
    return {
        "WHOSTHERE_DATABASE_URL": database_url,
        "WHOSTHERE_INSTANCE_PATH": str(instance),
        "WHOSTHERE_SECRET_KEY": SECRET_KEY,
        "WHOSTHERE_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "WHOSTHERE_RATE_LIMIT": "off",
    }


@contextmanager
def serving(
    database_url: str, directory: Path, *, workers: int = 1, streams_max: int = 200, redis_url: str | None = None
) -> Iterator[Server]:
    """Serve the database's installation, and the baseline beside it."""
    port = spare_port()
    command = [sys.executable, "-m", "gunicorn", "benchmarks.site:application()", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--keep-alive", "60", "--worker-tmp-dir", _memory(directory)]
    if database_url.startswith("sqlite"):
        command += ["--worker-class", "gthread", "--threads", str(_THREADS)]
    else:
        command += ["--worker-class", "gevent", "--worker-connections", "4000"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WHOSTHERE_")}
    settings = {**environment(database_url, directory), STREAMS_MAX: str(streams_max)}
    if redis_url is not None:
        settings["WHOSTHERE_REDIS_URL"] = redis_url
    setpriv = shutil.which("setpriv")  # on Linux the kernel ends the server when the measurement is killed
    prefix = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
    with (directory / "gunicorn.log").open("ab") as log:
        process = subprocess.Popen([*prefix, *command], cwd=ROOT, env=inherited | settings, stdout=log, stderr=log)
    try:
        until(lambda: _accepts(process, port), seconds=_START_SECONDS, every_seconds=0.05)
        yield Server(port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _memory(directory: Path) -> str:
    shared = Path("/dev/shm")
    return str(shared if shared.is_dir() else directory)


def _accepts(process: subprocess.Popen[bytes], port: int) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"gunicorn ended with status {process.returncode}: see gunicorn.log")
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

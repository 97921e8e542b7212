"""A program of somebody else's that runs beside the tests."""

from __future__ import annotations

import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Program:
    """A server's program that can be killed and started again.

    Attributes:
        stop: the signal by which it ends without waiting for clients.
    """

    command: list[str | Path]
    directory: Path
    owner: str | None
    stop: signal.Signals
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def start(self) -> None:
        """Start it; what it says goes into a file beside its data."""
        setpriv = shutil.which("setpriv")  # on Linux the kernel ends the child when the test run is killed
        prefix = [setpriv, "--pdeathsig", self.stop.name.removeprefix("SIG"), "--"] if setpriv else []
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix, *self.command], cwd=self.directory, user=self.owner, group=self.owner, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it at once, without a chance to tidy up."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End it in its own way."""
        self.process.send_signal(self.stop)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()

"""The server process: gunicorn around the application. Run by `whosthere serve`, as a process of its own.

The module imports nothing of the application: with gevent every worker patches the standard library first and loads the
application afterwards, so that no lock or socket of ours was made before.
"""

from __future__ import annotations

import _thread
import os
import resource
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from whosthere.cli.plan import Plan

if TYPE_CHECKING:
    from flask import Flask

    from whosthere.services.chores import Chores
    from whosthere.services.runtime import Runtime

_HEARTBEATS = "/dev/shm"  # noqa: S108 (in memory, where a slow disk cannot make a worker look dead)


class AccessLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes paths as they were sent, still encoded, without queries: nothing in the log can be forged or secret."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return what the format of the access log may name."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = str(environ.get("RAW_URI", "")).partition("?")[0]
        atoms["U"] = path.encode("ascii", "backslashreplace").decode("ascii")
        return atoms


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The application as gunicorn loads it: once in every worker, after the fork."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.runtime: Runtime | None = None
        self.chores: Chores | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn; an older one does not know all of them."""
        settings = self.plan.to_gunicorn()
        settings |= {"worker_class": _worker_class(self.plan), "logger_class": AccessLogger, "worker_exit": _exit}
        if os.access(_HEARTBEATS, os.W_OK):
            settings["worker_tmp_dir"] = _HEARTBEATS
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application of this worker."""
        from whosthere.services.chores import Chores
        from whosthere.settings import load_settings
        from whosthere.web.app import create_app
        from whosthere.wiring import build_runtime

        settings = load_settings()
        self.runtime = build_runtime(settings, streams_max=self.plan.streams_max, downloads_max=self.plan.downloads_max)
        self.chores = Chores(self.runtime)
        self.chores.start()
        return create_app(settings, runtime=self.runtime)

    def end_streams(self) -> None:
        """End every stream of this worker soon, from inside a signal handler, where nothing may block."""
        if self.runtime is not None:
            _thread.start_new_thread(self.runtime.hub.close, ())  # with gevent this starts a greenlet

    def close(self) -> None:
        """Close what this worker opened."""
        if self.chores is not None:
            self.chores.stop()
        if self.runtime is not None:
            self.runtime.hub.close()
            self.runtime.database.close()


def _worker_class(plan: Plan) -> type:
    """Return gunicorn's worker, made to end its streams as soon as it is told to stop."""
    if plan.threads is None:
        from whosthere.cli.greenlets import Worker
    else:
        from whosthere.cli.threads import Worker

    class StreamingWorker(Worker):
        def handle_exit(self, sig: int, frame: Any) -> None:
            self.app.end_streams()
            super().handle_exit(sig, frame)

        def handle_quit(self, sig: int, frame: Any) -> None:
            self.app.end_streams()
            super().handle_quit(sig, frame)

    return StreamingWorker


def _exit(_arbiter: object, worker: Any) -> None:
    worker.app.close()


def _allow_files() -> None:
    """Take as many open files as this process may have: every connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems say "unlimited" and mean less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    _allow_files()
    Server(Plan.of_text(sys.argv[1])).run()

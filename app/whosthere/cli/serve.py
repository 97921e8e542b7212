"""`whosthere serve`: look whether everything is there, then become the server."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import click

from whosthere.cli import cautions
from whosthere.cli.failures import Failure
from whosthere.cli.installation import in_words, installation, require_head
from whosthere.cli.output import warn
from whosthere.cli.plan import Plan
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings, load_settings
from whosthere.storage.migrate import upgrade

THREADS = 64
_WORKERS_MAX = 64
_PROCESSES_OF_POSTGRESQL = 4


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one.")
@click.option("--workers", type=click.IntRange(1, _WORKERS_MAX), help="Processes; see docs/operating.md.")
@click.option(
    "--threads",
    type=click.IntRange(4, 1000),
    default=THREADS,
    show_default=True,
    help="Threads of each process on SQLite; every live stream occupies one, three quarters of them at most.",
)
@click.option("--migrate", is_flag=True, help="Bring the database to the schema of this release first.")
@click.option("--access-log/--no-access-log", default=True, show_default=True, help="One line a request on stdout.")
def command(host: str, port: int, workers: int | None, threads: int, migrate: bool, access_log: bool) -> None:
    """Run the production server, until SIGTERM or Ctrl-C.

    SQLite is served by threads, PostgreSQL by gevent. Put a proxy with TLS in front.
    """
    with installation(any_schema=True) as runtime:
        settings = load_settings()
        on_sqlite = runtime.database.is_sqlite
        _require_packages(on_sqlite)
        _prepare(runtime, migrate)
    workers = workers or _processes(settings, on_sqlite)
    for caution in cautions.of_limits(settings, workers) + cautions.of_sqlite(settings):
        warn(caution)
    plan = Plan(host, port, workers, threads=threads if on_sqlite else None, access_log=access_log)
    sys.stdout.flush()
    sys.stderr.flush()
    # A fresh interpreter with the same process id: gevent must patch before anything of ours is imported.
    os.execv(sys.executable, [sys.executable, "-m", "whosthere.cli.server", plan.to_text()])  # noqa: S606


def _prepare(runtime: Runtime, migrate: bool) -> None:
    if migrate:
        click.echo(in_words(upgrade(runtime.database)), err=True)
    require_head(runtime.database, hint="run: whosthere db upgrade, or start with --migrate")


def _require_packages(on_sqlite: bool) -> None:
    needed = ["gunicorn"] if on_sqlite else ["gunicorn", "gevent", "packaging"]
    missing = [package for package in needed if find_spec(package) is None]
    if missing:
        raise Failure(f"`serve` needs {' and '.join(missing)}: pip install 'whosthere[server]'")


def _processes(settings: Settings, on_sqlite: bool) -> int:
    """One process on SQLite, and wherever limits are counted in memory; else one for each core, four at most."""
    if on_sqlite or settings.redis_url is None:
        return 1
    return min(_PROCESSES_OF_POSTGRESQL, os.cpu_count() or 1)

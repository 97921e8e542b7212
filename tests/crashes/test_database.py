"""PostgreSQL that is killed at any moment takes no promise with it, and the server goes on when it is back."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import servers
from tests.cli.conftest import variables
from tests.conftest import present
from tests.crashes.lives import lives
from tests.crashes.promises import kept
from tests.crashes.traffic import traffic
from tests.shop import open_shop
from whosthere.services.runtime import Runtime
from whosthere.settings import load_settings
from whosthere.storage.migrate import upgrade
from whosthere.wiring import build_runtime

pytestmark = pytest.mark.slow

CRASHES = 3
DATABASE = "crashing"


@pytest.fixture
def durable() -> Iterator[servers.Postgres]:
    """A cluster that writes to the disk what it acknowledges, as in production."""
    with present(servers.postgres(fsync=True)) as cluster:
        yield cluster


@pytest.fixture
def environ(durable: servers.Postgres, tmp_path: Path) -> dict[str, str]:
    return variables(durable.create(DATABASE), tmp_path / "instance") | {"WHOSTHERE_RATE_LIMIT": "off"}


@pytest.fixture
def runtime(environ: dict[str, str]) -> Iterator[Runtime]:
    built = build_runtime(load_settings(environ))
    upgrade(built.database)
    yield built
    built.hub.close()
    built.database.close()


def a_backend(cluster: servers.Postgres) -> None:
    """Kill the process that serves one connection: the cluster ends all others and recovers by itself."""
    with closing(cluster.connect()) as connection:
        serving = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        pids = [pid for (pid,) in connection.execute(serving, [DATABASE]).fetchall()]
    os.kill(random.choice(pids), signal.SIGKILL)


def the_cluster(cluster: servers.Postgres) -> None:
    """Kill all there is, and start the cluster again."""
    cluster.crash()
    cluster.restart()


@pytest.mark.parametrize("crash", [a_backend, the_cluster])
def test_a_database_that_crashes_while_it_writes_keeps_every_promise(
    durable: servers.Postgres,
    environ: dict[str, str],
    runtime: Runtime,
    tmp_path: Path,
    crash: Callable[[servers.Postgres], None],
) -> None:
    shop = open_shop(runtime)
    with lives(environ, tmp_path / "lives", "--workers", "2") as served:
        with traffic(served.ask, shop.id) as visitors:
            for _ in range(CRASHES):
                visitors.go_on()
                crash(durable)
            visitors.go_on()
        assert visitors.repeats
        kept(environ["WHOSTHERE_DATABASE_URL"], visitors)

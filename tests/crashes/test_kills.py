"""kill -9 at any moment loses nothing that was acknowledged, doubles nothing, and needs nobody to clean up after it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.conftest import variables
from tests.cli.serving import Serving
from tests.crashes.lives import lives
from tests.crashes.promises import kept
from tests.crashes.traffic import Traffic, traffic
from tests.people import BOB
from tests.shop import Shop

pytestmark = pytest.mark.slow

SERVER_KILLS, WORKER_KILLS = 3, 6


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    return variables(database_url, tmp_path / "instance") | {"WHOSTHERE_RATE_LIMIT": "off"}


def test_a_server_that_is_killed_while_it_writes_keeps_every_promise(
    environ: dict[str, str], database_url: str, shop: Shop, tmp_path: Path
) -> None:
    with lives(environ, tmp_path / "lives", "--workers", "2") as served:
        with traffic(served.ask, shop.id) as visitors:
            for _ in range(SERVER_KILLS):
                visitors.go_on()
                served.kill()
                served.begin()
            visitors.go_on()
        assert visitors.repeats
        assert served.server.ask("GET", "/readyz")[0] == 200
        _streams_deliver(served.server, visitors)
        kept(database_url, visitors)


def test_workers_that_are_killed_while_they_write_keep_every_promise(
    environ: dict[str, str], database_url: str, shop: Shop, tmp_path: Path
) -> None:
    with lives(environ, tmp_path / "lives", "--workers", "2") as served:
        with traffic(served.ask, shop.id) as visitors:
            for _ in range(WORKER_KILLS):
                visitors.go_on()
                served.kill_worker()
            visitors.go_on()
        assert visitors.repeats
        kept(database_url, visitors)


def _streams_deliver(server: Serving, visitors: Traffic) -> None:
    """Whatever the dead left behind, streams in every process hear what is written now."""
    session = visitors.boot(BOB.proven())
    with ExitStack() as stack:
        streams = [stack.enter_context(server.stream(session)) for _ in range(4)]
        visitors.say(session, "bob-3", "bob-3-0", "after it all")
        for stream in streams:
            assert any(b"after it all" in line for line in iter(stream.readline, b""))

"""Redis may go and come back: messages still arrive, limits still count, and nobody sees an error."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.cli.conftest import CommandLine
from tests.conftest import present
from tests.outages.conftest import Serve
from tests.outages.listener import page_of
from tests.outages.power import Down, mortal_redis
from tests.outages.site import Site
from tests.people import ADA
from tests.servers import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TRIES_PER_PROCESS = 10


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, Down]]:
    """A Redis of this test's own, and its URL."""
    folder = tmp_path / "redis"
    folder.mkdir()
    with present(mortal_redis(folder)) as running:
        yield running


def guess(site: Site, password: str) -> int:
    """Try to sign in as an agent, as a browser does; return the status."""
    with closing(http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=20)) as connection:
        connection.request("GET", "/agent/login")
        form = connection.getresponse()
        cookie = (form.headers["Set-Cookie"] or "").partition(";")[0]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.read().decode())
        assert token
        fields = {"csrf_token": token[1], "email": "grace@example.com", "password": password}
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/agent/login", urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def test_streams_lose_and_repeat_nothing_while_redis_is_away(
    cli: CommandLine, serve: Serve, redis: tuple[str, Down]
) -> None:
    url, outage = redis
    site = serve(cli, "--workers", "2", WHOSTHERE_REDIS_URL=url)
    ada = site.boot(ADA).start()
    texts = [f"Message {number}" for number in range(12)]
    with page_of(ada) as one, page_of(ada) as other:
        for number, text in enumerate(texts):
            if number == 4:
                outage.begin()
            if number == 8:
                outage.end()
            assert ada.post(text)[0] == 201
        for page in (one, other):
            page.hears(*texts)
            assert page.heard == texts
    assert "Traceback" not in site.server.said


def test_readiness_tells_that_redis_is_away(cli: CommandLine, serve: Serve, redis: tuple[str, Down]) -> None:
    url, outage = redis
    site = serve(cli, "--workers", "1", WHOSTHERE_REDIS_URL=url)
    with page_of(site.boot(ADA)):  # only who waits for wake-ups of other processes can miss them
        site.recovers()
        outage.begin()
        answer = until(lambda: next((found for found in [site.ready()] if found[0] == 503), None), seconds=30)
        assert answer[1]["checks"] == {"database": True, "schema": True, "bus": False}
        outage.end()
        site.recovers()


def test_guessing_passwords_is_throttled_without_redis_too(
    cli: CommandLine, serve: Serve, redis: tuple[str, Down]
) -> None:
    url, outage = redis
    site = serve(cli, "--workers", "2", WHOSTHERE_REDIS_URL=url)
    assert guess(site, "first") == 401
    outage.begin()
    statuses = [guess(site, f"guess {number}") for number in range(2 * TRIES_PER_PROCESS + 2)]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 2 * TRIES_PER_PROCESS
    outage.end()
    assert guess(site, "last") in {401, 429}
    assert "Traceback" not in site.server.said

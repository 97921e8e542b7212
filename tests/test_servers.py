"""The fixtures give what they promise."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Callable
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy import text

from tests import servers
from tests.clock import Clock
from tests.loopback import OutsideWorld
from whosthere.storage import migrate
from whosthere.storage.database import Database

Serve = Callable[[WSGIApplication], servers.LiveServer]


def greeting(environ: dict, start_response: Callable) -> list[bytes]:  # type: ignore[type-arg]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [f"<title>{environ['HTTP_HOST']}</title>".encode()]


def test_a_fresh_database_has_the_schema_of_this_release(database: Database) -> None:
    assert migrate.status(database).at_head


def test_a_fresh_database_is_empty(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM users")).scalar_one() == 0


def test_redis_is_empty(redis_url: str) -> None:
    import redis

    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "over")


def test_a_live_server_answers_on_a_real_socket(live_server: Serve) -> None:
    with urllib.request.urlopen(live_server(greeting).url) as answer:
        assert answer.read().startswith(b"<title>127.0.0.1")


@pytest.mark.browser
def test_two_names_of_a_live_server_are_two_origins(live_server: Serve, browser_context: BrowserContext) -> None:
    server = live_server(greeting)
    page = browser_context.new_page()
    page.goto(server.at("shop.localhost"))
    assert page.title() == f"shop.localhost:{server.port}"


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_no_connection_leaves_this_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(OutsideWorld):
        outside.connect((address, 80))


def test_no_look_up_leaves_this_machine() -> None:
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("example.com", 80)


def test_time_passes_only_when_told_to(clock: Clock) -> None:
    before = clock()
    assert clock() == before
    assert clock.advance(days=7, seconds=1.5, ms=1) == before + 7 * 86_400_000 + 1_501 == clock.now()

"""On a real socket, under a sub-path, in processes forked after loading: the host's bytes are the host's own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clock import Clock
from tests.conftest import ENCRYPTION_KEY
from tests.people import ADA
from tests.shop import Shop, open_shop
from tests.unicorn import ROOT, Unicorn, unicorn
from tests.wsgi.odd import PAGE, ROUTES
from tests.wsgi.server import BLOCK, SCRIPT
from whosthere.settings import load_settings
from whosthere.wiring import build_runtime

BARE = "X-Bare: 1"
UNHARMED = sorted(ROUTES)

SIGNED = ["/page", "/no-length", "/stream", "/lazy", "/file", "/written", "/latin-1"]
UNSIGNED = ["/gzip", "/public", "/not-modified", "/elsewhere", "/missing", "/nothing"]


@pytest.fixture(scope="module")
def site(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Unicorn, Shop]]:
    """The odd host with the chat in it, and the platform of its visitors."""
    folder = tmp_path_factory.mktemp("odd")
    database = folder / "whosthere.sqlite3"
    database.write_bytes(_sqlite_template.read_bytes())
    environ = {
        "WHOSTHERE_DATABASE_URL": f"sqlite:///{database}",
        "WHOSTHERE_SECRET_KEY": "a key that signs the sessions of the tests",
        "WHOSTHERE_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "WHOSTHERE_INSTANCE_PATH": str(folder),
    }
    runtime = build_runtime(load_settings(environ), clock=Clock())
    with unicorn("tests.wsgi.odd:make()", folder=ROOT, environ=environ) as server:
        yield server, open_shop(runtime, origins=(server.origin,))
    runtime.hub.close()
    runtime.database.close()


@pytest.mark.parametrize("path", UNHARMED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_page_without_a_chat_passes_byte_for_byte(site: tuple[Unicorn, Shop], path: str, method: str) -> None:
    server, _ = site
    assert server.raw(path, method) == server.raw(path, method, BARE)


@pytest.mark.parametrize("path", UNSIGNED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_that_carries_no_token_passes_byte_for_byte(
    site: tuple[Unicorn, Shop], path: str, method: str
) -> None:
    server, _ = site
    assert server.raw(f"{path}?user", method) == server.raw(f"{path}?user", method, BARE)


@pytest.mark.parametrize("path", SIGNED)
def test_a_page_with_a_chat_arrives_whole(site: tuple[Unicorn, Shop], path: str) -> None:
    server, shop = site
    answer, content = server.ask(f"{path}?user")
    config = json.loads(BLOCK.findall(content)[0])
    assert config == {
        "platformId": shop.id,
        "userId": ADA.user_id,
        "userEmail": ADA.email,
        "userAuthToken": ADA.user_auth_token(),
    }
    assert SCRIPT.findall(content) == [b'src="/club/support/embed.js"']
    assert SCRIPT.sub(b"", BLOCK.sub(b"", content)) == PAGE
    assert (answer.getheader("Cache-Control"), answer.getheader("ETag")) == ("private, no-store", None)


def test_cookies_of_the_host_stay(site: tuple[Unicorn, Shop]) -> None:
    assert site[0].ask("/page?user")[0].headers.get_all("Set-Cookie") == ["session=1", "theme=dark"]


def test_head_names_the_length_of_get(site: tuple[Unicorn, Shop]) -> None:
    server, _ = site
    length = server.ask("/page?user", "HEAD")[0].getheader("Content-Length", "")
    assert int(length) == len(server.ask("/page?user")[1])


@pytest.mark.parametrize("path", ["/broken", "/too-long"])
def test_a_page_that_breaks_off_is_seen_to_break_off(site: tuple[Unicorn, Shop], path: str) -> None:
    raw = site[0].raw(f"{path}?user")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert body.find(PAGE[:15]) in (0, 4)
    assert not body.endswith(b"0\r\n\r\n"), "the last chunk would tell the client that all is well"
    assert b"private, no-store" in head


@pytest.fixture
def session(site: tuple[Unicorn, Shop]) -> str:
    """A boot with the config of a page, from its origin."""
    server, _ = site
    config = BLOCK.findall(server.ask("/page?user")[1])[0]
    headers = {"Content-Type": "application/json", "Origin": server.origin}
    answer, content = server.ask("/support/api/v1/widget/boot", "POST", config, headers)
    booted: dict[str, Any] = json.loads(content)
    assert (answer.status, booted["user"]["assurance"]) == (200, "verified")
    return str(booted["session"]["token"])


def test_every_worker_knows_the_session(site: tuple[Unicorn, Shop], session: str) -> None:
    headers = {"Authorization": f"Bearer {session}"}
    answers = [site[0].ask("/support/api/v1/widget/conversations", headers=headers)[0].status for _ in range(8)]
    assert answers == [200] * 8


def test_a_server_with_threads_may_stream(site: tuple[Unicorn, Shop], session: str) -> None:
    server, _ = site
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    path = f"{server.prefix}/support/api/v1/widget/stream"
    connection.request("GET", path, headers={"Authorization": f"Bearer {session}"})
    answer = connection.getresponse()
    assert (answer.status, answer.readline()[:3]) == (200, b"id:")
    connection.close()


def test_no_page_went_without_its_chat(site: tuple[Unicorn, Shop]) -> None:
    server, _ = site
    server.ask("/page?user")
    assert "without a chat" not in server.log.read_text()

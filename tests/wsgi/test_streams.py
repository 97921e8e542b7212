"""A stream occupies a thread of the host's server, so there is none unless the host asked for it and can spare it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.people import ADA
from tests.shop import ORIGIN, Shop
from tests.wsgi.conftest import Embed
from tests.wsgi.hosts import host
from whosthere import ChatMiddleware

WIDGET = "/support/api/v1/widget"


def stream(app: ChatMiddleware, shop: Shop, *, multithread: bool = True) -> TestResponse:
    client = Client(app)
    body = {"platformId": shop.id, **ADA.proven()}
    booted: Any = client.post(f"{WIDGET}/boot", json=body, headers={"Origin": ORIGIN}).json
    return client.get(
        f"{WIDGET}/stream",
        headers={"Authorization": f"Bearer {booted['session']['token']}", "Origin": ORIGIN},
        environ_overrides={"wsgi.multithread": multithread},
    )


def threads() -> set[str]:
    """The names of the threads that run."""
    return {thread.name for thread in threading.enumerate()}


def test_pages_poll_by_default(embed: Embed, shop: Shop) -> None:
    before = threads()
    answer: Any = stream(embed(host()), shop)
    assert (answer.status_code, answer.json["code"]) == (503, "streams_unavailable")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN  # or the page could not read why
    assert threads() - before <= {"whosthere-chores"}  # which sends mail, whoever listens


def test_a_host_may_spare_threads_for_streams(embed: Embed, shop: Shop) -> None:
    app = embed(host(), streams=1)
    first = stream(app, shop)
    assert first.status_code == 200
    assert next(first.iter_encoded()).startswith(b"id:")
    assert stream(app, shop).status_code == 503
    first.close()


def test_a_server_of_one_thread_has_none_to_spare(embed: Embed, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    app = embed(host(), streams=4)
    answers: list[Any] = [stream(app, shop, multithread=False) for _ in range(2)]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "streams_unavailable")] * 2
    assert len(caplog.records) == 1, "said once, not at every request"
    assert "streams=4 was asked for" in caplog.text


def test_a_preflight_of_the_stream_is_answered_all_the_same(embed: Embed, shop: Shop) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    assert Client(embed(host())).options(f"{WIDGET}/stream", headers=headers).status_code == 204


def test_every_address_of_a_stream_is_guarded(embed: Embed) -> None:
    rules = list(embed(host()).chat.url_map.iter_rules())
    streams = {rule.endpoint for rule in rules if rule.rule.endswith("/stream")}
    assert len(streams) >= 2
    assert all(endpoint.endswith(".stream") for endpoint in streams)

"""Rate limits: so many boots and posts a minute for each client address, counted before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.shop import ORIGIN, WIDGET, Shop, Visitor
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.web import create_app

Make = Callable[..., FlaskClient]


@pytest.fixture
def limited(settings: Settings, runtime: Runtime) -> Make:
    """Call it for a client of the same installation with other settings."""
    return lambda **changed: create_app(settings.model_copy(update=changed), runtime=runtime).test_client()


def boot(client: FlaskClient, shop: Shop, address: str = "192.0.2.1", **headers: str) -> Any:
    environ = {"REMOTE_ADDR": address}
    body = {"platformId": shop.id}
    return client.post(f"{WIDGET}/boot", json=body, headers={"Origin": ORIGIN, **headers}, environ_base=environ)


def statuses(client: FlaskClient, shop: Shop, count: int, **more: Any) -> list[int]:
    return [boot(client, shop, **more).status_code for _ in range(count)]


def test_more_boots_than_allowed_are_refused(limited: Make, shop: Shop) -> None:
    client = limited(rate_limit=3)
    assert statuses(client, shop, 5) == [200, 200, 200, 429, 429]
    refused = boot(client, shop)
    assert refused.json["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_every_address_is_counted_for_itself(limited: Make, shop: Shop) -> None:
    client = limited(rate_limit=1)
    assert statuses(client, shop, 2, address="192.0.2.1") == [200, 429]
    assert statuses(client, shop, 2, address="192.0.2.2") == [200, 429]
    assert statuses(client, shop, 2, address="2001:db8::1") == [200, 429]


def test_a_network_of_version_six_is_one_client(limited: Make, shop: Shop) -> None:
    client = limited(rate_limit=1)
    assert statuses(client, shop, 1, address="2001:db8:1:2::1") == [200]
    assert statuses(client, shop, 1, address="2001:db8:1:2:ffff::1") == [429]
    assert statuses(client, shop, 1, address="2001:db8:1:3::1") == [200]
    assert statuses(client, shop, 1, address="::ffff:192.0.2.1") == [200]
    assert statuses(client, shop, 1, address="::ffff:c000:201") == [429]


def test_posts_are_counted_and_reads_are_not(limited: Make, shop: Shop) -> None:
    client = limited(rate_limit=2)
    visitor = Visitor(client, boot(client, shop, "127.0.0.1").json)
    here = visitor.start()["conversation"]["id"]
    path = f"/conversations/{here}/messages"
    posted = [visitor.send("POST", path, {"text": "x", "clientMessageId": str(number)}) for number in range(3)]
    assert [response.status_code for response in posted] == [201, 429, 429]
    assert visitor.send("POST", "/conversations", {"text": "x", "clientMessageId": "y"}).status_code == 429
    for _ in range(5):
        assert visitor.get(path).status_code == 200
        assert visitor.send("PUT", f"/conversations/{here}/read", {"seq": 1}).status_code == 204


def test_requests_that_are_refused_anyway_count_too(limited: Make, shop: Shop) -> None:
    """Or guessing would be free."""
    client = limited(rate_limit=2)
    for wrong in (b"{", b""):
        assert client.post(f"{WIDGET}/boot", data=wrong, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 415
    assert boot(client, shop).status_code == 429


def test_off_is_off(limited: Make, shop: Shop) -> None:
    assert statuses(limited(rate_limit=None), shop, 30) == [200] * 30


def test_without_trusted_proxies_nobody_chooses_the_address_that_is_counted(limited: Make, shop: Shop) -> None:
    client = limited(rate_limit=1)
    first = boot(client, shop, **{"X-Forwarded-For": "198.51.100.1", "Forwarded": "for=198.51.100.1"})
    second = boot(client, shop, **{"X-Forwarded-For": "198.51.100.2", "X-Real-IP": "198.51.100.2"})
    assert (first.status_code, second.status_code) == (200, 429)


def test_behind_a_trusted_proxy_the_address_it_saw_is_counted(limited: Make, shop: Shop) -> None:
    """The last entry is the proxy's word; what the client wrote before it counts for nothing."""
    client = limited(rate_limit=1, trusted_proxies=1)
    seen = [
        boot(client, shop, "10.0.0.1", **{"X-Forwarded-For": forwarded}).status_code
        for forwarded in ("198.51.100.1", "198.51.100.2", "203.0.113.9, 198.51.100.1", "198.51.100.3, 198.51.100.2")
    ]
    assert seen == [200, 200, 429, 429]


def test_behind_two_trusted_proxies_the_second_last_entry_is_counted(limited: Make, shop: Shop) -> None:
    client = limited(rate_limit=1, trusted_proxies=2)
    chains = ("198.51.100.1, 10.0.0.2", "9.9.9.9, 198.51.100.1, 10.0.0.2", "198.51.100.2, 10.0.0.2")
    seen = [boot(client, shop, "10.0.0.1", **{"X-Forwarded-For": chain}).status_code for chain in chains]
    assert seen == [200, 429, 200]

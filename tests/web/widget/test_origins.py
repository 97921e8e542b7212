"""Who may ask across origins: whole strings on the platform's list, never `*`, never credentials (api.md §2)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.people import ADA
from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, open_shop
from whosthere.services.runtime import Runtime

LISTED = ("https://shop.example.com", "http://localhost:3000", "https://*.shops.example")


def boot_from(client: FlaskClient, shop: Shop, origin: str | None, **headers: str) -> TestResponse:
    if origin is not None:
        headers["Origin"] = origin
    return client.post(f"{WIDGET}/boot", json={"platformId": shop.id}, headers=headers)


def allowed(response: TestResponse) -> bool:
    """Whether the origin was let in; every answer must say so in its headers too."""
    assert response.status_code in (200, 403)
    assert "*" not in response.headers.get("Access-Control-Allow-Origin", "")
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"
    if response.status_code == 403:
        assert response.json["code"] == "origin_not_allowed"
        assert "Access-Control-Allow-Origin" not in response.headers
    return response.status_code == 200


ASKING = (
    ("https://shop.example.com", True),
    ("http://localhost:3000", True),
    ("https://one.shops.example", True),
    ("http://shop.example.com", False),
    ("https://shop.example.com:443", False),
    ("https://shop.example.com:8443", False),
    ("https://shop.example.com/", False),
    ("https://SHOP.example.com", False),
    ("https://shop.example.com.evil.example", False),
    ("https://evilshop.example.com", False),
    ("https://www.shop.example.com", False),
    ("https://example.com", False),
    ("http://localhost", False),
    ("http://localhost:30000", False),
    ("http://localhost:300", False),
    ("https://shops.example", False),
    ("https://a.one.shops.example", False),
    ("http://one.shops.example", False),
    ("https://one.shops.example:8443", False),
    ("https://*.shops.example", False),  # stands on the list, but is nobody's origin
    ("https://one.shops.example.evil.example", False),
    ("https://evil-shops.example", False),
    ("null", False),
    ("*", False),
    ("", False),
    ("file://", False),
    ("shop.example.com", False),
    ("https://shop.example.com https://evil.example", False),
    ("https://shop.example.com, https://evil.example", False),
)


def test_a_boot_needs_an_origin_on_the_list(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, origins=LISTED)
    for origin, expected in ASKING:
        response = boot_from(client, shop, origin)
        assert allowed(response) is expected, origin
        if expected:
            assert response.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("origin", [ORIGIN, "null", "https://*.example.com"])
def test_an_empty_list_refuses_every_page(runtime: Runtime, client: FlaskClient, origin: str) -> None:
    assert not allowed(boot_from(client, open_shop(runtime, origins=()), origin))


def test_a_star_on_the_list_allows_nothing(runtime: Runtime, client: FlaskClient) -> None:
    """It cannot get there through a service; not even then is it a wildcard."""
    assert not allowed(boot_from(client, open_shop(runtime, origins=("*",)), "*"))
    assert not allowed(boot_from(client, open_shop(runtime, origins=("*",)), ORIGIN))


@pytest.mark.parametrize("header", ["Sec-Fetch-Site", "Sec-Fetch-Mode", "sec-fetch-dest"])
def test_a_browser_without_an_origin_is_refused(client: FlaskClient, shop: Shop, header: str) -> None:
    assert not allowed(boot_from(client, shop, None, **{header: "cross-site"}))


def test_a_refused_origin_leaves_nothing_behind_but_a_line_in_the_diagnostics(
    client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    before = rows.counts()
    body = {"platformId": shop.id, **ADA.proven()}
    client.post(f"{WIDGET}/boot", json=body, headers={"Origin": "https://evil.example"})
    left = {table: count - before[table] for table, count in rows.counts().items() if count != before[table]}
    assert left == {"refusal_counts": 1, "refusal_samples": 1}
    assert rows.reasons() == {("origin_not_allowed", True): 1}


# -- every other call ---------------------------------------------------------------------------------------------

CALLS = (
    ("GET", "/conversations", None),
    ("POST", "/conversations", {"text": "x", "clientMessageId": "x"}),
    ("GET", "/conversations/{id}", None),
    ("GET", "/conversations/{id}/messages", None),
    ("POST", "/conversations/{id}/messages", {"text": "x", "clientMessageId": "x"}),
    ("PUT", "/conversations/{id}/read", {"seq": 1}),
    ("PUT", "/conversations/{id}/state", {"state": "open"}),
    ("GET", "/stream", None),
    ("DELETE", "/session", None),
)


def call(client: FlaskClient, shop: Shop, what: tuple[str, str, Any], origin: str | None, **headers: str) -> Any:
    visitor = shop.visitor(client, ADA.proven())
    started = visitor.send("POST", "/conversations", {"text": "Hello?", "clientMessageId": "calls"})
    conversation_id = started.json["conversation"]["id"]
    headers |= {"Authorization": visitor.headers["Authorization"]}
    if origin is not None:
        headers["Origin"] = origin
    method, path, body = what
    path = WIDGET + path.format(id=conversation_id)
    with client.open(path, method=method, json=body, headers=headers) as response:
        return response


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost", None])
def test_the_platforms_pages_the_panel_and_programs_may_call(
    client: FlaskClient, shop: Shop, origin: str | None
) -> None:
    """`http://localhost` is where the test client finds the server: the panel's origin."""
    for what in CALLS:
        response = call(client, shop, what, origin)
        assert response.status_code < 400, what
        assert response.headers.get("Access-Control-Allow-Origin") == origin


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://shop.example.com:8443", "http://localhost:81"]
)
def test_nobody_elses_page_may_call(client: FlaskClient, shop: Shop, rows: Rows, origin: str) -> None:
    for what in CALLS:
        assert not allowed(call(client, shop, what, origin)), what
    assert rows.counts("messages", "revoked_sessions") == {"messages": 1, "revoked_sessions": 0}


def test_a_page_of_another_platform_may_not_use_this_session(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    open_shop(runtime, origins=("https://other.example.com",))
    assert not allowed(call(client, shop, CALLS[0], "https://other.example.com"))


def test_the_public_url_is_our_own_origin(app: Flask, client: FlaskClient, shop: Shop) -> None:
    before = app.config["WHOSTHERE_PUBLIC_URL"]
    app.config["WHOSTHERE_PUBLIC_URL"] = "https://chat.example.com/support"
    try:
        assert allowed(call(client, shop, CALLS[0], "https://chat.example.com"))
        assert not allowed(call(client, shop, CALLS[0], "https://chat.example.com/support"))
        assert not allowed(boot_from(client, shop, "https://chat.example.com"))  # the panel never boots
    finally:
        app.config["WHOSTHERE_PUBLIC_URL"] = before


# -- preflights ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/boot", "/session", "/conversations", "/conversations/x/messages", "/stream"])
def test_a_preflight_opens_nothing_but_lets_the_request_be_made(client: FlaskClient, shop: Shop, path: str) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = client.options(f"{WIDGET}{path}", headers=headers)
    assert (response.status_code, response.get_data()) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "POST", "PUT", "DELETE"}
    granted = {name.lower() for name in response.headers["Access-Control-Allow-Headers"].split(", ")}
    assert granted == {"authorization", "content-disposition", "content-type", "last-event-id"}
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", ["null", "*", "https://evil.example/path", "javascript:alert(1)"])
def test_what_is_no_origin_is_never_echoed(client: FlaskClient, shop: Shop, origin: str) -> None:
    for response in (
        client.options(f"{WIDGET}/boot", headers={"Origin": origin}),
        client.post(f"{WIDGET}/boot", json=[], headers={"Origin": origin}),
        client.get(f"{WIDGET}/conversations", headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_a_page_can_read_why_it_was_refused(client: FlaskClient, shop: Shop) -> None:
    response = shop.boot(client, ADA.config())
    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]

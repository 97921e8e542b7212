"""The order of checks: rate, size, content type, origin, credential, existence, body (docs/http-api.md).

Each request is wrong in two ways; the answer names the earlier one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, Visitor
from tests.web.widget.endpoints import BOOT, OF_CONVERSATION, WITH_BODY, Endpoint
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.web import create_app
from whosthere.web.edge import BODY_BYTES_MAX

UNKNOWN = "01a00000-0000-7000-8000-000000000000"
COUNTED = {
    ("POST", "/boot"),
    ("POST", "/conversations"),
    ("POST", "/conversations/{id}/messages"),
    ("POST", "/conversations/{id}/typing"),
    ("PUT", "/conversations/{id}/rating"),
    ("PUT", "/conversations/{id}/state"),
    ("PUT", "/contact"),
    ("PUT", "/history-offer"),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a request."""

    name: str
    code: str

    def __str__(self) -> str:
        return self.name


ORDER = (
    Wrong("rate", "too_many_requests"),
    Wrong("size", "payload_too_large"),
    Wrong("encoding", "unsupported_media_type"),
    Wrong("type", "unsupported_media_type"),
    Wrong("origin", "origin_not_allowed"),
    Wrong("credential", "credential_invalid"),
    Wrong("existence", "not_found"),
    Wrong("body", "invalid_json"),
)
PAIRS = list(itertools.combinations(ORDER, 2))


def possible(endpoint: Endpoint, wrong: Wrong) -> bool:
    """Whether a request of this call can be wrong in this way."""
    if wrong.name == "rate":
        return (endpoint.method, endpoint.path) in COUNTED
    if wrong.name == "credential":
        return endpoint is not BOOT
    if wrong.name == "existence":
        return endpoint in OF_CONVERSATION
    return True


def ask(client: FlaskClient, visitor: Visitor, endpoint: Endpoint, wrongs: set[str], conversation_id: str) -> Any:
    body = b"x" * (BODY_BYTES_MAX + 1) if "size" in wrongs else b"{" if "body" in wrongs else b"{}"
    headers = {
        "Content-Type": "text/plain" if "type" in wrongs else "application/json",
        "Origin": "https://evil.example" if "origin" in wrongs else ORIGIN,
        "Authorization": "Bearer x" if "credential" in wrongs else visitor.headers["Authorization"],
    }
    if "encoding" in wrongs:
        headers["Content-Encoding"] = "gzip"
    url = endpoint.url(UNKNOWN if "existence" in wrongs else conversation_id)
    return client.open(url, method=endpoint.method, headers=headers, data=body)


@pytest.fixture
def narrow(settings: Settings, runtime: Runtime) -> Flask:
    """The same installation behind a limit of one request a minute."""
    return create_app(settings.model_copy(update={"rate_limit": 1}), runtime=runtime)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_of_two_mistakes_the_earlier_one_is_named(
    client: FlaskClient, narrow: Flask, ada: Visitor, rows: Rows, endpoint: Endpoint
) -> None:
    mine = ada.start()["conversation"]["id"]
    before = rows.counts()
    exhausted = narrow.test_client()
    for method, path in COUNTED:
        exhausted.open(WIDGET + path.format(id=mine), method=method)
    for first, second in PAIRS:
        # A boot learns its platform, and with it whose origin is right, only from its body.
        if not (possible(endpoint, first) and possible(endpoint, second)):
            continue
        wrongs = {first.name, second.name}
        swapped = endpoint is BOOT and wrongs == {"origin", "body"}
        response = ask(exhausted if "rate" in wrongs else client, ada, endpoint, wrongs, mine)
        assert response.json["code"] == (second if swapped else first).code, wrongs
    assert rows.counts() == before


def test_a_boot_from_a_foreign_origin_is_refused_before_its_claim_is_judged(
    client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    body = {"platformId": shop.id, "userId": "ada", "userAuthToken": "x"}
    response = client.post(f"{WIDGET}/boot", json=body, headers={"Origin": "https://evil.example"})
    assert response.json["code"] == "origin_not_allowed"
    assert set(rows.reasons()) == {("origin_not_allowed", True)}


@pytest.mark.parametrize("token", [None, "x"])
def test_without_a_session_the_origin_is_still_looked_at_first(
    client: FlaskClient, shop: Shop, token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    for origin, code in (
        (ORIGIN, "credential_"),
        ("https://evil.example", "origin_not_allowed"),
        (None, "credential_"),
    ):
        sent = headers | ({"Origin": origin} if origin else {})
        assert client.get(f"{WIDGET}/conversations", headers=sent).json["code"].startswith(code)

"""Somebody else's conversation answers exactly like one that does not exist, whatever is sent (identity.md §7)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clock import Clock
from tests.people import ADA, BOB, MALLORY
from tests.rows import Rows
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.web.widget.endpoints import ENDPOINTS, OF_CONVERSATION, WITH_SESSION, Endpoint
from whosthere.core.policy import Verification
from whosthere.services import platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime

UNKNOWN = "01a00000-0000-7000-8000-000000000000"
MISSPELT = ("x", "0", "null", "%00", "..", UNKNOWN.upper(), UNKNOWN.replace("-", ""), f"{{{UNKNOWN}}}", "é" * 40)
BODIES: tuple[bytes | None, ...] = (
    None,  # a good one
    b"",
    b"{}",
    b"[]",
    b"{",
    b'{"text": 5, "clientMessageId": {}, "seq": "x", "state": 1}',
    b'{"a": 1, "a": 2}',
    b"\xff",
    b"[" * 100_000,
)


def call(visitor: Visitor, endpoint: Endpoint, conversation_id: str, body: bytes | None = None) -> TestResponse:
    request = endpoint.request(body)
    headers = visitor.headers | request["headers"]
    url = endpoint.url(conversation_id)
    return visitor.client.open(url, method=endpoint.method, headers=headers, data=request["data"])


def what(response: TestResponse) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Everything of an answer but what differs between any two."""
    headers = {name: value for name, value in response.headers if name not in ("X-Request-ID", "Content-Length")}
    return response.status_code, headers, {**response.json, "requestId": ""}


@pytest.fixture
def foreign(client: FlaskClient, shop: Shop) -> str:
    """The id of a conversation of Ada's."""
    return str(shop.visitor(client, ADA.proven()).start()["conversation"]["id"])


@pytest.mark.parametrize("endpoint", OF_CONVERSATION, ids=str)
@pytest.mark.parametrize("who", [BOB.proven(), {}])
def test_a_foreign_id_answers_exactly_like_an_unknown_one_whatever_the_body(
    client: FlaskClient, shop: Shop, rows: Rows, foreign: str, endpoint: Endpoint, who: Any
) -> None:
    visitor = shop.visitor(client, who)
    visitor.start()
    before = rows.counts()
    for body in BODIES:
        known, unknown = (call(visitor, endpoint, id_, body) for id_ in (foreign, UNKNOWN))
        assert what(known) == what(unknown)
        assert (known.status_code, known.json["code"]) == (404, "not_found")
        assert len(known.get_data()) == len(unknown.get_data())
    assert rows.counts() == before


@pytest.mark.parametrize("endpoint", OF_CONVERSATION, ids=str)
def test_a_conversation_of_another_platform_is_unknown_even_to_the_same_person(
    runtime: Runtime, client: FlaskClient, foreign: str, endpoint: Endpoint
) -> None:
    elsewhere = open_shop(runtime)
    ada = elsewhere.visitor(client, ADA.proven())
    assert what(call(ada, endpoint, foreign)) == what(call(ada, endpoint, UNKNOWN))


@pytest.mark.parametrize("endpoint", OF_CONVERSATION, ids=str)
def test_a_misspelt_id_is_not_found(client: FlaskClient, shop: Shop, endpoint: Endpoint) -> None:
    visitor = shop.visitor(client)
    for misspelt in MISSPELT:
        response = call(visitor, endpoint, misspelt)
        assert (response.status_code, response.json["code"]) == (404, "not_found"), misspelt


@pytest.mark.parametrize("query", ["after=x", "limit=0", "after=-1&limit=x"])
def test_a_foreign_id_is_not_found_before_the_query_is_looked_at(
    client: FlaskClient, shop: Shop, foreign: str, query: str
) -> None:
    bob = shop.visitor(client, BOB.proven())
    assert bob.get(f"/conversations/{foreign}/messages?{query}").status_code == 404


def test_an_anonymous_visitor_who_logs_in_does_not_take_the_conversation_along(client: FlaskClient, shop: Shop) -> None:
    nobody = shop.visitor(client)
    mine = nobody.start()["conversation"]["id"]
    ada = shop.visitor(client, ADA.proven(), anonymousToken=nobody.answer["anonymousToken"])
    assert ada.get(f"/conversations/{mine}").status_code == 404


@pytest.mark.parametrize("endpoint", WITH_SESSION, ids=str)
@pytest.mark.parametrize("end", ["expired", "revoked", "enforced"])
def test_a_session_that_is_over_opens_nothing(
    runtime: Runtime, client: FlaskClient, clock: Clock, endpoint: Endpoint, end: str
) -> None:
    shop = open_shop(runtime, verification=Verification.OFF)
    visitor = shop.visitor(client, MALLORY.config())
    mine = visitor.start()["conversation"]["id"]
    if end == "expired":
        clock.advance(hours=1)
    elif end == "revoked":
        visitor.send("DELETE", "/session")
    else:
        platforms.change(runtime, shop.id, {"verification": "enforced"}, actor=Actor("test"))
    before = Rows(runtime.database, shop.id).counts()
    for conversation_id in (mine, UNKNOWN):
        response = call(visitor, endpoint, conversation_id)
        expected = "session_expired" if end == "expired" else "session_ended"
        assert (response.status_code, response.json["code"]) == (401, expected)
    assert Rows(runtime.database, shop.id).counts() == before


def test_the_list_of_endpoints_is_complete(app: Flask) -> None:
    known = {
        (endpoint.method, endpoint.path.format(id="<conversation_id>", attachment="<attachment_id>"))
        for endpoint in ENDPOINTS
    }
    served = {
        (method, rule.rule.removeprefix(WIDGET))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(WIDGET)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == known

"""A server API key opens its own platform's server API and nothing else; bad input is a 4xx without an effect."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people import ADA
from tests.rows import Rows
from tests.services.lives import Life
from tests.shop import WIDGET, Shop, open_shop
from tests.team import hire
from tests.web.server.endpoints import (
    API,
    ENDPOINTS,
    IDENTIFY,
    OF_SOMEBODY,
    WITH_BODY,
    Backend,
    Endpoint,
    open_backend,
)
from tests.web.widget.endpoints import check_problem
from tests.web.widget.test_malformed import BROKEN_JSON, NO_STRINGS
from whosthere.services import server_keys
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.web import create_app

UNKNOWN = "01a203f2-b1fc-7225-abd7-6460051d5248"
BAD: tuple[tuple[dict[str, Any], str], ...] = (
    *(
        ({name: value}, name)
        for name in ("userId", "userEmail", "userName")
        for value in NO_STRINGS
        if value is not None
    ),
    *(({"userId": value}, "userId") for value in (" a", "a\n", "a\0", "x" * 751, "undefined", "[object Object]")),
    *(({"userEmail": value}, "userEmail") for value in ("ada", "a@b", " a@b.example", "a@b.example\0", "x" * 300)),
    *(({"userId": empty, "userEmail": empty}, "userId") for empty in ("", None)),
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.team import hash_quickly

    hash_quickly(monkeypatch)


def ask(client: FlaskClient, endpoint: Endpoint, url: str, body: bytes | None, **headers: str) -> Any:
    """Call an endpoint with a body as it is, or a good one."""
    request = endpoint.request(body)
    return client.open(url, method=endpoint.method, data=request["data"], headers=request["headers"] | headers)


def test_no_other_credential_opens_anything_here(
    runtime: Runtime, client: FlaskClient, shop: Shop, backend: Backend, ada: Life, rows: Rows
) -> None:
    revoked = open_backend(client, shop)
    server_keys.revoke(runtime, shop.id, revoked.key.id, actor=Actor("cli:grace"))
    session = ada.visitor.answer["session"]["token"]
    others = [session, hire(runtime, shop.id).token, revoked.key.secret, backend.key.secret[:-1], "x", "é"]
    before = rows.counts()
    for endpoint in ENDPOINTS:
        url = endpoint.url(ada.record_id, ada.attachment_id)
        check_problem(ask(client, endpoint, url, None), 401, "credential_missing")
        for other in others:
            check_problem(ask(client, endpoint, url, None, Authorization=f"Bearer {other}"), 401, "credential_invalid")
    assert rows.counts() == before


def test_a_server_key_opens_nothing_elsewhere(client: FlaskClient, backend: Backend, ada: Life) -> None:
    for path in (f"{WIDGET}/conversations", "/api/v1/agent/conversations", "/api/v1/agent/users"):
        check_problem(client.get(path, headers=backend.headers), 401, "credential_invalid")


def test_somebody_of_another_platform_is_like_somebody_who_does_not_exist(
    runtime: Runtime, client: FlaskClient, backend: Backend, ada: Life
) -> None:
    other = open_backend(client, open_shop(runtime))
    before = Rows(runtime.database, ada.shop.id).counts()
    merge = backend.get("/ledger")["items"][0]["id"]
    for endpoint in OF_SOMEBODY:
        found = merge if "ledger" in endpoint.path else ada.attachment_id
        for body in (None, b"{", b'{"unknown": 1}'):
            answers = [
                ask(client, endpoint, endpoint.url(*ids), body, **other.headers)
                for ids in ((ada.record_id, found), (UNKNOWN, UNKNOWN))
            ]
            texts = [one.get_data(as_text=True).replace(one.headers["X-Request-ID"], "") for one in answers]
            assert answers[0].status_code == 404, str(endpoint)
            assert texts[0] == texts[1]
    assert Rows(runtime.database, ada.shop.id).counts() == before


def test_what_is_no_id_is_not_found_before_the_body_is_looked_at(client: FlaskClient, backend: Backend) -> None:
    for endpoint in OF_SOMEBODY:
        for wrong in ("x", "%00", "..%2f..", "0" * 36, "%ff", quote("😀"), quote("1 OR 1=1"), "a" * 3000):
            body = b"{" if endpoint.has_body else None
            check_problem(ask(client, endpoint, endpoint.url(wrong, wrong), body, **backend.headers), 404, "not_found")


def test_bad_bodies_are_refused_by_name_without_effect(
    client: FlaskClient, backend: Backend, ada: Life, rows: Rows
) -> None:
    merge = backend.get("/ledger")["items"][0]["id"]
    before = rows.counts()
    for endpoint in WITH_BODY:
        url = endpoint.url(ada.record_id, merge)
        for name, body in BROKEN_JSON.items():
            response = ask(client, endpoint, url, body, **backend.headers)
            assert (response.status_code, response.json["code"]) == (400, "invalid_json"), (str(endpoint), name)
        for name in ("unknown", "__proto__", "user_id"):
            body = json.dumps(endpoint.good | {name: 1}).encode()
            response = ask(client, endpoint, url, body, **backend.headers)
            check_problem(response, 400, "unknown_field")
            assert response.json["field"] == name
        large = {**backend.headers, "Content-Type": "application/json"}
        check_problem(ask(client, endpoint, url, b" " * 300_000, **large), 413, "payload_too_large")
        check_problem(
            ask(client, endpoint, url, b"{}", **{"Content-Type": "text/plain"}), 415, "unsupported_media_type"
        )
    for fields, name in BAD:
        response = backend.call("PUT", "/users", IDENTIFY | fields)
        check_problem(response, 400, "invalid_field")
        assert response.json["field"] == name, fields
    assert rows.counts() == before


def test_a_look_up_asks_for_exactly_one_good_thing(backend: Backend) -> None:
    none = ("", "userId=", "userId=a&userEmail=b", "userId=a&userId=b", "userId=%00", "id=", "name=a")
    for query in (*none, f"userId={'x' * 751}"):
        check_problem(backend.call("GET", f"/users?{query}"), 400, "invalid_field")
    for cursor in ("x", "", "%00", "%ff", "x" * 500):
        check_problem(backend.call("GET", f"/ledger?cursor={cursor}"), 400, "invalid_cursor")


def test_the_whole_api_is_in_the_list_and_in_the_document(app: Flask, client: FlaskClient) -> None:
    served = {
        (method, rule.rule.replace("<user_id>", "{id}").replace("<attachment_id>", "{other}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("server_api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(one.method, API + one.path.partition("?")[0]) for one in ENDPOINTS}
    assert {(method, path.replace("<entry_id>", "{other}")) for method, path in served} == listed
    described = client.get("/openapi.json").json["paths"]
    operations = [(path, method) for path in described if path.startswith(API) for method in described[path]]
    assert len(operations) == len(ENDPOINTS)


def test_every_call_counts_against_the_rate_limit(settings: Settings, runtime: Runtime, shop: Shop) -> None:
    limited = create_app(settings.model_copy(update={"rate_limit": 2}), runtime=runtime).test_client()
    backend = open_backend(limited, shop)
    codes = [backend.call("GET", f"/users?userId={ADA.user_id}").status_code for _ in range(3)]
    assert codes == [200, 200, 429]

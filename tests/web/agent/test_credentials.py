"""Who may use the agent API: a personal access token, or the cookie of a signed-in browser with its CSRF token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.shop import Shop, Visitor
from tests.team import API, Colleague, hire
from tests.web.agent.desk import Desk, sit_down
from whosthere.services import agent_sessions, agents, personal_tokens, server_keys
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime

LIST = f"{API}/conversations"
CALLS = (
    ("GET", "/conversations"),
    ("GET", "/conversations/{id}"),
    ("GET", "/conversations/{id}/messages"),
    ("POST", "/conversations/{id}/messages"),
    ("POST", "/conversations/{id}/notes"),
    ("PUT", "/conversations/{id}/state"),
    ("PUT", "/conversations/{id}/read"),
    ("GET", "/users"),
    ("GET", "/stream"),
)
BODIES = {
    "messages": {"text": "Hello", "clientMessageId": "a"},
    "notes": {"text": "Hello", "clientMessageId": "a"},
    "state": {"state": "resolved"},
    "read": {"seq": 1},
}


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_no_call_answers_a_stranger(client: FlaskClient, ada: Visitor, method: str, path: str) -> None:
    url = API + path.format(id=ada.start()["conversation"]["id"])
    body = BODIES.get(path.rsplit("/", 1)[1]) if method != "GET" else None
    response = client.open(url, method=method, json=body)
    assert response.status_code == 401
    assert response.get_json()["code"] == "credential_missing"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_other_kinds_of_credential_open_nothing(
    client: FlaskClient, runtime: Runtime, shop: Shop, ada: Visitor, grace: Colleague
) -> None:
    server_key = server_keys.create(runtime, shop.id, actor=Actor("Grace"))
    assert isinstance(server_key, server_keys.NewServerKey)
    signed_in = agent_sessions.sign_in(runtime, grace.email, "nine ships in the harbour")
    assert isinstance(signed_in, agent_sessions.SignedIn)
    for credential in (
        ada.headers["Authorization"],
        f"Bearer {server_key.secret}",
        f"Bearer {signed_in.token}",
        f"Basic {grace.token}",
        f"Bearer {grace.token}x",
        f"Bearer {grace.token[:-1]}",
        "Bearer",
        "Bearer  ",
        "",
        grace.token,
    ):
        response = client.get(LIST, headers={"Authorization": credential})
        assert (response.status_code, response.get_json()["code"]) == (401, "credential_invalid"), credential


def test_a_token_opens_nothing_of_the_widget(client: FlaskClient, ada: Visitor, grace: Colleague) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    for path in ("/conversations", f"/conversations/{conversation_id}/messages", "/stream"):
        response = client.get(f"/api/v1/widget{path}", headers={"Authorization": f"Bearer {grace.token}"})
        assert response.status_code == 401


def test_the_scheme_may_be_spelled_in_either_case(client: FlaskClient, grace: Colleague) -> None:
    assert client.get(LIST, headers={"Authorization": f"bearer {grace.token}"}).status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        lambda grace, clock: personal_tokens.revoke_secret(grace.runtime, grace.token),
        lambda grace, clock: agents.disable(grace.runtime, grace.email),
    ],
    ids=["revoked", "disabled"],
)
def test_a_token_that_has_ended_opens_nothing_from_the_next_request_on(
    client: FlaskClient, grace: Colleague, clock: Clock, end: Callable[[Colleague, Clock], object]
) -> None:
    assert grace.call(client, "GET", "/conversations").status_code == 200
    end(grace, clock)
    assert grace.call(client, "GET", "/conversations").status_code == 401


def test_the_cookie_reads_without_a_csrf_token(desk: Desk) -> None:
    assert desk.client.get(LIST).status_code == 200


def test_the_cookie_changes_nothing_without_the_pages_csrf_token(desk: Desk, ada: Visitor) -> None:
    url = f"{LIST}/{ada.start()['conversation']['id']}/messages"
    for headers in ({}, {"X-CSRFToken": ""}, {"X-CSRFToken": "x"}):
        response = desk.client.post(url, json=BODIES["messages"], headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (400, "csrf")
    assert desk.client.post(url, json=BODIES["messages"], headers={"X-CSRFToken": desk.csrf()}).status_code == 201


def test_the_csrf_token_of_another_browser_is_none(desk: Desk, ada: Visitor, runtime: Runtime, shop: Shop) -> None:
    mallory = sit_down(desk.client.application, hire(runtime, shop.id, "mallory@evil.example", name="Mallory"))
    url = f"{LIST}/{ada.start()['conversation']['id']}/messages"
    response = desk.client.post(url, json=BODIES["messages"], headers={"X-CSRFToken": mallory.csrf()})
    assert (response.status_code, response.get_json()["code"]) == (400, "csrf")


def test_a_page_of_another_site_cannot_use_the_cookie_even_with_the_token(desk: Desk, ada: Visitor) -> None:
    url = f"{LIST}/{ada.start()['conversation']['id']}/messages"
    for site in ("cross-site", "same-site"):
        headers = {"X-CSRFToken": desk.csrf(), "Sec-Fetch-Site": site}
        assert desk.client.post(url, json=BODIES["messages"], headers=headers).status_code == 400


def test_with_an_authorization_header_the_cookie_counts_for_nothing(
    desk: Desk, runtime: Runtime, shop: Shop, ada: Visitor
) -> None:
    assert desk.client.get(LIST, headers={"Authorization": "Bearer wpat_unknown"}).status_code == 401
    sam = hire(runtime, shop.id, "sam@example.com", name="Sam")
    url = f"{LIST}/{ada.start()['conversation']['id']}/messages"
    response = desk.client.post(url, json=BODIES["messages"], headers={"Authorization": f"Bearer {sam.token}"})
    assert response.status_code == 201
    assert response.get_json()["author"] == {"kind": "agent", "name": "Sam"}


def test_answers_are_kept_out_of_caches(client: FlaskClient, grace: Colleague) -> None:
    response = grace.call(client, "GET", "/conversations")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response.headers

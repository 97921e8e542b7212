"""Bad input, at every call of the agent API and every form of the inbox: always a 4xx, and never a side effect."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.rows import Rows
from tests.shop import Shop, Visitor
from tests.team import API, Colleague
from tests.web.agent.bad_fields import BAD_FIELDS
from tests.web.agent.desk import Desk, text_of
from tests.web.agent.endpoints import ENDPOINTS, NOBODY, OF_CONVERSATION, REPLY, WITH_BODY, Endpoint
from tests.web.widget.endpoints import check_problem
from tests.web.widget.test_malformed import BROKEN_JSON
from whosthere.core.resolution import Record
from whosthere.services.runtime import Runtime
from whosthere.storage import canned, conversations, ledger, users
from whosthere.storage.canned import CannedReply
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit

NO_IDS = (NOBODY, "x", "%00", "..%2f..", "a" * 5000, "0" * 36, "1 OR 1=1", "%ff%fe", "😀")


@pytest.fixture
def here(runtime: Runtime, shop: Shop, ada: Visitor, grace: Colleague) -> str:
    """The id of a conversation; by the same id there are a canned reply, an entry of the merge ledger and a person."""
    started = ada.start()["conversation"]["id"]

    def add(tenant: Tenant) -> None:
        users.add(tenant, Record(id=started), Visit(0), anonymous=True)
        canned.add(tenant, CannedReply(started, shop.id, "bye", "Bye", grace.id, 0, 0))
        head = conversations.find(tenant, started)
        assert head is not None
        ledger.add_history(tenant, started, head.record_id, started, [], 0)

    runtime.writing(shop.id, add)
    return started


def send(client: FlaskClient, who: Colleague, endpoint: Endpoint, conversation_id: str, body: bytes) -> TestResponse:
    """Call an endpoint with a body as it is."""
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "application/json"}
    return client.open(endpoint.url(conversation_id), method=endpoint.method, data=body, headers=headers)


def test_broken_json_is_refused_without_effect(client: FlaskClient, here: str, grace: Colleague, rows: Rows) -> None:
    before = rows.counts()
    for endpoint in WITH_BODY:
        for name, body in BROKEN_JSON.items():
            response = send(client, grace, endpoint, here, body)
            assert (response.status_code, response.json["code"]) == (400, "invalid_json"), (str(endpoint), name)
    assert rows.counts() == before


def test_a_wrong_or_missing_or_unknown_field_is_named(
    client: FlaskClient, here: str, grace: Colleague, rows: Rows
) -> None:
    before = rows.counts()
    for endpoint in WITH_BODY:
        wrong = [(fields, name) for path, fields, name in BAD_FIELDS if endpoint.path.endswith(path)]
        assert wrong
        for fields, name in wrong:
            response = send(client, grace, endpoint, here, json.dumps(endpoint.good | fields).encode())
            check_problem(response, 400, "invalid_field")
            assert response.json["field"] == name, fields
        for name in set(endpoint.good) - set(endpoint.optional):
            less = {key: value for key, value in endpoint.good.items() if key != name}
            response = send(client, grace, endpoint, here, json.dumps(less).encode())
            check_problem(response, 400, "invalid_field")
            assert response.json["field"] == name
        for name in ("unknown", "__proto__", "client_message_id"):
            response = send(client, grace, endpoint, here, json.dumps(endpoint.good | {name: 1}).encode())
            check_problem(response, 400, "unknown_field")
            assert response.json["field"] == name
    assert rows.counts() == before


def test_size_and_type_are_checked_before_the_credential(client: FlaskClient) -> None:
    for endpoint in WITH_BODY:
        url = endpoint.url(NOBODY)
        large = client.open(url, method=endpoint.method, data=b" " * 300_000, content_type="application/json")
        check_problem(large, 413, "payload_too_large")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            other = client.open(url, method=endpoint.method, data=b"{}", content_type=kind)
            check_problem(other, 415, "unsupported_media_type")
        compressed = client.open(url, method=endpoint.method, json={}, headers={"Content-Encoding": "gzip"})
        check_problem(compressed, 415, "unsupported_media_type")


def test_another_method_is_not_allowed(client: FlaskClient, grace: Colleague) -> None:
    for endpoint in ENDPOINTS:
        for method in ("PATCH", "DELETE", "PUT" if endpoint.method == "GET" else "GET"):
            if (method, endpoint.path) in {(other.method, other.path) for other in ENDPOINTS}:
                continue
            path = endpoint.url(NOBODY).removeprefix(API)
            check_problem(grace.call(client, method, path), 405, "method_not_allowed")


def test_what_is_no_id_is_not_found_before_the_body_is_looked_at(client: FlaskClient, grace: Colleague) -> None:
    for endpoint in OF_CONVERSATION:
        for wrong in NO_IDS:
            url = endpoint.url(wrong if "%" in wrong else quote(wrong))
            body = None if endpoint.method == "GET" else b"{"
            headers = {"Authorization": f"Bearer {grace.token}"} | endpoint.request(body)["headers"]
            response = client.open(url, method=endpoint.method, data=body, headers=headers)
            assert (response.status_code, response.json["code"]) == (404, "not_found"), (str(endpoint), wrong)


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        *(("/conversations", f"cursor={value}", "invalid_cursor") for value in ("x", "", "%00", "%ff", "x" * 5000)),
        ("/conversations", "cursor=MS54", "invalid_cursor"),
        *(("/conversations", f"view={value}", "invalid_field") for value in ("", "OPEN", "%00", "ended")),
        *(("/conversations", f"assurance={value}", "invalid_field") for value in ("", "Verified", "%00", "proven")),
        *(("/conversations", f"tag={value}", "invalid_field") for value in ("", "%00", "x" * 101)),
        *(("/mentions", f"cursor={value}", "invalid_cursor") for value in ("x", "", "%00")),
        ("/users", "cursor=%00", "invalid_cursor"),
        *(
            ("/conversations/{id}/messages", f"{name}={value}", "invalid_field")
            for name in ("after", "limit")
            for value in ("", "-1", "1.0", "%00", "٣", "1e3", "9" * 30)
        ),
        ("/conversations/{id}/messages", "limit=0", "invalid_field"),
        ("/conversations/{id}/messages", "limit=101", "invalid_field"),
    ],
)
def test_a_wrong_query_is_refused(
    client: FlaskClient, ada: Visitor, grace: Colleague, path: str, query: str, code: str
) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    response = client.get(
        f"{API}{path.format(id=conversation_id)}?{query}", headers={"Authorization": f"Bearer {grace.token}"}
    )
    check_problem(response, 400, code)


FORMS = (
    "login",
    "login/code",
    "logout",
    "welcome",
    "reset",
    "forgotten",
    "profile",
    "tokens",
    "confirm",
    "conversations/{id}/reply",
    "conversations/{id}/state",
    "conversations/{id}/assignee",
    "conversations/{id}/tags",
    "conversations/{id}/snooze",
    "conversations/{id}/spam",
    "conversations/{id}/undo",
    "replies",
)
BAD_FORMS: dict[str, tuple[bytes, str, int]] = {
    "nul": (b"&text=a%00b&email=a%00&state=%00", "application/x-www-form-urlencoded", 400),
    "raw nul": (b"&text=a\x00b", "application/x-www-form-urlencoded", 400),
    "nul in a name": (b"&te%00xt=a", "application/x-www-form-urlencoded", 400),
    "invalid utf-8": (b"&text=%ff%fe", "application/x-www-form-urlencoded", 400),
    "raw invalid utf-8": (b"&text=\xc3\x28", "application/x-www-form-urlencoded", 400),
    "surrogate": (b"&text=%ed%a0%80", "application/x-www-form-urlencoded", 400),
    "too large": (b"&text=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
    "json": (b"{}", "application/json", 415),
    "multipart": (b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--x--', "multipart/form-data", 415),
    "no type": (b"text=x", "", 415),
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_a_form_that_is_no_clean_text_is_refused_with_a_page_and_without_effect(
    desk: Desk, ada: Visitor, rows: Rows, name: str
) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    before = rows.counts()
    body, content_type, status = BAD_FORMS[name]
    token = f"csrf_token={desk.csrf()}".encode()
    for path in FORMS:
        if name == "multipart" and path.endswith("/reply"):
            continue  # that form may have files
        response = desk.client.post(
            f"/agent/{path.format(id=conversation_id)}",
            data=token + body if content_type.endswith("urlencoded") else body,
            headers={"Content-Type": content_type} if content_type else {},
        )
        assert (response.status_code, response.mimetype) == (status, "text/html"), (path, text_of(response))
        assert "Back to the inbox" in text_of(response)
    assert rows.counts() == before
    assert desk.open().status_code == 200  # nobody was signed out


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"text": "", "clientMessageId": "a"}, 400),
        ({"text": " \r\n ", "clientMessageId": "a"}, 400),
        ({"text": "x" * 10_001, "clientMessageId": "a"}, 400),
        ({"text": "Hello", "clientMessageId": ""}, 400),
        ({"text": "Hello", "clientMessageId": "x" * 129}, 400),
        ({"text": "Hello"}, 400),
        ({"text": "Hello", "clientMessageId": "a", "kind": "shout"}, 400),
        ({"clientMessageId": "a"}, 400),
        ({}, 400),
    ],
)
def test_a_reply_that_is_none_is_not_stored(
    desk: Desk, ada: Visitor, rows: Rows, fields: dict[str, str], status: int
) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    before = rows.counts()
    response = desk.send(f"conversations/{conversation_id}/reply", **fields)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert "Not sent." in text_of(response)
    assert rows.counts() == before


@pytest.mark.parametrize("state", ["", "ended", "snoozed", "OPEN"])
def test_a_state_that_is_none_is_refused_with_a_page(desk: Desk, ada: Visitor, rows: Rows, state: str) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    before = rows.counts()
    response = desk.send(f"conversations/{conversation_id}/state", state=state)
    assert response.status_code in (400, 409)
    assert response.mimetype == "text/html"
    assert rows.counts() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"?cursor={value}", 400) for value in ("x", "%00", "%ff")),
        *((f"?view={value}&platform={value}", 200) for value in ("", "x", "%00", "%ff", "%22%3E", "a" * 3000)),
        *((f"conversations/{wrong if '%' in wrong else quote(wrong)}", 404) for wrong in NO_IDS),
        *((f"fragments/conversations/{wrong if '%' in wrong else quote(wrong)}", 404) for wrong in NO_IDS),
        ("nothing", 404),
        ("nothing/at/all", 404),
        ("%00", 404),
        ("fragments/list?cursor=%00", 400),
    ],
)
def test_any_address_is_answered_with_a_page(desk: Desk, path: str, status: int) -> None:
    response = desk.open(path)
    assert (response.status_code, response.mimetype) == (status, "text/html")


@pytest.mark.parametrize("before", ["", "0", "-1", "x", "%00", "9" * 30])
def test_an_older_part_that_is_none_is_refused(desk: Desk, ada: Visitor, before: str) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    assert desk.open(f"conversations/{conversation_id}?before={before}").status_code == 400


def test_a_good_reply_is_stored(desk: Desk, ada: Visitor, rows: Rows) -> None:
    """What the tables above would look like if they refused everything."""
    conversation_id = ada.start()["conversation"]["id"]
    before = rows.counts()["messages"]
    assert desk.send(f"conversations/{conversation_id}/reply", **REPLY).status_code == 303
    assert rows.counts()["messages"] == before + 1

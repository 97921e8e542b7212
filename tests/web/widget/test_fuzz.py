"""Whatever JSON arrives, no call fails on our side, and what is refused leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import SECRET, base64_token
from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, Visitor
from tests.web.widget.endpoints import BOOT, WITH_BODY, Endpoint
from whosthere.core.reasons import Reason
from whosthere.web.problems import STATUS

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.characters(), min_size=200, max_size=900)
    | st.sampled_from(["", " ", "\0", "null", "undefined", "\ud800", "x" * 20_000, 2**63, -(2**63), 10**400, 1e308])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("text", "clientMessageId"), VALUES | st.just("good")),
    "tags": VALUES | st.lists(SCALARS),
    "fields": VALUES | st.dictionaries(st.text(), st.fixed_dictionaries({"type": SCALARS, "value": SCALARS})),
    "page": VALUES | st.dictionaries(st.sampled_from(["url", "title", "referrer", "language"]), SCALARS),
    "seq": VALUES | st.integers(0, 5),
    "state": VALUES | st.just("open"),
    **dict.fromkeys(("userId", "userEmail", "userName", "userAuthToken", "identityToken"), VALUES),
    **dict.fromkeys(("fullPrivacy", "clearAnonymousUserOnLogin", "reset"), SCALARS),
    **dict.fromkeys(("anonymousToken", "anonymousTabToken"), VALUES),
}
BODIES = st.fixed_dictionaries({}, optional=FIELDS) | VALUES
FUZZING = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check(response: Any) -> bool:
    """Whether it was a success; a refusal must be one that is documented."""
    if response.status_code < 300:
        return True
    assert response.headers["Content-Type"] == "application/problem+json"
    assert 400 <= response.status_code < 500, response.get_data(as_text=True)
    assert STATUS[Reason(response.json["code"])] == response.status_code
    return False


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
@FUZZING
@given(body=BODIES)
def test_any_json_is_either_taken_or_refused(
    client: FlaskClient, shop: Shop, rows: Rows, ada: Visitor, endpoint: Endpoint, body: Any
) -> None:
    if endpoint is BOOT and isinstance(body, dict):
        body["platformId"] = shop.id
    conversation_id = _once(ada)
    before = rows.people()
    encoded = json.dumps(body).encode()
    own = {"Origin": ORIGIN} if endpoint is BOOT else ada.headers
    headers = own | {"Content-Type": "application/json"}
    response = client.open(endpoint.url(conversation_id), method=endpoint.method, headers=headers, data=encoded)
    if not check(response):
        assert rows.people() == before


@FUZZING
@given(user_id=st.text(max_size=800), email=st.text(max_size=300) | st.emails(), name=st.text())
def test_any_identifiers_with_a_proof_are_verified_or_anonymous(
    client: FlaskClient, shop: Shop, user_id: str, email: str, name: str
) -> None:
    """And what is verified is verified as exactly what was signed."""
    try:
        token = base64_token(SECRET, f"{user_id}\n{email}")
    except UnicodeEncodeError:
        token = "x"
    response = shop.boot(client, {"userId": user_id, "userEmail": email, "userName": name, "userAuthToken": token})
    if check(response) and (user := response.json["user"])["state"] == "logged-in":
        assert user["assurance"] == "verified"
        assert (user.get("userId", ""), user.get("userEmail", "")) == (user_id, email)


@FUZZING
@given(body=st.binary(max_size=400))
def test_any_bytes_are_refused_or_taken(client: FlaskClient, shop: Shop, body: bytes) -> None:
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    check(client.post(f"{WIDGET}/boot", data=body, headers=headers))


TOKENS = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=300)


@FUZZING
@given(token=TOKENS, cursor=st.text(), last_event_id=TOKENS)
def test_any_credential_and_any_cursor_are_refused_or_taken(
    client: FlaskClient, ada: Visitor, token: str, cursor: str, last_event_id: str
) -> None:
    refused = client.get(f"{WIDGET}/conversations", headers={"Authorization": f"Bearer {token}"})
    assert not check(refused)
    check(ada.get("/conversations", query_string={"cursor": cursor}))
    headers = ada.headers | {"Last-Event-ID": last_event_id}
    with client.get(f"{WIDGET}/stream", headers=headers) as stream:
        assert check(stream)


def _once(visitor: Visitor) -> str:
    """The id of the visitor's one conversation."""
    body = {"text": "Hello?", "clientMessageId": "the one conversation"}
    return str(visitor.send("POST", "/conversations", body).json["conversation"]["id"])

"""Personal access tokens: shown once, good for what their scopes say, and made by browsers alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clock import Clock
from tests.team import API, Colleague
from tests.web.agent.desk import Desk
from tests.web.agent.fields import value_of, wrong
from whosthere.services import personal_tokens
from whosthere.services.personal_tokens import NewToken
from whosthere.services.runtime import Runtime


def test_a_token_is_shown_once_and_does_what_its_scopes_say(client: FlaskClient, desk: Desk, grace: Colleague) -> None:
    shown = desk.send("tokens", name="export", days="1", read="yes")
    secret = value_of(shown, "once")
    assert secret not in desk.open("tokens").get_data(as_text=True)
    reader = Colleague(grace.runtime, grace.id, grace.email, secret)
    assert reader.call(client, "GET", "/conversations").status_code == 200
    for method, path in (
        ("PUT", "/me"),
        ("POST", "/tokens"),
        ("DELETE", "/tokens/x"),
        ("PUT", "/conversations/x/state"),
    ):
        refused = reader.call(client, method, path, {})
        assert (refused.status_code, refused.get_json()["code"]) == (403, "insufficient_scope")


def test_a_token_that_only_writes_reads_nothing(client: FlaskClient, runtime: Runtime, grace: Colleague) -> None:
    made = personal_tokens.create(runtime, grace.email, scopes=["write"])
    assert isinstance(made, NewToken)
    writer = Colleague(runtime, grace.id, grace.email, made.secret)
    assert writer.call(client, "GET", "/me").get_json()["code"] == "insufficient_scope"
    assert writer.call(client, "PUT", "/me", {"available": False}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\tb"}, "name"),
        *(({"days": days}, "days") for days in ("0", "367", "-1", "1.5", "", "٣", "9" * 400)),
        ({"read": "no"}, "scopes"),
    ],
)
def test_a_token_that_cannot_be_is_refused_beside_its_field(
    desk: Desk, grace: Colleague, fields: dict[str, str], field: str
) -> None:
    before = len(personal_tokens.listed(grace.runtime, grace.identity.agent))
    refused = desk.send("tokens", **{"name": "export", "days": "30", "read": "yes", **fields})
    assert refused.status_code == 400
    assert set(wrong(refused)) == {field}
    assert len(personal_tokens.listed(grace.runtime, grace.identity.agent)) == before


def test_a_browser_makes_tokens_by_the_api_and_a_token_makes_none(
    client: FlaskClient, desk: Desk, grace: Colleague, clock: Clock
) -> None:
    def make(**body: Any) -> TestResponse:
        headers = {"X-CSRFToken": desk.csrf()}
        return desk.client.post(f"{API}/tokens", json={"name": "export", **body}, headers=headers)

    made = make(scopes=["read"], days=7)
    assert made.status_code == 201
    assert made.get_json()["token"].startswith("wpat_")
    assert grace.call(client, "POST", "/tokens", {"name": "export"}).get_json()["code"] == "forbidden"
    clock.advance(minutes=10)
    assert make().get_json()["code"] == "confirmation_required"
    listed = grace.get(client, "/tokens")["items"]
    assert listed[0] == {name: value for name, value in made.get_json().items() if name != "token"}
    assert grace.call(client, "DELETE", f"/tokens/{made.get_json()['id']}").status_code == 204
    assert grace.call(client, "DELETE", f"/tokens/{made.get_json()['id']}").status_code == 404

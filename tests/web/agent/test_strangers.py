"""An agent of one platform can neither see nor guess anything of another."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.people import ADA
from tests.rows import Rows
from tests.shop import Shop, open_shop
from tests.team import Colleague
from tests.web.agent.desk import Desk
from tests.web.agent.endpoints import OF_CONVERSATION, Endpoint
from whosthere.services.runtime import Runtime

UNKNOWN = "01a203f2-b1fc-7225-abd7-6460051d5248"


@pytest.fixture
def theirs(runtime: Runtime, client: FlaskClient) -> tuple[Shop, str]:
    """Another platform, and a conversation there."""
    other = open_shop(runtime)
    return other, other.visitor(client, ADA.proven()).start("Our secret")["conversation"]["id"]


def plain(response: Any) -> tuple[Any, ...]:
    """An answer without what differs between any two: its own id."""
    text = response.get_data(as_text=True).replace(response.headers["X-Request-ID"], "")
    headers = {key: value for key, value in response.headers if key not in ("X-Request-ID", "Set-Cookie", "Date")}
    return response.status_code, text, headers


@pytest.mark.parametrize("endpoint", OF_CONVERSATION, ids=str)
def test_a_conversation_of_another_platform_is_like_one_that_does_not_exist(
    client: FlaskClient, runtime: Runtime, grace: Colleague, theirs: tuple[Shop, str], endpoint: Endpoint
) -> None:
    other, conversation_id = theirs
    before = Rows(runtime.database, other.id).counts()
    for body in (None, b"{}", b'{"unknown": 1}'):
        request = endpoint.request(body)
        headers = {"Authorization": f"Bearer {grace.token}"} | request["headers"]
        answers = [
            client.open(endpoint.url(one), method=endpoint.method, headers=headers, data=request["data"])
            for one in (conversation_id, UNKNOWN)
        ]
        assert answers[0].status_code == 404
        assert plain(answers[0]) == plain(answers[1])
    assert Rows(runtime.database, other.id).counts() == before


def test_a_page_of_another_platform_is_like_one_that_does_not_exist(
    desk: Desk, runtime: Runtime, theirs: tuple[Shop, str]
) -> None:
    other, conversation_id = theirs
    before = Rows(runtime.database, other.id).counts()
    for path in ("conversations/{}", "fragments/conversations/{}?read=1", "conversations/{}?before=2"):
        found, unknown = (desk.open(path.format(one)) for one in (conversation_id, UNKNOWN))
        assert found.status_code == 404
        assert plain(found) == plain(unknown)
    for path, fields in (
        ("conversations/{}/reply", {"text": "x", "clientMessageId": "x"}),
        ("conversations/{}/reply", {"text": "x", "clientMessageId": "x", "kind": "note"}),
        ("conversations/{}/reply", {}),
        ("conversations/{}/state", {"state": "resolved"}),
        ("conversations/{}/state", {"state": "?"}),
    ):
        found, unknown = (desk.send(path.format(one), **fields) for one in (conversation_id, UNKNOWN))
        assert found.status_code == 404
        assert plain(found) == plain(unknown)
    assert Rows(runtime.database, other.id).counts() == before


def test_no_list_shows_anything_of_another_platform(
    client: FlaskClient, desk: Desk, grace: Colleague, theirs: tuple[Shop, str]
) -> None:
    other, _ = theirs
    for query in ("", f"?platformId={other.id}"):
        assert grace.get(client, f"/conversations{query}")["items"] == []
        assert grace.get(client, f"/users{query}")["items"] == []
    for path in ("", f"?platform={other.id}", "?view=all", "fragments/list"):
        assert "Our secret" not in desk.read(path)


def test_an_agent_sees_a_platform_as_soon_as_they_serve_it(
    client: FlaskClient, desk: Desk, grace: Colleague, theirs: tuple[Shop, str]
) -> None:
    other, conversation_id = theirs
    grace.serve(other.id)
    assert grace.get(client, f"/conversations/{conversation_id}")["title"] == "Our secret"
    assert "Our secret" in desk.read()

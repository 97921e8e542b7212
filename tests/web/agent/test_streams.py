"""An agent's stream tells what changed, and ends when the agent may not listen any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.shop import Shop, Visitor, open_shop
from tests.team import API, Colleague, hire
from tests.web.agent.desk import Desk
from tests.web.widget.endpoints import check_problem
from whosthere.realtime.hub import record_topic
from whosthere.services import agents, inbox_streams
from whosthere.services import personal_tokens as tokens
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import agent_sessions, memberships, personal_tokens

STREAM = f"{API}/stream"


def changed(lines: Iterator[bytes]) -> list[str]:
    """Wait for the next event that is more than a sign of life, and return the conversations that it names."""
    for line in lines:
        if line.startswith(b"event: changed\ndata: "):
            return [item["id"] for item in json.loads(line.removeprefix(b"event: changed\ndata: "))]
    raise AssertionError("the stream ended")


@pytest.fixture
def lines(client: FlaskClient, grace: Colleague) -> Iterator[Iterator[bytes]]:
    """What a stream opened with a token sends after its first sign of life."""
    with client.get(STREAM, headers={"Authorization": f"Bearer {grace.token}"}) as response:
        sent = response.iter_encoded()
        assert next(sent) == b": keep-alive\n\n"
        yield sent


def test_a_stream_names_what_changed(
    client: FlaskClient, shop: Shop, runtime: Runtime, grace: Colleague, lines: Iterator[bytes]
) -> None:
    open_shop(runtime).visitor(client).start()  # elsewhere
    visitor = shop.visitor(client)
    conversation_id = visitor.start()["conversation"]["id"]
    assert changed(lines) == [conversation_id]
    path = f"/conversations/{conversation_id}"
    for change in (
        lambda: visitor.send("POST", f"{path}/messages", {"text": "x", "clientMessageId": "x"}),
        lambda: grace.call(client, "PUT", f"{path}/read", {"seq": 2}),
        lambda: grace.call(client, "PUT", f"{path}/state", {"state": "resolved"}),
        lambda: visitor.send("PUT", f"{path}/read", {"seq": 3}),
    ):
        assert change().status_code < 300
        assert changed(lines) == [conversation_id]


def test_an_answer_is_an_event_stream_that_no_proxy_holds_back(client: FlaskClient, grace: Colleague) -> None:
    with client.get(STREAM, headers={"Authorization": f"Bearer {grace.token}"}) as response:
        assert response.mimetype == "text/event-stream"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert response.headers["Cache-Control"] == "no-store"


def _forget(table: object) -> Callable[[Runtime], None]:
    """Delete the rows behind a credential, and wake nobody: what a lost wake-up leaves behind."""

    def forget(runtime: Runtime) -> None:
        with runtime.database.write() as connection:
            connection.execute(table.delete())  # type: ignore[attr-defined]

    return forget


def ends(lines: Iterator[bytes]) -> bool:
    """Wait until the stream ends, and return whether nothing but signs of life came before."""
    return set(lines) <= {b": keep-alive\n\n"}


@pytest.fixture
def only_wakes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream looks by itself who may listen: what ends it here has woken it."""
    monkeypatch.setattr(inbox_streams, "LOOK_SECONDS", 3600)


@pytest.mark.usefixtures("only_wakes_up")
@pytest.mark.parametrize(
    "end",
    [
        lambda grace: tokens.revoke_secret(grace.runtime, grace.token),
        lambda grace: agents.disable(grace.runtime, grace.email),
    ],
    ids=["revoked", "disabled"],
)
def test_a_stream_ends_at_once_with_its_token(
    grace: Colleague, lines: Iterator[bytes], end: Callable[[Colleague], object]
) -> None:
    end(grace)
    assert ends(lines)


@pytest.mark.usefixtures("only_wakes_up")
def test_a_stream_ends_at_once_when_the_browser_is_signed_out(desk: Desk) -> None:
    with desk.client.get(STREAM) as response:
        sent = response.iter_encoded()
        next(sent)
        desk.send("logout")
        assert ends(sent)


def test_signing_out_here_ends_no_stream_elsewhere(
    client: FlaskClient, shop: Shop, desk: Desk, lines: Iterator[bytes]
) -> None:
    desk.send("logout")
    conversation_id = shop.visitor(client).start()["conversation"]["id"]
    assert changed(lines) == [conversation_id]


@pytest.mark.parametrize("table", [personal_tokens, agent_sessions], ids=lambda table: table.name)
def test_a_stream_ends_within_five_seconds_even_if_nobody_wakes_it(
    client: FlaskClient, desk: Desk, grace: Colleague, runtime: Runtime, table: object
) -> None:
    by_token = table is personal_tokens
    headers = {"Authorization": f"Bearer {grace.token}"} if by_token else {}
    with (client if by_token else desk.client).get(STREAM, headers=headers) as response:
        sent = response.iter_encoded()
        next(sent)
        _forget(table)(runtime)
        assert ends(sent)


def test_a_stream_ends_when_the_token_does(
    runtime: Runtime, client: FlaskClient, grace: Colleague, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_streams, "LOOK_SECONDS", 0.05)
    made = tokens.create(runtime, grace.email, expires_at=clock() + 60_000)
    assert isinstance(made, tokens.NewToken)
    with client.get(STREAM, headers={"Authorization": f"Bearer {made.secret}"}) as response:
        sent = response.iter_encoded()
        next(sent)
        clock.advance(minutes=1)
        assert ends(sent)


def test_a_stream_ends_when_its_agent_serves_other_platforms_and_says_nothing_of_the_old_ones(
    client: FlaskClient, shop: Shop, runtime: Runtime, grace: Colleague, ada: Visitor, lines: Iterator[bytes]
) -> None:
    other = open_shop(runtime)
    grace.serve(other.id)
    with runtime.database.write() as connection:
        connection.execute(memberships.delete().where(memberships.c.platform_id == shop.id))
    conversation_id = ada.start()["conversation"]["id"]  # wakes the stream that knew this platform
    assert ends(lines)
    assert grace.call(client, "GET", f"/conversations/{conversation_id}").status_code == 404


def test_a_stream_gives_its_place_back(client: FlaskClient, runtime: Runtime, grace: Colleague) -> None:
    headers = {"Authorization": f"Bearer {grace.token}"}
    for method in ("GET", "HEAD"):
        with client.open(STREAM, method=method, headers=headers) as response:
            assert response.status_code == 200
        assert runtime.hub.open_streams == 0
    with client.get(STREAM, headers=headers) as response:
        next(response.iter_encoded())
        assert runtime.hub.open_streams == 1
    assert runtime.hub.open_streams == 0
    assert client.get(STREAM, headers={"Authorization": "Bearer wpat_x"}).status_code == 401
    assert runtime.hub.open_streams == 0


def test_without_a_place_the_page_is_told_to_poll(
    client: FlaskClient, runtime: Runtime, grace: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.hub, "_streams_max", 0)
    check_problem(grace.call(client, "GET", "/stream"), 503, "streams_unavailable")


@pytest.mark.usefixtures("only_wakes_up")
def test_a_stream_ends_at_once_when_the_process_does(runtime: Runtime, lines: Iterator[bytes]) -> None:
    runtime.hub.close()
    assert ends(lines)


def events(lines: Iterator[bytes], count: int) -> list[tuple[str, Any]]:
    """Wait for so many events, and return their names and their data."""
    found: list[tuple[str, Any]] = []
    for chunk in lines:
        for part in chunk.decode().split("\n\n"):
            if part.startswith("event: "):
                name, _, data = part.removeprefix("event: ").partition("\ndata: ")
                found.append((name, json.loads(data)))
        if len(found) >= count:
            return found
    raise AssertionError("the stream ended")


def test_colleagues_hear_who_is_at_a_conversation_and_the_visitor_does_not(
    client: FlaskClient, shop: Shop, runtime: Runtime, ada: Visitor, lines: Iterator[bytes]
) -> None:
    linus = hire(runtime, shop.id, "linus@example.com", name="Linus")
    mallory = hire(runtime, open_shop(runtime).id, "mallory@example.com")
    here = ada.start()["conversation"]["id"]
    assert changed(lines) == [here]
    listening = runtime.hub.enter({record_topic(shop.id, item_of(linus, client, here)["user"]["id"])})
    assert listening is not None
    path = f"/conversations/{here}/presence"
    assert mallory.call(client, "POST", path, {"activity": "viewing"}).status_code == 404
    for _ in range(3):  # passed on once
        assert linus.call(client, "POST", path, {"activity": "viewing"}).status_code == 204
    assert linus.call(client, "POST", path, {"activity": "typing"}).status_code == 204
    agent = {"id": linus.id, "name": "Linus"}
    assert events(lines, 2) == [
        ("presence", {"conversationId": here, "agent": agent, "activity": "viewing", "expiresInSeconds": 45}),
        ("presence", {"conversationId": here, "agent": agent, "activity": "typing", "expiresInSeconds": 6}),
    ]
    assert listening.signals() == []  # nothing about an agent; that the conversation began may be heard late
    assert linus.call(client, "POST", f"/conversations/{here}/typing", {"typing": True}).status_code == 204
    assert [data["activity"] for _, data in events(lines, 1)] == ["typing"]


def item_of(who: Colleague, client: FlaskClient, conversation_id: str) -> Any:
    return who.get(client, f"/conversations/{conversation_id}")


def test_a_note_that_calls_an_agent_is_told_to_them(
    client: FlaskClient, shop: Shop, runtime: Runtime, ada: Visitor, lines: Iterator[bytes]
) -> None:
    linus = hire(runtime, shop.id, "linus@example.com", name="Linus")
    here = ada.start()["conversation"]["id"]
    assert changed(lines) == [here]
    body = {"text": "@grace@example.com, have a look", "clientMessageId": "n"}
    assert linus.call(client, "POST", f"/conversations/{here}/notes", body).status_code == 201
    found = dict(events(lines, 2))
    assert found["mention"] == {"conversationId": here}
    assert [item["id"] for item in found["changed"]] == [here]


def test_spam_is_told_once_and_then_no_more(
    client: FlaskClient, shop: Shop, runtime: Runtime, grace: Colleague, ada: Visitor, lines: Iterator[bytes]
) -> None:
    here = ada.start()["conversation"]["id"]
    assert changed(lines) == [here]
    grace.call(client, "PUT", f"/conversations/{here}/spam", {"spam": True})
    ((name, (item,)),) = events(lines, 1)
    assert (name, item["id"], item["place"]) == ("changed", here, "spam")
    ada.send("POST", f"/conversations/{here}/messages", {"text": "Buy!", "clientMessageId": "2"})
    ada.send("POST", f"/conversations/{here}/typing", {})
    other = shop.visitor(client).start()["conversation"]["id"]
    told: list[str] = []
    while other not in told:
        told += changed(lines)
    echoes = 0 if runtime.database.is_sqlite else 1  # PostgreSQL brings a wake-up back to the process it came from
    assert told.count(here) <= echoes

"""The agent API does what the inbox does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.shop import Shop, Visitor, open_shop
from tests.team import API, Colleague, hire
from tests.web.agent.endpoints import ENDPOINTS, REPLY
from tests.web.widget.endpoints import check_problem
from whosthere.core.conversation import State
from whosthere.services.inbox import PAGE_SIZE
from whosthere.services.runtime import Runtime


def shape(path: str) -> str:
    """A path without the names of its ids."""
    return re.sub(r"<[^>]*>|{[^}]*}", "*", path)


def test_the_table_of_endpoints_is_complete(app: Flask) -> None:
    known = {(endpoint.method, shape(API + endpoint.path)) for endpoint in ENDPOINTS}
    rules = {
        (method, shape(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("agent_api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert known == rules


def test_a_conversation_is_listed_with_the_person_and_what_is_known_about_them(
    client: FlaskClient, shop: Shop, ada: Visitor, grace: Colleague
) -> None:
    conversation_id = ada.start("Where is my order?\nIt is late.")["conversation"]["id"]
    (item,) = grace.get(client, "/conversations")["items"]
    assert item == {
        "id": conversation_id,
        "platformId": shop.id,
        "state": "open",
        "place": "inbox",
        "title": "Where is my order?",
        "user": {
            "id": item["user"]["id"],
            "userId": ADA.user_id,
            "userIdProven": True,
            "userEmail": ADA.email,
            "userEmailProven": True,
            "userName": ADA.name,
            "contact": None,
            "anonymous": False,
            "assurance": "verified",
        },
        "lastMessage": {
            "body": "Where is my order?\nIt is late.",
            "authorKind": "user",
            "createdAt": item["lastMessage"]["createdAt"],
        },
        "unread": 1,
        "lastSeq": 1,
        "waitingSince": item["createdAt"],
        "snoozedUntil": None,
        "assignee": None,
        "tags": [],
        "fields": {},
        "rating": None,
        "createdAt": item["createdAt"],
        "updatedAt": item["updatedAt"],
    }
    assert grace.get(client, f"/conversations/{conversation_id}") == item


def test_every_message_carries_the_assurance_it_was_written_with(client: FlaskClient, runtime: Runtime) -> None:
    from whosthere.core.policy import Verification

    shop = open_shop(runtime, verification=Verification.REPORT)
    colleague = hire(runtime, shop.id)
    for config in (ADA.proven(), BOB.config(), {}):
        shop.visitor(client, config).start()
    found = {}
    for item in colleague.get(client, "/conversations")["items"]:
        thread = colleague.get(client, f"/conversations/{item['id']}/messages")
        (message,) = thread["items"]
        found[item["user"]["userId"]] = (item["user"]["assurance"], message["assurance"], message["keyName"])
    assert found == {
        ADA.user_id: ("verified", "verified", "standard"),
        BOB.user_id: ("claimed", "claimed", None),
        None: ("anonymous", "anonymous", None),
    }


def test_a_reply_reaches_the_visitor_and_a_note_never_does(client: FlaskClient, ada: Visitor, grace: Colleague) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}"
    reply = grace.call(client, "POST", f"{path}/messages", REPLY)
    assert (reply.status_code, reply.json["author"]) == (201, {"kind": "agent", "name": "Grace"})
    note = grace.call(client, "POST", f"{path}/notes", {"text": "Is she a pirate?", "clientMessageId": "n"})
    assert (note.status_code, note.json["afterSeq"]) == (201, 2)
    seen = ada.get(f"{path}/messages").get_data(as_text=True)
    assert "Hello Ada" in seen
    assert "pirate" not in seen + ada.get("/conversations").get_data(as_text=True)
    thread = grace.get(client, f"{path}/messages")
    assert [message["body"] for message in thread["items"]] == ["Hello?", "Hello Ada"]
    assert [(note["body"], note["afterSeq"]) for note in thread["notes"]] == [("Is she a pirate?", 2)]


@pytest.mark.parametrize("what", ["messages", "notes"])
def test_the_same_key_again_is_the_same_text_and_with_another_text_a_conflict(
    client: FlaskClient, ada: Visitor, grace: Colleague, what: str
) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}"
    first, again = (grace.call(client, "POST", f"{path}/{what}", REPLY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    check_problem(grace.call(client, "POST", f"{path}/{what}", REPLY | {"text": "x"}), 409, "idempotency_conflict")
    thread = grace.get(client, f"{path}/messages")
    assert len(thread["items"]) + len(thread["notes"]) == 2


def test_two_agents_may_use_the_same_key(
    client: FlaskClient, runtime: Runtime, shop: Shop, ada: Visitor, grace: Colleague
) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}/messages"
    answers = [
        who.call(client, "POST", path, REPLY) for who in (grace, hire(runtime, shop.id, "sam@example.com", name="Sam"))
    ]
    assert [(answer.status_code, answer.json["author"]["name"]) for answer in answers] == [(201, "Grace"), (201, "Sam")]


TRANSITIONS: dict[tuple[State, str], Any] = {
    (State.OPEN, "resolved"): ["resolved"],
    (State.OPEN, "rejected"): ["rejected"],
    (State.OPEN, "open"): [],
    (State.RESOLVED, "open"): ["resolved", "reopened"],
    (State.RESOLVED, "rejected"): None,
    (State.REJECTED, "open"): ["rejected", "reopened"],
    (State.REJECTED, "resolved"): None,
}


@pytest.mark.parametrize(("before", "wanted"), TRANSITIONS)
def test_an_agent_resolves_rejects_and_reopens(
    client: FlaskClient, ada: Visitor, grace: Colleague, before: State, wanted: str
) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}"
    if before is not State.OPEN:
        grace.call(client, "PUT", f"{path}/state", {"state": before.value})
    response = grace.call(client, "PUT", f"{path}/state", {"state": wanted})
    events = TRANSITIONS[before, wanted]
    if events is None:
        check_problem(response, 409, "transition_not_allowed")
        assert grace.get(client, path)["state"] == before
        return
    assert (response.status_code, response.json["state"]) == (200, wanted)
    found = [message["event"] for message in grace.get(client, f"{path}/messages")["items"] if message["event"]]
    assert found == events


def test_a_reply_reopens_what_was_resolved_but_not_what_was_rejected(
    client: FlaskClient, ada: Visitor, grace: Colleague
) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}"
    grace.call(client, "PUT", f"{path}/state", {"state": "resolved"})
    assert grace.call(client, "POST", f"{path}/messages", REPLY).status_code == 201
    assert grace.get(client, path)["state"] == "open"
    grace.call(client, "PUT", f"{path}/state", {"state": "rejected"})
    refused = grace.call(client, "POST", f"{path}/messages", REPLY | {"clientMessageId": "second"})
    check_problem(refused, 409, "conversation_closed")
    # the team may still write something down, and an earlier reply is still found
    assert grace.call(client, "POST", f"{path}/notes", REPLY).status_code == 201
    assert grace.call(client, "POST", f"{path}/messages", REPLY).status_code == 200


def test_the_read_mark_moves_forward_only(client: FlaskClient, ada: Visitor, grace: Colleague) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}"
    for number in (2, 3):
        ada.send("POST", f"{path}/messages", {"text": "More", "clientMessageId": f"m{number}"})
    unread = []
    for seq in (0, 2, 1, 2**53):
        assert grace.call(client, "PUT", f"{path}/read", {"seq": seq}).status_code == 204
        unread.append(grace.get(client, path)["unread"])
    assert unread == [3, 1, 1, 0]


def test_messages_are_paged_by_seq(client: FlaskClient, ada: Visitor, grace: Colleague) -> None:
    path = f"/conversations/{ada.start()['conversation']['id']}/messages"
    for number in range(2, 6):
        ada.send("POST", path, {"text": str(number), "clientMessageId": f"m{number}"})
    pages, after = [], 0
    while after is not None:
        page = grace.get(client, f"{path}?after={after}&limit=2")
        pages.append([message["seq"] for message in page["items"]])
        after = page["next"]
    assert pages == [[1, 2], [3, 4], [5]]


def test_pages_of_several_platforms_are_one_list_newest_first(
    client: FlaskClient, runtime: Runtime, shop: Shop, grace: Colleague, clock: Clock
) -> None:
    other = open_shop(runtime)
    grace.serve(other.id)
    started = []
    for number in range(PAGE_SIZE + 7):
        # some of them at the very same moment: then the id decides
        clock.advance(ms=number % 3 // 2)
        owner = (shop, other)[number * number % 3 % 2]
        started.append(owner.visitor(client).start()["conversation"]["id"])
    found, moments, cursor = [], [], ""
    while cursor is not None:
        page = grace.get(client, f"/conversations?cursor={cursor}" if cursor else "/conversations")
        found += [item["id"] for item in page["items"]]
        moments += [(item["updatedAt"], item["id"]) for item in page["items"]]
        assert len(page["items"]) <= PAGE_SIZE
        cursor = page["next"]
    assert sorted(found) == sorted(started)
    assert moments == sorted(moments, reverse=True)
    people, cursor = [], ""
    while cursor is not None:
        page = grace.get(client, f"/users?cursor={cursor}" if cursor else "/users")
        people += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(people) == len(set(people)) == len(started)


def test_the_list_is_narrowed_by_platform_and_by_view(
    client: FlaskClient, runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    other = open_shop(runtime)
    grace.serve(other.id)
    mine, theirs = (one.visitor(client).start()["conversation"]["id"] for one in (shop, other))
    grace.call(client, "PUT", f"/conversations/{theirs}/state", {"state": "resolved"})

    def ids(query: str) -> set[str]:
        return {item["id"] for item in grace.get(client, f"/conversations?{query}")["items"]}

    assert ids(f"platformId={shop.id}") == {mine}
    assert ids("view=resolved") == {theirs}
    assert ids(f"view=open&platformId={other.id}") == set()
    assert ids(f"platformId={open_shop(runtime).id}") == set()
    assert ids("platformId=x%00") == set()
    assert len(grace.get(client, f"/users?platformId={other.id}")["items"]) == 1


def test_people_are_listed_with_what_is_known_of_them(
    client: FlaskClient, shop: Shop, ada: Visitor, grace: Colleague
) -> None:
    ada.start()
    shop.visitor(client).start()
    anonymous, verified = grace.get(client, "/users")["items"]
    assert (anonymous["anonymous"], anonymous["assurance"], anonymous["userId"]) == (True, "anonymous", None)
    assert (verified["anonymous"], verified["assurance"], verified["userId"]) == (False, "verified", ADA.user_id)


def test_the_api_is_in_the_openapi_document(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    shapes = {shape(path): methods for path, methods in paths.items()}
    for endpoint in ENDPOINTS:
        operation = shapes[shape(API + endpoint.path)][endpoint.method.lower()]
        assert operation["security"] == [{"agentToken": []}]
    assert API + "/stream" in paths

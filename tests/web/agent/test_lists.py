"""Lists of the agent API: conversations and people of the agent's platforms, newest first, page by page."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB, MALLORY, SECRET, Person, hex_token
from tests.shop import Shop, Visitor, open_shop
from tests.team import Colleague, hire
from whosthere.core.keys import Scheme
from whosthere.core.policy import Verification
from whosthere.services import inbox, inbox_views
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import memberships


def bodies(answer: Any) -> list[str]:
    return [item["lastMessage"]["body"] for item in answer["items"]]


@pytest.fixture
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that a few rows fill."""
    monkeypatch.setattr(inbox, "PAGE_SIZE", 3)
    for service in (inbox_views.listed, inbox.people):
        monkeypatch.setattr(service, "__kwdefaults__", {"count": 3})


def every_page(grace: Colleague, client: FlaskClient, path: str) -> list[list[Any]]:
    """Follow `next` to the end."""
    pages: list[list[Any]] = []
    cursor = ""
    while cursor is not None:
        answer = grace.get(client, f"{path}?cursor={cursor}" if cursor else path)
        pages.append(answer["items"])
        cursor = answer["next"]
    return pages


def test_a_conversation_is_listed_with_the_person_behind_it(
    client: FlaskClient, shop: Shop, grace: Colleague, ada: Visitor
) -> None:
    conversation = ada.start("Where is my parcel?")["conversation"]
    answer = grace.get(client, "/conversations")
    (item,) = answer["items"]
    assert answer["next"] is None
    assert item["user"].pop("id")
    assert item["user"] == {
        "userId": ADA.user_id,
        "userIdProven": True,
        "userEmail": ADA.email,
        "userEmailProven": True,
        "userName": ADA.name,
        "anonymous": False,
        "assurance": "verified",
        "contact": None,
    }
    assert item["lastMessage"]["body"] == "Where is my parcel?"
    assert item["lastMessage"]["authorKind"] == "user"
    assert (item["id"], item["state"], item["unread"]) == (conversation["id"], "open", 1)
    assert (item["platformId"], item["assignee"], item["tags"]) == (shop.id, None, [])
    assert grace.get(client, f"/conversations/{item['id']}") == grace.get(client, "/conversations")["items"][0]


def test_the_newest_conversation_comes_first_and_a_new_message_makes_it_the_newest(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock
) -> None:
    visitors = {}
    for person in (ADA, BOB, MALLORY):
        clock.advance(seconds=1)
        visitors[person.name] = shop.visitor(client, person.proven())
        visitors[person.name].start(f"I am {person.name}")
    assert bodies(grace.get(client, "/conversations")) == [f"I am {one.name}" for one in (MALLORY, BOB, ADA)]
    clock.advance(seconds=1)
    visitors[ADA.name].start("And another thing", "second")
    assert bodies(grace.get(client, "/conversations"))[:2] == ["And another thing", f"I am {MALLORY.name}"]


def test_pages_hold_everything_once_though_all_of_it_happened_in_the_same_millisecond(
    client: FlaskClient, runtime: Runtime, shop: Shop, grace: Colleague, pages_of_three: None
) -> None:
    other = open_shop(runtime)
    grace.serve(other.id)
    started = {
        place.visitor(client).start("Hello", f"{number}")["conversation"]["id"]
        for place in (shop, other)
        for number in range(4)
    }
    pages = every_page(grace, client, "/conversations")
    assert [len(page) for page in pages] == [3, 3, 2]
    found = [item["id"] for page in pages for item in page]
    assert set(found) == started
    assert len(found) == 8
    people = every_page(grace, client, "/users")
    assert [len(page) for page in people] == [3, 3, 2]
    assert len({user["id"] for page in people for user in page}) == 8


def test_the_list_can_be_narrowed_to_a_view(client: FlaskClient, grace: Colleague, shop: Shop) -> None:
    for state in ("open", "resolved", "rejected"):
        visitor = shop.visitor(client)
        conversation_id = visitor.start(state)["conversation"]["id"]
        if state != "open":
            grace.call(client, "PUT", f"/conversations/{conversation_id}/state", {"state": state})
    for state in ("open", "resolved", "rejected"):
        assert bodies(grace.get(client, f"/conversations?view={state}")) == [state]
    assert len(grace.get(client, "/conversations")["items"]) == 3
    assert grace.get(client, "/conversations?view=spam")["items"] == []
    counts = {item["view"]: item["count"] for item in grace.get(client, "/views")["items"]}
    assert (counts["open"], counts["all"], counts["spam"]) == (1, 3, 0)


def test_filters_stand_above_a_view(client: FlaskClient, grace: Colleague, shop: Shop) -> None:
    shop.visitor(client).start("anonymous")
    verified = shop.visitor(client, ADA.proven()).start("verified")["conversation"]["id"]
    grace.call(client, "PUT", f"/conversations/{verified}/tags", {"tags": ["vip"]})
    grace.call(client, "PUT", f"/conversations/{verified}/assignee", {"agentId": grace.id})
    for query in ("assurance=verified", "tag=vip", f"assignee={grace.id}", f"view=mine&assignee={grace.id}&tag=vip"):
        assert bodies(grace.get(client, f"/conversations?{query}")) == ["verified"], query
    assert bodies(grace.get(client, "/conversations?assignee=none")) == ["anonymous"]
    for query in ("view=mine&assignee=none", "tag=VIP", "assignee=x", "view=unassigned&tag=vip"):
        assert bodies(grace.get(client, f"/conversations?{query}")) == [], query


def test_the_list_can_be_narrowed_to_one_of_the_agents_platforms(
    client: FlaskClient, runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    own, strange = open_shop(runtime), open_shop(runtime)
    grace.serve(own.id)
    for place, text in ((shop, "first"), (own, "second"), (strange, "strange")):
        place.visitor(client).start(text)
    assert set(bodies(grace.get(client, "/conversations"))) == {"first", "second"}
    assert bodies(grace.get(client, f"/conversations?platformId={own.id}")) == ["second"]
    assert len(grace.get(client, f"/users?platformId={own.id}")["items"]) == 1
    for other in (strange.id, runtime.new_id(), "x", "", "%00"):
        assert grace.get(client, f"/conversations?platformId={other}")["items"] == []
        assert grace.get(client, f"/users?platformId={other}")["items"] == []


def test_an_agent_without_a_platform_sees_nothing(client: FlaskClient, runtime: Runtime, shop: Shop) -> None:
    shop.visitor(client).start()
    grace = hire(runtime, shop.id)
    with runtime.database.write() as connection:
        connection.execute(memberships.delete())
    assert grace.get(client, "/conversations")["items"] == []
    assert grace.get(client, "/users")["items"] == []


def sealed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "%F0%9F%92%A3",
        "a" * 5000,
        "AAAA",
        sealed("1"),
        sealed("1.x"),
        sealed("-1.00000000-0000-0000-0000-000000000000"),
        sealed("1.00000000-0000-0000-0000-00000000000'"),
        sealed("99999999999999999999.00000000-0000-0000-0000-000000000000"),
        sealed("1.5.00000000-0000-0000-0000-000000000000"),
        "",
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(client: FlaskClient, grace: Colleague, cursor: str) -> None:
    for path in ("/conversations", "/users"):
        response = grace.call(client, "GET", f"{path}?cursor={cursor}")
        assert (response.status_code, response.get_json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("view", ["OPEN", "", "closed", "%00"])
def test_a_view_that_does_not_exist_is_refused(client: FlaskClient, grace: Colleague, view: str) -> None:
    response = grace.call(client, "GET", f"/conversations?view={view}")
    assert (response.status_code, response.get_json()["field"]) == (400, "view")


def test_the_list_shows_the_assurance_of_the_newest_message(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    """A person once verified who comes back without a proof is not shown as verified."""
    shop = open_shop(runtime, verification=Verification.REPORT)
    grace = hire(runtime, shop.id)
    conversation_id = shop.visitor(client, ADA.proven()).start()["conversation"]["id"]
    assert grace.get(client, "/conversations")["items"][0]["user"]["assurance"] == "verified"
    clock.advance(seconds=1)
    forger = shop.visitor(client, ADA.config())
    body = {"text": "Please change my address", "clientMessageId": "a"}
    assert forger.send("POST", f"/conversations/{conversation_id}/messages", body).status_code == 201
    assert grace.get(client, "/conversations")["items"][0]["user"]["assurance"] == "claimed"
    said = grace.get(client, f"/conversations/{conversation_id}/messages")["items"]
    assert [(message["assurance"], message["keyName"]) for message in said] == [
        ("verified", "standard"),
        ("claimed", None),
    ]


@pytest.mark.parametrize(
    ("config", "anonymous", "assurance", "user_id", "proven"),
    [
        ({}, True, "anonymous", None, (False, False)),
        (BOB.config(), False, "claimed", BOB.user_id, (False, False)),
        (BOB.proven(), False, "verified", BOB.user_id, (True, True)),
    ],
)
def test_people_are_listed_with_what_is_known_of_them(
    client: FlaskClient,
    runtime: Runtime,
    config: dict[str, Any],
    anonymous: bool,
    assurance: str,
    user_id: str | None,
    proven: tuple[bool, bool],
) -> None:
    shop = open_shop(runtime, verification=Verification.REPORT)
    shop.visitor(client, config).start()
    (user,) = hire(runtime, shop.id).get(client, "/users")["items"]
    assert (user["anonymous"], user["assurance"], user["userId"]) == (anonymous, assurance, user_id)
    assert (user["userIdProven"], user["userEmailProven"]) == proven
    assert user["createdAt"] == user["lastSeenAt"] == "2027-01-15T08:00:00.000Z"


def test_a_verified_persons_unsigned_address_is_not_shown_as_proven(client: FlaskClient, runtime: Runtime) -> None:
    """A key that signs the userId alone proves nothing about the email beside it."""
    shop = open_shop(runtime, scheme=Scheme.USER_ID_HEX)
    eve = Person("eve", "ceo@bank.example", "Eve")
    shop.visitor(client, eve.config(userAuthToken=hex_token(SECRET, eve.user_id))).start()
    (item,) = hire(runtime, shop.id).get(client, "/conversations")["items"]
    assert item["user"]["assurance"] == "verified"
    assert (item["user"]["userIdProven"], item["user"]["userEmailProven"]) == (True, False)
    assert item["user"]["userEmail"] == eve.email

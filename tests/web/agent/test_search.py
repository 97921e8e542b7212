"""The search page and call: what was found, where it leads, and what is said when there is nothing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.shop import Shop, Visitor
from tests.team import Colleague
from tests.web.agent.desk import Desk, text_of
from tests.web.widget.endpoints import check_problem
from whosthere.core.reasons import Reason, Refused
from whosthere.services import inbox_actions, search
from whosthere.services.runtime import Runtime
from whosthere.web.agent import conversation


def test_the_call_answers_with_what_matches_in_pieces(client: FlaskClient, grace: Colleague, ada: Visitor) -> None:
    started = ada.start("Where is my <order> 4711?")
    answer = grace.get(client, "/search?q=order")
    (item,) = answer["items"]
    assert answer["next"] is None
    assert (item["kind"], item["id"], item["seq"]) == ("message", started["message"]["id"], 1)
    assert item["conversation"]["id"] == started["conversation"]["id"]
    assert item["assurance"] == item["user"]["assurance"] == "verified"
    assert item["excerpt"] == [
        {"text": "Where is my <", "matched": False},
        {"text": "order", "matched": True},
        {"text": "> 4711?", "matched": False},
    ]
    (person,) = grace.get(client, "/search?q=lovelace")["items"]
    assert (person["kind"], person["seq"], person["author"]) == ("user", None, None)
    assert person["conversation"]["id"] == started["conversation"]["id"]


def test_pages_of_the_call(
    client: FlaskClient, grace: Colleague, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(search.PAGE_SIZE + 1):
        ada.start(f"order {number}", f"m{number}")
    first = grace.get(client, "/search?q=order")
    rest = grace.get(client, f"/search?q=order&cursor={first['next']}")
    assert len(first["items"]) == search.PAGE_SIZE
    assert [item["excerpt"][-1]["text"] for item in rest["items"]] == [" 0"]
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["", "?q=", "?q=!", f"?q={'x' * 201}"])
def test_a_call_without_a_word(client: FlaskClient, grace: Colleague, query: str) -> None:
    check_problem(grace.call(client, "GET", f"/search{query}"), 400, "invalid_field")


def test_a_call_with_a_foreign_cursor(client: FlaskClient, grace: Colleague) -> None:
    check_problem(grace.call(client, "GET", "/search?q=x&cursor=x"), 400, "invalid_cursor")


def test_the_page_shows_finds_as_text_and_marks_what_matches(desk: Desk, ada: Visitor) -> None:
    started = ada.start("Where is my <b>order</b>?")
    page = desk.client.get("/agent/search?q=order").get_data(as_text=True)
    assert "&lt;b&gt;<mark>order</mark>&lt;/b&gt;?" in page
    where = f"/agent/conversations/{started['conversation']['id']}"
    assert f'href="{where}#m-{started["message"]["id"]}"' in page
    assert f'id="m-{started["message"]["id"]}"' in desk.client.get(where).get_data(as_text=True)
    person = desk.client.get("/agent/search?q=lovelace").get_data(as_text=True)
    assert f'href="{where}"' in person
    assert "Person" in person


def test_a_find_far_back_leads_to_that_part_of_the_thread(
    desk: Desk, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whosthere.web.agent.search.THREAD_LENGTH", 2)
    monkeypatch.setattr(conversation, "THREAD_LENGTH", 2)
    started = ada.start("needle")
    for number in range(3):
        path = f"/conversations/{started['conversation']['id']}/messages"
        assert ada.send("POST", path, {"text": "hay", "clientMessageId": f"{number}"}).status_code == 201
    page = desk.client.get("/agent/search?q=needle").get_data(as_text=True)
    address = page.split('class="top">')[1].split('href="')[1].split('"')[0]
    assert "before=2" in address
    assert f'id="m-{started["message"]["id"]}"' in desk.client.get(address.partition("#")[0]).get_data(as_text=True)


def test_spam_is_found_and_says_so(desk: Desk, grace: Colleague, ada: Visitor, runtime: Runtime) -> None:
    started = ada.start("cheap watches")
    inbox_actions.mark_spam(runtime, grace.identity, started["conversation"]["id"])
    assert text_of(desk.client.get("/agent/search?q=watches")).endswith("Spam")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "All words have to occur"),
        ("?q=", "All words have to occur"),
        ("?q=nowhere", "Nothing holds all of this"),
        ("?q=or", "Words of one or two letters"),
        ("?q=!", "Search for a word"),
        (f"?q={'x' * 500}", "200 characters"),
        ("?q=%00%F0%28%22*", "Nothing holds all of this"),
    ],
)
def test_every_state_of_the_page_says_what_to_do(desk: Desk, query: str, words: str) -> None:
    response = desk.client.get(f"/agent/search{query}")
    assert response.status_code == 200
    assert words in text_of(response)


def test_a_search_that_takes_too_long_says_narrow_your_search(
    client: FlaskClient, desk: Desk, grace: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Refused(Reason.SEARCH_TOO_BROAD, "Narrow your search.", "q")
    monkeypatch.setattr(search, "look", lambda *_, **__: refused)
    assert "Narrow your search" in text_of(desk.client.get("/agent/search?q=order"))
    check_problem(grace.call(client, "GET", "/search?q=order"), 400, "search_too_broad")


def test_a_strangers_platform_finds_nothing(desk: Desk, ada: Visitor, shop: Shop) -> None:
    ada.start("order")
    for platform in ("x", "0" * 36, "01a00000-0000-7000-8000-000000000001"):
        assert "Nothing holds" in text_of(desk.client.get(f"/agent/search?q=order&platform={platform}"))
    assert "Ada Lovelace" in text_of(desk.client.get(f"/agent/search?q=order&platform={shop.id}"))

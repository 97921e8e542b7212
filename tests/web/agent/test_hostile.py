"""Whatever a visitor calls themselves or writes, an agent reads it as text, and knows who said it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.people import Person
from tests.shop import Shop, Visitor
from tests.web.agent.desk import Desk, text_of
from whosthere.web.agent import present

SCRIPT = "<script>alert(1)</script>"
BREAKOUTS = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea></title></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;",
)
MARKS = ("<script>a", "<img", "<svg o", "onerror=alert(1)>", "' onmouse", "</textarea></title>", '<b>"', ">49")
"""What would stand in a page if one of these were taken for more than text."""


def start(visitor: Visitor, text: str, **more: Any) -> str:
    """Start a conversation with everything that a page can say about it."""
    body = {"text": text, "clientMessageId": "first", **more}
    response = visitor.send("POST", "/conversations", body)
    assert response.status_code == 201, response.get_data(as_text=True)
    return str(response.json["conversation"]["id"])


@pytest.mark.parametrize("text", BREAKOUTS)
def test_every_field_a_visitor_controls_is_text(client: FlaskClient, shop: Shop, desk: Desk, text: str) -> None:
    person = Person(f"id {text}", '"<b>"@example.com', text)
    visitor = shop.visitor(client, person.proven(), page={"url": text, "title": text, "language": "x-<b>'\""})
    fields = {f"name {text}"[:90]: {"type": "multiline", "value": text}}
    conversation_id = start(visitor, text, tags=[text[:90]], fields=fields, page={"url": text})
    for path in (
        "",
        f"conversations/{conversation_id}",
        f"fragments/conversations/{conversation_id}",
        "fragments/list",
    ):
        page = desk.open(path).get_data(as_text=True)
        for mark in (
            "<script>a",
            "<img",
            "<svg o",
            "onerror=alert(1)>",
            "' onmouse",
            "</textarea></title>",
            '<b>"',
            ">49",
        ):
            assert mark not in page, (path, mark)
        assert text_of(desk.open(path)).count("".join(text.split(" ")[:1])) >= 1
    assert desk.open(f"conversations/{conversation_id}").get_data(as_text=True).count("<script") == 1  # our own module


@pytest.mark.parametrize(
    "url",
    ["http://[", "http://[::1", "//", "\\\\", "javascript:alert(1)", "http://a b/", "x" * 2048, "http://a:99999/"],
)
def test_a_page_url_that_is_none_does_no_harm(client: FlaskClient, shop: Shop, desk: Desk, url: str) -> None:
    conversation_id = start(shop.visitor(client), "Hello?", page={"url": url})
    assert desk.open().status_code == 200
    assert desk.open(f"conversations/{conversation_id}").status_code == 200


@pytest.mark.parametrize("at", [0, -(10**15), 10**15, 253_402_300_800_000])
def test_a_date_of_any_year_does_no_harm(client: FlaskClient, shop: Shop, desk: Desk, at: int) -> None:
    visitor = shop.visitor(client)
    conversation_id = start(visitor, "Hello?", fields={"born": {"type": "date", "value": at}})
    assert "born" in desk.read(f"conversations/{conversation_id}")


@pytest.mark.parametrize("name", ["\u200b", "\u202e", " ", "\u2066\u2069", "\u00a0\u3000"])
def test_a_name_that_nobody_can_see_is_no_name(client: FlaskClient, shop: Shop, desk: Desk, name: str) -> None:
    shop.visitor(client, Person("ada", "ada@example.com", name).proven()).start()
    assert "<bdi>ada@example.com</bdi></strong>" in desk.open().get_data(as_text=True)


def test_a_text_that_turns_the_direction_stays_by_itself(client: FlaskClient, shop: Shop, desk: Desk) -> None:
    turned = "\u202egnp.exe"
    conversation_id = start(
        shop.visitor(client, Person("ada", "a@example.com", turned).proven()), turned, tags=[turned]
    )
    page = desk.open(f"conversations/{conversation_id}").get_data(as_text=True)
    for place in page.split(turned)[:-1]:
        # alone in an element of its own, or the value of a button, which nobody sees
        assert place.endswith(("<bdi>", '<div class="bubble" dir="auto">', 'name="remove" value="')), place[-80:]
    assert f"<title>{present.flat(turned)} · Whosthere</title>" in page
    assert present.flat(turned) == "gnp.exe"


def test_no_message_passes_for_one_of_the_team(client: FlaskClient, shop: Shop, desk: Desk) -> None:
    mark = '<use href="#answer"/>'
    conversation_id = start(shop.visitor(client), "Your team: the refund is on its way")
    assert mark not in desk.open("fragments/list").get_data(as_text=True)
    desk.send(f"conversations/{conversation_id}/reply", text="No, it is not", clientMessageId="r")
    assert mark in desk.open("fragments/list").get_data(as_text=True)


def test_assurance_is_told_in_words_for_the_person_and_for_each_message(desk: Desk, ada: Visitor) -> None:
    page = desk.read(f"conversations/{ada.start()['conversation']['id']}")
    assert "Verified · key “standard”" in page
    assert "Verified User ID ada Proven Email ada@example.com Proven" in page


def test_a_draft_comes_back_character_by_character(desk: Desk, ada: Visitor) -> None:
    """Browsers drop one line feed after the tag, so there is one more."""
    draft = "\n\n  <b>& \u202e</textarea>" + "x" * 10_001
    conversation_id = ada.start()["conversation"]["id"]
    response = desk.send(
        f"conversations/{conversation_id}/reply", text=draft.replace("\n", "\r\n"), clientMessageId="a"
    )
    page = response.get_data(as_text=True)
    shown = page.partition('aria-describedby="sending">')[2].partition("</textarea>")[0]
    assert unescape(shown) == "\n" + draft

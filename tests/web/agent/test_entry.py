"""Signing in and out: throttled, without fixation, without open redirects, and over at the server when it is over."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clock import Clock
from tests.shop import Shop, Visitor
from tests.team import API, PASSWORD, Colleague, hire
from tests.web.agent.desk import Desk, csrf_of, sign_in, sit_down, text_of
from whosthere.services import agents
from whosthere.services.runtime import Runtime

HOME = "/agent/"
ID = "01a203f2-b1fc-7225-abd7-6460051d5248"


def cookie_of(response: TestResponse) -> str:
    """The only cookie that an answer sets."""
    (cookie,) = response.headers.getlist("Set-Cookie")
    return str(cookie)


@pytest.mark.parametrize(
    ("base_url", "root", "expected"),
    [
        ("http://chat.example.com", "", "whosthere_agent=; HttpOnly; Path=/; SameSite=Lax"),
        ("https://chat.example.com", "", "__Host-whosthere_agent=; Secure; HttpOnly; Path=/; SameSite=Lax"),
        ("http://x.example", "/support", "whosthere_agent=; HttpOnly; Path=/support/; SameSite=Lax"),
        ("https://x.example", "/support", "__Secure-whosthere_agent=; Secure; HttpOnly; Path=/support/; SameSite=Lax"),
    ],
)
def test_the_cookie_is_as_narrow_and_as_locked_as_it_can_be(
    app: Flask, grace: Colleague, base_url: str, root: str, expected: str
) -> None:
    client = app.test_client()
    at: dict[str, Any] = {"base_url": base_url, "environ_overrides": {"SCRIPT_NAME": root}}
    form = {"email": grace.email, "password": PASSWORD, "csrf_token": csrf_of(client.get("/agent/login", **at))}
    response = client.post("/agent/login", data=form, **at)
    assert (response.status_code, response.location) == (303, f"{root}/agent/")
    name_and_value, *attributes = [
        part for part in cookie_of(response).split("; ") if not part.startswith(("Expires", "Domain"))
    ]
    assert "; ".join([name_and_value.partition("=")[0] + "=", *attributes]) == expected
    assert "Domain" not in cookie_of(response)
    assert client.get("/agent/", **at).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("", HOME),
        (f"conversations/{ID}", f"{HOME}conversations/{ID}"),
        (f"conversations/{ID}?view=all", f"{HOME}conversations/{ID}?view=all"),
        (f"?view=resolved&platform={ID}", f"{HOME}?view=resolved&platform={ID}"),
        (f"search?q=%E8%AA%9E+ada%40x&platform={ID}", f"{HOME}search?q=%E8%AA%9E+ada%40x&platform={ID}"),
        ("mentions", f"{HOME}mentions"),
        *(
            (wanted, HOME)
            for wanted in (
                "https://evil.example",
                "//evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "javascript:alert(1)",
                "/agent/",
                "../admin",
                "@evil.example",
                "?view=all&next=//evil.example",
                "search?q=x&next=//evil.example",
                "search//evil.example?q=x",
                "search?q=x\r\nSet-Cookie: a=b",
                "search?q=x#@evil.example",
                "?view=all\r\nSet-Cookie: a=b",
                "fragments/list",
                "logout",
                f"conversations/{ID}/../..",
                f"conversations/{ID}\n",
                "%2f%2fevil.example",
                "٠",
            )
        ),
    ],
)
def test_after_signing_in_a_browser_is_on_a_page_of_the_inbox(
    app: Flask, grace: Colleague, wanted: str, leads_to: str
) -> None:
    client = app.test_client()
    response = sign_in(client, grace.email, next=wanted)
    assert (response.status_code, response.location) == (303, leads_to)
    again = client.get("/agent/login", query_string={"next": wanted})  # who is signed in needs no form
    assert (again.status_code, again.location) == (302, leads_to)


def test_a_stranger_is_brought_back_to_where_they_wanted_to_go(app: Flask, grace: Colleague, ada: Visitor) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    path = f"/agent/conversations/{conversation_id}"
    client = app.test_client()
    for asked in (client.get(f"{path}?view=all"), client.post(f"{path}/reply?view=all", data={"text": "x"})):
        assert asked.status_code == 303
        form = client.get(asked.location)
        data = {"csrf_token": csrf_of(form), "email": grace.email, "password": PASSWORD}
        assert f'value="conversations/{conversation_id}?view=all"' in form.get_data(as_text=True)
    data["next"] = f"conversations/{conversation_id}?view=all"
    assert client.post("/agent/login", data=data).location == f"{path}?view=all"
    assert app.test_client().get("/agent/fragments/list").location == "/agent/login"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ({"q": "Größe & 語 #1", "platform": ID}, f"search?q=Gr%C3%B6%C3%9Fe+%26+%E8%AA%9E+%231&platform={ID}"),
        ({"q": "ada", "platform": "//evil.example", "cursor": "x"}, "search"),
        ({"q": "語" * 300}, "search"),  # longer than a search may be, and than the address of the sign-in page
        ({}, "search"),
    ],
)
def test_a_stranger_is_brought_back_to_what_they_searched_for(
    app: Flask, grace: Colleague, asked: dict[str, str], leads_to: str
) -> None:
    client = app.test_client()
    gate = client.get("/agent/search", query_string=asked)
    form = client.get(gate.location)
    found = re.search(r'name="next" value="([^"]*)"', form.get_data(as_text=True))
    assert found is not None
    assert sign_in(client, grace.email, next=html.unescape(found[1])).location == HOME + leads_to


def test_nothing_that_was_in_the_browser_before_survives_signing_in(app: Flask, desk: Desk, grace: Colleague) -> None:
    first = desk.client.get_cookie("whosthere_agent")
    token = desk.csrf()
    assert first is not None
    # the sign-in page again, as another tab has it open
    response = desk.client.post("/agent/login", data={"csrf_token": token, "email": grace.email, "password": PASSWORD})
    assert response.status_code == 303
    assert desk.csrf() != token
    mallory = app.test_client()
    mallory.set_cookie("whosthere_agent", first.value)
    assert mallory.get(HOME).location == "/agent/login"
    assert desk.open().status_code == 200


def test_signing_out_ends_it_at_the_server(app: Flask, desk: Desk) -> None:
    kept = desk.client.get_cookie("whosthere_agent")
    assert kept is not None
    assert desk.send("logout").location == "/agent/login"
    thief = app.test_client()
    thief.set_cookie("whosthere_agent", kept.value)
    assert thief.get(HOME).location == "/agent/login"
    assert thief.get(f"{API}/conversations").status_code == 401


def test_signing_out_ends_no_other_browser(app: Flask, desk: Desk, grace: Colleague) -> None:
    other = sit_down(app, grace)
    desk.send("logout")
    assert other.open().status_code == 200


@pytest.mark.parametrize("path", ["login", "logout"])
@pytest.mark.parametrize(
    ("token", "headers"),
    [("", {}), ("x", {}), (None, {"Sec-Fetch-Site": "cross-site"}), (None, {"Sec-Fetch-Site": "same-site"})],
)
def test_no_other_site_signs_anybody_in_or_out(
    app: Flask, desk: Desk, grace: Colleague, path: str, token: str | None, headers: dict[str, str]
) -> None:
    client = app.test_client() if path == "login" else desk.client
    own = csrf_of(client.get("/agent/login")) if path == "login" else desk.csrf()
    form = {"csrf_token": own if token is None else token, "email": grace.email, "password": PASSWORD}
    response = client.post(f"/agent/{path}", data=form, headers=headers)
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert client.get(HOME).status_code == (303 if path == "login" else 200)


def test_who_signed_in_in_another_tab_meanwhile_is_simply_let_through(app: Flask, grace: Colleague) -> None:
    client = app.test_client()
    dated = csrf_of(client.get("/agent/login"))
    sign_in(client, grace.email)
    response = client.post("/agent/login", data={"csrf_token": dated, "email": "", "password": ""})
    assert response.location == HOME


def test_a_wrong_password_and_an_unknown_address_look_alike(app: Flask, grace: Colleague) -> None:
    answers = []
    for email in (grace.email, "mallory@evil.example", "x", "a" * 5000, "", " "):
        response = sign_in(app.test_client(), email, "not the password")
        answers.append((response.status_code, text_of(response)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    assert "do not fit together" in answers[0][1]


def test_white_space_around_an_address_does_not_matter(app: Flask, grace: Colleague) -> None:
    assert sign_in(app.test_client(), f"  {grace.email}\t").status_code == 303


def test_guessing_is_throttled_for_each_account_even_without_rate_limits(
    app: Flask, runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    sam = hire(runtime, shop.id, "sam@example.com")
    for number in range(10):
        spelling = (grace.email, grace.email.upper(), f" {grace.email} ")[number % 3]
        assert sign_in(app.test_client(), spelling, "a guess").status_code == 401
    refused = sign_in(app.test_client(), grace.email, PASSWORD)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
    assert "Set-Cookie" not in refused.headers or "agent" not in cookie_of(refused).split(";")[0].split("=")[1]
    assert sign_in(app.test_client(), sam.email).status_code == 303


def test_signing_in_often_locks_nobody_out(app: Flask, grace: Colleague) -> None:
    for _ in range(3):
        for _ in range(9):
            assert sign_in(app.test_client(), grace.email, "a guess").status_code == 401
        assert sign_in(app.test_client(), grace.email).status_code == 303
    for _ in range(15):
        assert sign_in(app.test_client(), grace.email).status_code == 303


@pytest.mark.parametrize(
    ("addresses", "other"),
    [
        (["192.0.2.1"], "192.0.2.2"),
        (["::ffff:192.0.2.1", "::ffff:c000:0201"], "::ffff:192.0.2.2"),
        ([f"2001:db8:1:2:{number:x}::1" for number in range(100)], "2001:db8:1:3::1"),
    ],
)
def test_guessing_is_throttled_for_each_client_network(
    app: Flask, grace: Colleague, addresses: list[str], other: str
) -> None:
    client = app.test_client()
    token = csrf_of(client.get("/agent/login"))

    def guess(number: int, address: str, email: str, password: str = "a guess") -> int:
        form = {"csrf_token": token, "email": email, "password": password}
        return client.post("/agent/login", data=form, environ_overrides={"REMOTE_ADDR": address}).status_code

    guesses = [guess(number, addresses[number % len(addresses)], f"{number}@x.example") for number in range(101)]
    assert guesses == [401] * 100 + [429]
    assert guess(0, addresses[0], grace.email, PASSWORD) == 429
    assert guess(0, other, grace.email, PASSWORD) == 303


def test_what_the_page_asks_by_itself_keeps_nobody_signed_in(desk: Desk, ada: Visitor, clock: Clock) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    for _ in range(11):
        clock.advance(hours=1)
        for path in ("/agent/fragments/list", f"/agent/fragments/conversations/{conversation_id}", f"{API}/stream"):
            with desk.client.get(path) as response:
                assert response.status_code == 200
    clock.advance(hours=1)
    assert desk.open().location == "/agent/login"


def test_reading_and_writing_keep_an_agent_signed_in_for_fourteen_days_at_most(desk: Desk, clock: Clock) -> None:
    for _ in range(27):
        clock.advance(hours=11.9)
        assert desk.open().status_code == 200
    clock.advance(days=14, hours=-27 * 11.9)
    assert desk.open().location == "/agent/login"


def test_a_disabled_agent_is_signed_out_at_the_next_request(desk: Desk, runtime: Runtime, grace: Colleague) -> None:
    agents.disable(runtime, grace.email)
    assert desk.open().location == "/agent/login"
    assert sign_in(desk.client, grace.email).status_code == 401


def test_the_widget_knows_no_cookie(app: Flask, desk: Desk, shop: Shop) -> None:
    response = shop.boot(desk.client)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert desk.client.get("/api/v1/widget/conversations").status_code == 401
    assert desk.client.get(f"/frame?platformId={shop.id}").headers.get("Set-Cookie") is None


def test_a_page_that_was_signed_out_late_brings_no_cookie_back(desk: Desk) -> None:
    assert "Set-Cookie" not in desk.open().headers
    assert "Set-Cookie" not in desk.open("fragments/list").headers


def test_every_page_is_kept_out_of_caches_and_frames(app: Flask, desk: Desk, client: FlaskClient) -> None:
    for response in (desk.open(), desk.open("nothing"), app.test_client().get("/agent/login"), client.get(HOME)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

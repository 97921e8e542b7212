"""Invitations, forgotten passwords and the team's page, as browsers and strangers meet them."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.shop import Shop, open_shop
from tests.team import API, PASSWORD, Colleague, hire
from tests.web.agent.desk import Desk, csrf_of, sign_in, sit_down, text_of
from tests.web.agent.fields import value_of, wrong
from whosthere.core.roles import Role
from whosthere.services import agents
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import agent_links, agent_mails

SAM = "sam@new.example.com"
NEW = "another ship in the bay"
NOBODY = "01a203f2-b1fc-7225-abd7-6460051d5248"


@pytest.fixture
def office(app: Flask, runtime: Runtime, shop: Shop) -> Desk:
    """The browser of an owner."""
    return sit_down(app, hire(runtime, shop.id, "olga@example.com", name="Olga", role="owner"))


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Fill in a form of a page that needs nobody signed in."""
    return client.post(f"/agent/{path}", data={"csrf_token": csrf_of(client.get(f"/agent/{path}")), **fields})


def link(response: TestResponse) -> tuple[str, str]:
    """The address of a link that is shown once, and its secret."""
    assert response.status_code == 200, text_of(response)
    address, _, secret = value_of(response, "once").partition("#")
    assert re.fullmatch(r"[\w-]{43}", secret)
    return address, secret


def test_an_invitation_leads_from_the_team_page_to_a_signed_in_browser(app: Flask, office: Desk, shop: Shop) -> None:
    shown = office.send(f"team/{shop.id}/invitations", email=SAM, role="admin")
    address, secret = link(shown)
    assert address == "http://localhost/agent/welcome"
    assert secret not in office.open(f"team/{shop.id}").get_data(as_text=True)
    client = app.test_client()
    assert "opener-policy" in str(client.get("/agent/welcome").headers).lower()
    first = send(client, "welcome", code=secret)
    assert SAM in first.get_data(as_text=True)
    refused = send(client, "welcome", code=secret, step="join", name="Sam <b>", password="short")
    assert (refused.status_code, set(wrong(refused)), value_of(refused, "name")) == (400, {"password"}, "Sam <b>")
    done = send(client, "welcome", code=secret, step="join", name="Sam <b>", password=NEW)
    assert (done.status_code, done.location) == (303, "/agent/")
    assert "Sam &lt;b&gt;" in client.get("/agent/profile").get_data(as_text=True)
    again = send(app.test_client(), "welcome", code=secret)
    assert (again.status_code, set(wrong(again))) == (404, {"code"})
    assert "Nobody is waiting" in office.read(f"team/{shop.id}")


def test_who_has_an_account_joins_and_is_not_signed_in_by_that(
    app: Flask, runtime: Runtime, office: Desk, shop: Shop
) -> None:
    sam = hire(runtime, open_shop(runtime).id, SAM)
    _, secret = link(office.send(f"team/{shop.id}/invitations", email=SAM, role="agent"))
    client = app.test_client()
    refused = send(client, "welcome", code=secret, step="join", password="a guess")
    assert (refused.status_code, set(wrong(refused))) == (401, {"password"})
    done = send(client, "welcome", code=secret, step="join", password=PASSWORD)
    assert done.location == "/agent/login?done=joined"
    assert client.get("/agent/").location == "/agent/login"
    assert sam.identity.role_on(shop.id) == "agent"


def test_who_is_signed_in_joins_by_one_button_and_nobody_else_in_their_place(
    app: Flask, runtime: Runtime, office: Desk, shop: Shop
) -> None:
    elsewhere = open_shop(runtime).id
    sam, mallory = hire(runtime, elsewhere, SAM), hire(runtime, elsewhere, "mallory@example.com")
    _, secret = link(office.send(f"team/{shop.id}/invitations", email=SAM, role="agent"))
    theirs = sit_down(app, mallory).client
    assert send(theirs, "welcome", code=secret, step="join").status_code == 401
    own = sit_down(app, sam).client
    assert 'name="password"' not in send(own, "welcome", code=secret).get_data(as_text=True)
    send(own, "welcome", code=secret, step="join")
    assert sam.identity.role_on(shop.id) == "agent"
    assert mallory.identity.role_on(shop.id) is None


@pytest.mark.parametrize("path", ["welcome", "reset"])
def test_a_made_up_code_is_refused_and_guessing_is_throttled(app: Flask, path: str) -> None:
    client = app.test_client()
    for code in ("", "x", "a" * 5000, "é", "..%2f"):
        refused = send(client, path, code=code)
        assert (refused.status_code, set(wrong(refused))) == (404, {"code"})
    token = csrf_of(client.get(f"/agent/{path}"))
    answers = [
        client.post(f"/agent/{path}", data={"csrf_token": token, "code": f"{number}"}).status_code
        for number in range(96)
    ]
    assert answers == [404] * 95 + [429]


@pytest.mark.parametrize("path", ["welcome", "reset", "forgotten"])
def test_no_other_site_sends_these_forms(app: Flask, path: str) -> None:
    client = app.test_client()
    token = csrf_of(client.get("/agent/welcome"))
    for data, headers in (({}, {}), ({"csrf_token": token}, {"Sec-Fetch-Site": "cross-site"})):
        refused = client.post(f"/agent/{path}", data={"code": "x", **data}, headers=headers)
        assert (refused.status_code, refused.mimetype) == (400, "text/html")


def test_an_admin_hands_over_a_way_to_a_new_password(
    app: Flask, desk: Desk, office: Desk, shop: Shop, grace: Colleague
) -> None:
    address, secret = link(office.send(f"team/{shop.id}/members/{grace.id}/link"))
    assert address == "http://localhost/agent/reset"
    client = app.test_client()
    assert grace.email in send(client, "reset", code=secret).get_data(as_text=True)
    for password, again, field in ((NEW, NEW + "x", "again"), ("short", "short", "password")):
        refused = send(client, "reset", code=secret, step="set", password=password, again=again)
        assert (refused.status_code, set(wrong(refused))) == (400, {field})
    done = send(client, "reset", code=secret, step="set", password=NEW, again=NEW)
    assert done.location == "/agent/login?done=password"
    assert client.get("/agent/").location == "/agent/login"
    assert desk.open().location == "/agent/login"
    assert sign_in(client, grace.email, NEW).status_code == 303


def test_a_forgotten_password_is_answered_alike_for_everybody_and_mailed_to_agents_only(
    app: Flask, runtime: Runtime, grace: Colleague
) -> None:
    app.config.update(WHOSTHERE_SENDS_MAIL=True, WHOSTHERE_PUBLIC_URL="https://chat.example.com")
    answers = []
    for email in (grace.email, "nobody@example.com", "x", "a" * 300, ""):
        client = app.test_client()
        evil = {"base_url": "https://evil.example"}  # as whoever asks may spell the address
        form = csrf_of(client.get("/agent/forgotten", **evil))
        sent = client.post("/agent/forgotten", data={"csrf_token": form, "email": email}, **evil)
        answers.append((sent.status_code, text_of(sent)))
    assert set(answers) == {answers[0]}
    assert answers[0][0] == 200
    with runtime.database.engine.connect() as connection:
        ((recipient, content),) = connection.execute(select(agent_mails.c.recipient, agent_mails.c.content)).all()
    assert recipient == grace.email
    body = json.loads(runtime.vault.decrypt(content))["body"]
    assert re.search(r"https://chat\.example\.com/agent/reset#[\w-]{43}\n", body)
    assert "evil" not in body


def test_asking_for_a_new_password_is_throttled_without_saying_so(
    app: Flask, runtime: Runtime, grace: Colleague
) -> None:
    app.config.update(WHOSTHERE_SENDS_MAIL=True, WHOSTHERE_PUBLIC_URL="https://chat.example.com")
    for _ in range(6):
        assert "on its way" in text_of(send(app.test_client(), "forgotten", email=grace.email.upper()))
    with runtime.database.engine.connect() as connection:
        assert len(connection.execute(select(agent_mails.c.id)).all()) == 3


def test_without_mail_the_page_says_whom_to_ask(app: Flask, runtime: Runtime, grace: Colleague) -> None:
    page = app.test_client().get("/agent/forgotten")
    assert "Ask an admin" in text_of(page)
    client = app.test_client()
    token = csrf_of(client.get("/agent/login"))
    assert client.post("/agent/forgotten", data={"csrf_token": token, "email": grace.email}).status_code == 200
    with runtime.database.engine.connect() as connection:
        assert connection.execute(select(agent_links.c.id)).all() == []


FORMS = {
    "invitations": {"email": SAM, "role": "agent"},
    "invitations/{nobody}/revoke": {},
    "members/{member}/role": {"role": "admin"},
    "members/{member}/link": {},
    "members/{member}/remove": {},
    "members/{member}/close": {},
}


@pytest.mark.parametrize(
    ("role", "page", "form"),
    [("owner", 200, (200, 303)), ("admin", 200, (200, 303)), ("agent", 403, (403,)), (None, 404, (404,))],
)
def test_the_team_is_managed_by_admins_and_owners_and_hidden_from_strangers(
    app: Flask, runtime: Runtime, shop: Shop, grace: Colleague, role: str | None, page: int, form: tuple[int, ...]
) -> None:
    home = shop.id if role else open_shop(runtime).id
    actor = sit_down(app, hire(runtime, home, "actor@example.com", role=role or "owner"))
    assert actor.open(f"team/{shop.id}").status_code == page
    for path, fields in FORMS.items():
        answer = actor.send(f"team/{shop.id}/{path.format(member=grace.id, nobody=NOBODY)}", **fields)
        expected = (404,) if "{nobody}" in path and page == 200 else form
        assert (answer.status_code in expected, answer.mimetype) == (True, "text/html"), (path, text_of(answer))
        if path.endswith("/remove") and page == 200:
            grace.serve(shop.id)
    account = agents.by_email(runtime, grace.email)
    assert account is not None
    assert (account.disabled_at is not None) is (page == 200)


def test_roles_change_on_the_page_and_what_is_refused_says_why(
    runtime: Runtime, office: Desk, shop: Shop, grace: Colleague
) -> None:
    olga = agents.by_email(runtime, "olga@example.com")
    assert olga is not None
    assert office.send(f"team/{shop.id}/members/{grace.id}/role", role="admin").status_code == 303
    assert grace.identity.role_on(shop.id) is Role.ADMIN
    late = office.send(f"team/{shop.id}/members/{grace.id}/role", role="owner", seen="agent")
    assert late.status_code == 409
    assert "changed this role meanwhile: it is “Admin” now." in text_of(late)
    assert '<option value="owner" selected' in late.get_data(as_text=True)
    assert grace.identity.role_on(shop.id) is Role.ADMIN
    last = office.send(f"team/{shop.id}/members/{olga.id}/role", role="agent")
    assert last.status_code == 409
    assert "keeps one owner" in text_of(last)
    for role in ("", "root", "OWNER"):
        assert office.send(f"team/{shop.id}/members/{grace.id}/role", role=role).status_code == 400
    refused = office.send(f"team/{shop.id}/invitations", email="not an address", role="admin")
    assert (set(wrong(refused)), value_of(refused, "email")) == ({"email"}, "not an address")
    assert '<option value="admin" selected' in refused.get_data(as_text=True)


def test_who_is_removed_sees_nothing_from_the_next_request_on(
    app: Flask, client: FlaskClient, office: Desk, desk: Desk, shop: Shop, grace: Colleague
) -> None:
    shop.visitor(app.test_client()).start("Our secret")
    assert "Our secret" in desk.read("?view=all")
    office.send(f"team/{shop.id}/members/{grace.id}/remove")
    assert "Our secret" not in desk.read("?view=all")
    assert grace.call(client, "GET", "/conversations").get_json()["items"] == []
    assert desk.client.get(f"{API}/me").get_json()["memberships"] == []

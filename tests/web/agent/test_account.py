"""An agent's own pages: profile, password, second factor, browsers and tokens."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.shop import Shop
from tests.team import API, PASSWORD, Colleague, hire
from tests.web.agent.desk import Desk, csrf_of, sign_in, sit_down, text_of
from tests.web.agent.fields import value_of, wrong
from whosthere.services import personal_tokens
from whosthere.services.runtime import Runtime

NEW = "another ship in the bay"


def with_second_factor(desk: Desk, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Switch it on through the pages; return the app and the recovery codes."""
    shown = desk.open("security/second-factor")
    page = shown.get_data(as_text=True)
    assert "<svg" in page
    assert "style=" not in page
    spelled = re.search(r'id="secret">([^<]*)<', page)
    assert spelled is not None
    app = pyotp.TOTP(spelled[1].replace(" ", ""))
    fields = {"sealed": value_of(shown, "sealed"), "code": code_of(app, clock)}
    done = desk.send("security/second-factor", **fields)
    assert done.status_code == 200, text_of(done)
    clock.advance(minutes=1)
    return app, re.findall(r'<li class="mono">([^<]*)<', done.get_data(as_text=True))


def code_of(app: pyotp.TOTP, clock: Clock) -> str:
    return app.generate_otp(clock() // 30_000)


def test_a_profile_is_stored_and_what_is_wrong_stands_beside_its_field(desk: Desk, grace: Colleague) -> None:
    kept = desk.send("profile", name="  Grace Hopper ", available="yes", sound="yes")
    assert kept.location == "/agent/profile?saved=1"
    agent = grace.identity.agent
    assert (agent.name, agent.available) == ("Grace Hopper", True)
    assert agent.preferences == {
        "singleKeys": False,
        "sound": True,
        "notifications": False,
        "notificationText": False,
        "emailNotices": False,
    }
    for name in ("", " ", "x" * 256, "a\nb", "a\u202eb"):
        refused = desk.send("profile", name=name, notifications="yes")
        assert refused.status_code == 400
        assert set(wrong(refused)) == {"name"}
        assert 'name="notifications" value="yes" checked' in refused.get_data(as_text=True)  # nothing typed is lost
    assert grace.identity.agent.name == "Grace Hopper"


def test_the_api_changes_what_is_named_and_nothing_else(client: FlaskClient, shop: Shop, grace: Colleague) -> None:
    me = grace.get(client, "/me")
    assert me["memberships"] == [
        {"platformId": shop.id, "platformName": me["memberships"][0]["platformName"], "role": "agent"}
    ]
    assert (me["initials"], me["available"], me["secondFactor"]) == ("G", True, False)
    changed = grace.call(client, "PUT", "/me", {"available": False, "preferences": {"singleKeys": False}}).get_json()
    assert changed == {**me, "available": False, "preferences": {**me["preferences"], "singleKeys": False}}
    assert grace.get(client, "/me") == changed
    assert grace.call(client, "PUT", "/me", {}).get_json() == changed
    assert grace.call(client, "PUT", "/me", {"name": " x"}).get_json()["field"] == "name"


def test_a_new_password_takes_the_present_one_and_signs_all_others_out(
    app: Flask, desk: Desk, grace: Colleague
) -> None:
    elsewhere = sit_down(app, grace)
    for fields, field in (
        ({"present": "a guess", "new": NEW, "again": NEW}, "present"),
        ({"present": PASSWORD, "new": NEW, "again": NEW + "x"}, "again"),
        ({"present": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"present": PASSWORD, "new": grace.email, "again": grace.email}, "new"),
        ({}, "present"),
    ):
        refused = desk.send("security/password", **fields)
        assert refused.status_code in (400, 401)
        assert set(wrong(refused)) == {field}
    assert elsewhere.open().status_code == 200
    assert desk.send("security/password", present=PASSWORD, new=NEW, again=NEW).status_code == 303
    assert desk.open().status_code == 200
    assert elsewhere.open().location == "/agent/login"
    assert sign_in(app.test_client(), grace.email).status_code == 401
    assert sign_in(app.test_client(), grace.email, NEW).status_code == 303


def test_guessing_the_present_password_is_throttled_in_a_signed_in_browser_too(desk: Desk) -> None:
    answers = [desk.send("security/password", present="a guess", new=NEW, again=NEW).status_code for _ in range(10)]
    assert answers[:9] == [401] * 9
    late = desk.send("security/password", present=PASSWORD, new=NEW, again=NEW)
    assert (late.status_code, late.headers["Retry-After"]) == (429, "300")


def test_signing_in_takes_two_steps_once_there_is_a_second_factor(
    app: Flask, desk: Desk, grace: Colleague, clock: Clock
) -> None:
    totp, codes = with_second_factor(desk, clock)
    assert len(codes) == 10
    client = app.test_client()
    first = sign_in(client, grace.email, next="security")
    assert first.location == "/agent/login/code?next=security"
    for path in ("/agent/", "/agent/profile", f"{API}/conversations"):
        assert client.get(path).status_code in (303, 401)
    form = client.get(first.location)
    data = {"csrf_token": csrf_of(form), "next": "security", "code": "000000"}
    assert client.post("/agent/login/code", data=data).status_code == 401
    done = client.post("/agent/login/code", data={**data, "code": code_of(totp, clock)})
    assert (done.status_code, done.location) == (303, "/agent/security")
    assert client.get("/agent/").status_code == 200
    other = app.test_client()  # the same code in another browser
    data["csrf_token"] = csrf_of(other.get(sign_in(other, grace.email).location))
    assert other.post("/agent/login/code", data={**data, "code": code_of(totp, clock)}).status_code == 401
    assert other.post("/agent/login/code", data={**data, "code": codes[0]}).status_code == 303


def test_the_second_step_is_over_after_five_minutes_and_none_without_the_first(
    app: Flask, desk: Desk, grace: Colleague, clock: Clock
) -> None:
    _, codes = with_second_factor(desk, clock)
    client = app.test_client()
    sign_in(client, grace.email)
    token = csrf_of(client.get("/agent/login/code"))
    clock.advance(minutes=5)
    late = client.post("/agent/login/code", data={"csrf_token": token, "code": codes[0]})
    assert late.status_code == 401
    assert "Sign in again" in text_of(late)
    stranger = app.test_client()
    token = csrf_of(stranger.get("/agent/login"))
    assert stranger.post("/agent/login/code", data={"csrf_token": token, "code": codes[0]}).status_code == 401
    assert stranger.get("/agent/").location == "/agent/login"


def test_guessing_codes_is_throttled_for_the_account_whatever_the_browser(
    app: Flask, desk: Desk, grace: Colleague, clock: Clock
) -> None:
    totp, _ = with_second_factor(desk, clock)
    for number in range(11):
        client = app.test_client()
        token = csrf_of(client.get(sign_in(client, grace.email).location))
        code = "000000" if number < 10 else code_of(totp, clock)
        answer = client.post("/agent/login/code", data={"csrf_token": token, "code": code})
        assert answer.status_code == (401 if number < 10 else 429)
    assert client.get("/agent/").location == "/agent/login"


def test_what_could_lock_its_owner_out_takes_the_password_again_after_ten_minutes(desk: Desk, clock: Clock) -> None:
    fields = {"name": "export", "days": "30", "read": "yes"}
    assert desk.send("tokens", **fields).status_code == 200  # the password was given a moment ago, to sign in
    clock.advance(minutes=10)
    refused = desk.send("tokens", **fields)
    assert refused.status_code == 403
    assert set(wrong(refused)) == {"password"}
    assert value_of(refused, "name") == "export"
    assert set(wrong(desk.send("tokens", **fields, password="a guess"))) == {"password"}
    assert desk.send("tokens", **fields, password=PASSWORD).status_code == 200
    assert desk.send("tokens", **fields).status_code == 200


def test_reloading_the_page_that_shows_a_token_makes_no_second_one(
    desk: Desk, runtime: Runtime, grace: Colleague
) -> None:
    before = len(personal_tokens.listed(runtime, grace.identity.agent))
    fields = {"name": "export", "days": "30", "read": "yes", "seen": value_of(desk.open("tokens"), "seen")}
    assert desk.send("tokens", **fields).status_code == 200
    again = desk.send("tokens", **fields)
    assert again.status_code == 409
    assert "sent twice" in text_of(again)
    assert value_of(again, "name") == "export"
    assert len(personal_tokens.listed(runtime, grace.identity.agent)) == before + 1
    assert desk.send("tokens", **{**fields, "seen": value_of(again, "seen")}).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("tokens", "/agent/tokens"), ("//evil.example", "/agent/"), ("", "/agent/"), ("team/../logout", "/agent/")],
)
def test_confirming_leads_back_and_nowhere_else(desk: Desk, clock: Clock, wanted: str, leads_to: str) -> None:
    clock.advance(minutes=11)
    assert desk.send("confirm", next=wanted).status_code == 403
    done = desk.send("confirm", next=wanted, password=PASSWORD)
    assert (done.status_code, done.location) == (303, leads_to)


def test_nobody_sees_or_ends_what_is_somebody_elses(
    app: Flask, client: FlaskClient, desk: Desk, runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    mallory = hire(runtime, shop.id, "mallory@example.com", role="owner")
    theirs = sit_down(app, mallory)
    (token,) = personal_tokens.listed(runtime, grace.identity.agent)
    session_id = re.search(
        r"sessions/([0-9a-f-]{36})/end", sit_down(app, grace).open("sessions").get_data(as_text=True)
    )
    assert session_id is not None
    assert theirs.send(f"tokens/{token.id}/revoke").status_code == 404
    assert theirs.send(f"sessions/{session_id[1]}/end").status_code == 404
    assert mallory.call(client, "DELETE", f"/tokens/{token.id}").status_code == 404
    assert desk.open().status_code == 200
    assert grace.call(client, "GET", "/me").status_code == 200


def test_browsers_are_listed_and_signed_out_one_by_one_or_all_at_once(app: Flask, desk: Desk, grace: Colleague) -> None:
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0"}
    client = app.test_client()
    data = {"csrf_token": csrf_of(client.get("/agent/login")), "email": grace.email, "password": PASSWORD}
    client.post("/agent/login", data=data, headers=firefox)
    others = [Desk(client), sit_down(app, grace), sit_down(app, grace)]
    page = desk.open("sessions").get_data(as_text=True)
    assert "Firefox on Linux" in page
    assert page.count("This browser") == 1
    ids = re.findall(r"sessions/([0-9a-f-]{36})/end", page)
    assert len(ids) == 3
    desk.send(f"sessions/{ids[0]}/end")
    assert sum(other.open().status_code == 200 for other in others) == 2
    desk.send("sessions/others/end")
    assert [other.open().status_code for other in others] == [303] * 3
    assert desk.open().status_code == 200


def test_switching_the_second_factor_off_and_renewing_codes_take_a_code(
    desk: Desk, grace: Colleague, clock: Clock
) -> None:
    totp, codes = with_second_factor(desk, clock)
    assert set(wrong(desk.send("security/recovery-codes", code="000000"))) == {"code"}
    renewed = desk.send("security/recovery-codes", code=code_of(totp, clock))
    assert codes[0] not in renewed.get_data(as_text=True)
    clock.advance(minutes=1)
    assert set(wrong(desk.send("security/second-factor/off", code=code_of(totp, clock), password="x"))) == {"password"}
    assert set(wrong(desk.send("security/second-factor/off", code="000000", password=PASSWORD))) == {"code"}
    clock.advance(minutes=1)
    done = desk.send("security/second-factor/off", code=code_of(totp, clock), password=PASSWORD)
    assert done.location == "/agent/security?done=off"
    assert not grace.identity.agent.has_second_factor


def test_the_second_factor_cannot_be_set_up_behind_its_owners_back(desk: Desk, grace: Colleague, clock: Clock) -> None:
    shown = desk.open("security/second-factor")
    spelled = re.search(r'id="secret">([^<]*)<', shown.get_data(as_text=True))
    assert spelled is not None
    clock.advance(minutes=11)
    code = code_of(pyotp.TOTP(spelled[1].replace(" ", "")), clock)
    refused = desk.send("security/second-factor", sealed=value_of(shown, "sealed"), code=code)
    assert (refused.status_code, set(wrong(refused))) == (403, {"password"})
    assert value_of(refused, "sealed")
    assert spelled[1] in refused.get_data(as_text=True)  # the same secret: nobody scans twice
    assert not grace.identity.agent.has_second_factor

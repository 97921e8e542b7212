"""What fails at the door is in the security log; whoever tries notices nothing of that."""

from __future__ import annotations

import pyotp
from flask import Flask

from tests.clock import Clock
from tests.rows import Rows
from tests.shop import Shop
from tests.team import PASSWORD, Colleague
from tests.web.agent.desk import Desk, csrf_of, sign_in
from whosthere.services import chores, second_factor
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import audit_log


def look(runtime: Runtime, rows: Rows) -> dict[str, int]:
    """What the log says, once the chores were there: how often each thing happened."""
    chores.do_due(runtime)
    lines = [row for row in rows.all(audit_log) if row.actor == "stranger"]
    assert {row.detail["network"] for row in lines} <= {"127.0.0.1"}
    return {row.action: row.detail["withinTheHour"] for row in lines}


def test_wrong_passwords_are_counted_and_written_only_later(
    app: Flask, runtime: Runtime, grace: Colleague, rows: Rows
) -> None:
    for email in (grace.email, "nobody@example.com", PASSWORD, "x" * 5000):
        before = rows.counts()
        assert sign_in(app.test_client(), email, "a guess").status_code == 401
        assert rows.counts() == before, "nothing that takes time depends on whether there is such an account"
    assert look(runtime, rows) == {"agent.sign_in_failed": 1}
    assert rows.all(audit_log)[-1].detail["agent"] == grace.id


def test_throttling_is_told(app: Flask, runtime: Runtime, grace: Colleague, rows: Rows) -> None:
    client = app.test_client()
    statuses = [sign_in(client, grace.email, "a guess").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert look(runtime, rows) == {"agent.sign_in_failed": 10, "agent.sign_in_throttled": 1}


def test_codes_and_passwords_that_are_asked_again_are_told(
    desk: Desk, app: Flask, runtime: Runtime, shop: Shop, grace: Colleague, rows: Rows, clock: Clock
) -> None:
    assert desk.send("confirm", password="a guess").status_code == 303, "it was given just now"
    clock.advance(minutes=11)
    assert desk.send("confirm", password="a guess").status_code == 401
    assert desk.send("security/password", present="a guess", new="x" * 20, again="x" * 20).status_code == 401
    begun = second_factor.begin(runtime, grace.identity)
    code = pyotp.TOTP(begun.secret).at(clock() // 1000)
    assert isinstance(second_factor.turn_on(runtime, grace.identity, begun.sealed, code), list)
    client = app.test_client()
    sign_in(client, grace.email)
    token = csrf_of(client.get("/agent/login/code"))
    assert client.post("/agent/login/code", data={"csrf_token": token, "code": "000000"}).status_code == 401
    assert look(runtime, rows) == {"agent.confirmation_failed": 2, "agent.code_failed": 1}

"""The server's clock goes an hour back and forward again: no door opens, nobody is lost, nothing needs a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests import desk
from tests.clock import Clock
from tests.people import ADA, BOB, OTHER_SECRET
from tests.rows import Rows
from tests.shop import Shop, Visitor, open_shop
from whosthere.services.purge import purge
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.storage.tables import messages, users
from whosthere.web import create_app

pytestmark = pytest.mark.slow

SECONDS_OF_RECOVERY = 30


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Flask:
    return create_app(settings, clock=clock)


@pytest.fixture
def runtime(app: Flask) -> Any:
    built: Runtime = app.extensions["whosthere.runtime"]
    yield built
    built.hub.close()
    built.database.close()


@pytest.fixture
def back(clock: Clock) -> Callable[[], int]:
    return lambda: clock.advance(hours=-1)


@pytest.fixture
def forward(clock: Clock) -> Callable[[], int]:
    """The clock is right again, and so much time has passed as recovery may take."""
    return lambda: clock.advance(hours=1, seconds=SECONDS_OF_RECOVERY)


def status(visitor: Visitor) -> int:
    return visitor.get("/conversations").status_code


def test_messages_keep_the_order_in_which_they_were_written(
    client: FlaskClient, runtime: Runtime, shop: Shop, clock: Clock
) -> None:
    ada = shop.visitor(client, ADA.proven())
    here = ada.start("0")["conversation"]["id"]
    path = f"/conversations/{here}/messages"
    seen, steps = 1, [clock.advance, lambda: clock.advance(hours=-1), lambda: clock.advance(hours=1)]
    for number, step in enumerate(steps):
        step()
        ada.send("POST", path, {"text": f"{number}a", "clientMessageId": str(number)})
        desk.reply(runtime, shop.id, here, f"{number}b")
        news = ada.get(path, query_string={"after": seen}).json["items"]
        assert [(item["seq"], item["body"]) for item in news] == [(seen + 1, f"{number}a"), (seen + 2, f"{number}b")]
        seen += 2
    assert [item["seq"] for item in ada.get(path).json["items"]] == list(range(1, seen + 1))
    log = sorted(Rows(runtime.database, shop.id).all(messages), key=lambda row: row.record_seq)
    assert [row.seq for row in log] == list(range(1, seen + 1))
    assert [row.created_at for row in log] != sorted(row.created_at for row in log)


@pytest.mark.parametrize("config", [ADA.proven(), {}], ids=["verified", "anonymous"])
def test_who_is_in_the_chat_stays_and_keeps_the_history(
    client: FlaskClient, shop: Shop, back: Callable[[], int], forward: Callable[[], int], config: dict[str, Any]
) -> None:
    visitor = shop.visitor(client, config)
    here = visitor.start()["conversation"]["id"]
    token = visitor.answer["anonymousToken"]
    for step in (back, forward):
        step()
        assert [item["id"] for item in visitor.get("/conversations").json["items"]] == [here]
        again = shop.visitor(client, config, anonymousToken=token)
        assert again.answer["conversation"]["id"] == here
        assert again.answer["user"]["ref"] == visitor.answer["user"]["ref"]


def test_no_session_outlives_the_instant_it_names(
    client: FlaskClient, shop: Shop, clock: Clock, back: Callable[[], int], forward: Callable[[], int]
) -> None:
    before = shop.visitor(client, ADA.proven())
    back()
    behind = shop.visitor(client, ADA.proven())
    assert (status(before), status(behind)) == (200, 200)
    clock.advance(hours=1)
    assert (status(before), status(behind)) == (200, 401)
    clock.advance(hours=1)
    assert status(before) == 401
    assert status(shop.visitor(client, ADA.proven())) == 200


def test_who_got_a_session_from_the_wrong_clock_gets_another_one_at_once(
    client: FlaskClient, shop: Shop, back: Callable[[], int], forward: Callable[[], int]
) -> None:
    back()
    behind = shop.visitor(client, ADA.proven())
    here = behind.start()["conversation"]["id"]
    forward()
    refused = behind.get("/conversations")
    assert (refused.status_code, refused.json["code"]) == (401, "session_expired")
    assert shop.visitor(client, ADA.proven()).answer["conversation"]["id"] == here


def test_tokens_prove_as_before_and_only_one_that_says_it_is_from_the_future_waits(
    client: FlaskClient, shop: Shop, clock: Clock, back: Callable[[], int], forward: Callable[[], int]
) -> None:
    lasting = {"identityToken": ADA.identity_token(clock.now())}
    dated = {"identityToken": ADA.identity_token(clock.now(), iat=clock.now() // 1000)}
    for config in (BOB.proven(), lasting, dated):
        assert shop.boot(client, config).status_code == 200
    back()
    assert shop.boot(client, BOB.proven()).status_code == 200
    assert shop.boot(client, lasting).status_code == 200
    refused = shop.boot(client, dated)
    assert (refused.status_code, refused.json["detail"]) == (401, "invalid user auth token")
    forward()
    for config in (BOB.proven(), lasting, dated):
        assert shop.boot(client, config).status_code == 200


@pytest.mark.parametrize("purged", [False, True])
def test_what_was_ended_before_stays_ended(
    client: FlaskClient, runtime: Runtime, shop: Shop, clock: Clock, forward: Callable[[], int], purged: bool
) -> None:
    """Also where the session would be over by itself, and the purge has been there."""
    out, ada, nobody = (shop.visitor(client, config) for config in (ADA.proven(), ADA.proven(), {}))
    leaked = shop.add_key(OTHER_SECRET)
    mallory = shop.visitor(client, ADA.proven(OTHER_SECRET))
    _end_all(client, shop, out, ada, nobody, leaked)
    clock.advance(hours=1, minutes=30)
    if purged:
        purge(runtime)
    clock.advance(hours=-1)
    _assert_closed(client, shop, [out, ada, nobody, mallory])
    forward()
    _assert_closed(client, shop, [out, ada, nobody, mallory])


def test_what_is_ended_meanwhile_stays_ended(
    client: FlaskClient, runtime: Runtime, shop: Shop, back: Callable[[], int], forward: Callable[[], int]
) -> None:
    out, ada, nobody = (shop.visitor(client, config) for config in (ADA.proven(), ADA.proven(), {}))
    leaked = shop.add_key(OTHER_SECRET)
    mallory = shop.visitor(client, ADA.proven(OTHER_SECRET))
    back()
    _end_all(client, shop, out, ada, nobody, leaked)
    _assert_closed(client, shop, [out, ada, nobody, mallory])
    purge(runtime)
    forward()
    purge(runtime)
    _assert_closed(client, shop, [out, ada, nobody, mallory])


def _end_all(client: FlaskClient, shop: Shop, out: Visitor, ada: Visitor, nobody: Visitor, key_id: str) -> None:
    """End a session by logout, one by the next boot, an anonymous user by a login that clears, one by its key's end."""
    assert out.send("DELETE", "/session").status_code == 204
    body = {"platformId": shop.id, **ADA.proven()}
    assert client.post("/api/v1/widget/boot", json=body, headers=ada.headers).status_code == 200
    clearing = ADA.proven(clearAnonymousUserOnLogin=True, anonymousToken=nobody.answer["anonymousToken"])
    shop.visitor(client, clearing)
    shop.delete_key(key_id)


def _assert_closed(client: FlaskClient, shop: Shop, visitors: list[Visitor]) -> None:
    assert [status(visitor) for visitor in visitors] == [401] * len(visitors)
    assert shop.boot(client, ADA.proven(OTHER_SECRET)).status_code == 401
    nobody = visitors[2].answer
    again = shop.visitor(client, anonymousToken=nobody["anonymousToken"])
    assert again.answer["user"]["ref"] != nobody["user"]["ref"]


def test_people_are_told_apart_and_found_again_by_the_same_rules(
    client: FlaskClient, runtime: Runtime, shop: Shop, back: Callable[[], int], forward: Callable[[], int]
) -> None:
    for step in (lambda: 0, back, forward):
        step()
        for person in (ADA, BOB):
            assert shop.boot(client, person.proven()).status_code == 200
            assert shop.boot(client, person.proven(OTHER_SECRET)).status_code == 401
    assert {row.user_id for row in Rows(runtime.database, shop.id).all(users)} == {"ada", "bob"}
    assert Rows(runtime.database, shop.id).counts("users") == {"users": 2}


def test_an_address_that_used_its_minute_up_waits_a_minute_and_no_hour(settings: Settings, clock: Clock) -> None:
    app = create_app(settings.model_copy(update={"rate_limit": 3}), clock=clock)
    runtime: Runtime = app.extensions["whosthere.runtime"]
    shop, client = open_shop(runtime), app.test_client()
    with time_machine.travel(clock.now() / 1000, tick=False) as system:
        assert [shop.boot(client).status_code for _ in range(4)] == [200, 200, 200, 429]
        system.shift(-3_600 + 61)
        assert [shop.boot(client).status_code for _ in range(4)] == [200, 200, 200, 429]
        system.shift(3_600 + SECONDS_OF_RECOVERY)
        assert [shop.boot(client).status_code for _ in range(4)] == [200, 200, 200, 429]
    runtime.hub.close()
    runtime.database.close()

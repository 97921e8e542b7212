"""Anonymous users: unguessable, short-lived by the server's clock, and no rows before they speak (identity.md §6)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, OTHER_SECRET
from tests.rows import Rows
from tests.shop import Shop, Visitor, open_shop
from whosthere.core.policy import Verification
from whosthere.services import platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.services.signer import Signer
from whosthere.storage.tables import messages, users

ADMIN = Actor("test")


def back(shop: Shop, client: FlaskClient, before: Visitor, config: dict[str, Any] | None = None) -> Visitor:
    """The same browser boots again with the token it kept."""
    return shop.visitor(client, config, anonymousToken=before.answer["anonymousToken"])


def kept(before: Visitor) -> dict[str, Any]:
    """What the browser keeps of an anonymous visitor."""
    return {"anonymousToken": before.answer["anonymousToken"]}


def find(visitor: Visitor) -> int:
    """How many conversations the visitor finds."""
    return len(visitor.get("/conversations").json["items"])


def test_no_row_is_written_until_an_anonymous_visitor_speaks(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    before = rows.counts()
    visitor = shop.visitor(client)
    for path in ("/conversations", "/conversations?cursor=x", "/conversations/x"):
        visitor.get(path)
    again = back(shop, client, visitor)
    assert rows.counts() == before
    again.start()
    record = rows.one(users)
    assert (record.anonymous, record.user_id, record.email, record.sealed) == (True, None, None, False)
    assert rows.one(messages).assurance == "anonymous"


def test_the_token_is_answered_unchanged_and_finds_the_same_user(client: FlaskClient, shop: Shop, clock: Clock) -> None:
    first = shop.visitor(client)
    first.start()
    clock.advance(days=3)
    second = back(shop, client, first)
    assert second.answer["anonymousToken"] == first.answer["anonymousToken"]
    assert second.answer["conversation"]["lastMessage"]["body"] == "Hello?"
    assert find(second) == 1


@pytest.mark.parametrize("days", [1, 7, 365])
def test_it_lives_the_platforms_days_from_its_creation_by_the_servers_clock(
    runtime: Runtime, client: FlaskClient, clock: Clock, days: int
) -> None:
    """A boot never renews it."""
    shop = open_shop(runtime, anonymous_days=days)
    first = shop.visitor(client)
    first.start()
    for _ in range(6):
        clock.advance(days=days / 6, ms=-1)
        assert find(back(shop, client, first)) == 1
    last_moment = back(shop, client, first)
    clock.advance(ms=6)
    assert last_moment.get("/conversations").status_code == 401
    after = back(shop, client, first)
    assert after.answer["anonymousToken"] != first.answer["anonymousToken"]
    assert find(after) == 0
    assert find(back(shop, client, after)) == 0


def test_a_session_never_outlives_its_anonymous_user(client: FlaskClient, shop: Shop, clock: Clock) -> None:
    first = shop.visitor(client)
    clock.advance(days=7, minutes=-10)
    last = back(shop, client, first)
    assert runtime_session(shop, last).expires_at == clock.now() + 10 * 60_000


def runtime_session(shop: Shop, visitor: Visitor) -> Any:
    """What the visitor's session token says."""
    return shop.runtime.signer.read_session(visitor.answer["session"]["token"])


def test_after_its_end_the_answer_to_a_logged_in_visitor_is_null(client: FlaskClient, shop: Shop, clock: Clock) -> None:
    first = shop.visitor(client)
    kept = back(shop, client, first, ADA.proven())
    assert kept.answer["anonymousToken"] == first.answer["anonymousToken"]
    assert kept.answer["anonymousScope"] == "browser"
    clock.advance(days=7)
    assert back(shop, client, first, ADA.proven()).answer["anonymousToken"] is None
    assert shop.visitor(client, ADA.proven()).answer["anonymousToken"] is None


def test_login_keeps_the_anonymous_user_apart_and_logout_brings_it_back(client: FlaskClient, shop: Shop) -> None:
    anonymous = shop.visitor(client)
    anonymous.start("I am nobody")
    ada = back(shop, client, anonymous, ADA.proven())
    assert find(ada) == 0
    assert ada.answer["unreadCount"] == 0
    assert ada.send("DELETE", "/session").status_code == 204
    assert find(back(shop, client, anonymous)) == 1


def test_a_login_that_clears_ends_the_anonymous_user_for_good(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    anonymous = shop.visitor(client)
    anonymous.start()
    ada = back(shop, client, anonymous, ADA.proven(clearAnonymousUserOnLogin=True))
    assert ada.answer["anonymousToken"] is None
    assert anonymous.get("/conversations").json["code"] == "session_ended"
    after = back(shop, client, anonymous)
    assert find(after) == 0
    assert after.answer["anonymousToken"] != anonymous.answer["anonymousToken"]
    assert rows.counts("ended_anonymous", "conversations") == {"ended_anonymous": 1, "conversations": 1}


def test_an_anonymous_user_without_a_row_can_be_ended_too(client: FlaskClient, shop: Shop, rows: Rows) -> None:
    anonymous = shop.visitor(client)
    back(shop, client, anonymous, ADA.proven(clearAnonymousUserOnLogin=True))
    assert anonymous.send("POST", "/conversations", {"text": "x", "clientMessageId": "1"}).status_code == 401
    assert back(shop, client, anonymous).answer["anonymousToken"] != anonymous.answer["anonymousToken"]
    assert rows.counts("users", "ended_anonymous") == {"users": 1, "ended_anonymous": 1}


@pytest.mark.parametrize("value", [False, None, "true", 1, "", {}])
def test_only_true_clears(client: FlaskClient, shop: Shop, value: Any) -> None:
    anonymous = shop.visitor(client)
    ada = back(shop, client, anonymous, ADA.proven(clearAnonymousUserOnLogin=value))
    assert ada.answer["anonymousToken"] == anonymous.answer["anonymousToken"]


@pytest.mark.parametrize(
    "config",
    [
        ADA.config(clearAnonymousUserOnLogin=True),
        ADA.proven(OTHER_SECRET, clearAnonymousUserOnLogin=True),
        {"clearAnonymousUserOnLogin": True},
    ],
)
def test_a_login_that_fails_or_is_none_clears_nothing(client: FlaskClient, shop: Shop, config: dict[str, Any]) -> None:
    anonymous = shop.visitor(client)
    anonymous.start()
    shop.boot(client, config, anonymousToken=anonymous.answer["anonymousToken"])
    assert find(back(shop, client, anonymous)) == 1


def test_a_claimed_login_clears_too(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, verification=Verification.OFF)
    anonymous = shop.visitor(client)
    anonymous.start()
    back(shop, client, anonymous, ADA.config(clearAnonymousUserOnLogin=True))
    assert anonymous.get("/conversations").status_code == 401


def test_reset_ends_the_anonymous_user_and_logout_does_not(client: FlaskClient, shop: Shop) -> None:
    anonymous = shop.visitor(client)
    anonymous.start()
    assert anonymous.send("DELETE", "/session").status_code == 204
    again = back(shop, client, anonymous)
    assert find(again) == 1
    fresh = back(shop, client, again, {"reset": True})
    assert fresh.answer["anonymousToken"] != anonymous.answer["anonymousToken"]
    assert find(fresh) == 0
    assert again.get("/conversations").status_code == 401
    assert find(back(shop, client, anonymous)) == 0


def test_reset_ends_the_anonymous_user_when_a_login_follows_at_once(client: FlaskClient, shop: Shop) -> None:
    anonymous = shop.visitor(client)
    anonymous.start()
    assert shop.boot(client, ADA.config(userAuthToken="x"), **kept(anonymous), reset=True).status_code == 401
    assert find(back(shop, client, anonymous)) == 1, "a failed login does nothing to it"
    ada = shop.visitor(client, ADA.proven(), **kept(anonymous), reset=True)
    assert ada.answer["anonymousToken"] is None
    assert find(back(shop, client, anonymous)) == 0


def test_reset_ends_the_anonymous_user_of_the_tab_too(client: FlaskClient, shop: Shop) -> None:
    """A page with a broken identifier has one of its own; its next visit must not find the conversation again."""
    broken = {"userId": "undefined"}
    anonymous, tab = shop.visitor(client), shop.visitor(client, broken)
    assert tab.answer["anonymousScope"] == "tab"
    anonymous.start()
    tab.start()
    both = {**kept(anonymous), "anonymousTabToken": tab.answer["anonymousToken"]}
    assert find(shop.visitor(client, broken, **both)) == 1
    fresh = shop.visitor(client, broken, **both, reset=True)
    assert fresh.answer["anonymousToken"] != tab.answer["anonymousToken"]
    assert [find(shop.visitor(client, config, **both)) for config in ({}, broken)] == [0, 0]


def test_idle_days_end_it_earlier_and_speaking_keeps_it(runtime: Runtime, client: FlaskClient, clock: Clock) -> None:
    shop = open_shop(runtime, anonymous_days=7, anonymous_idle_days=2)
    talker, silent = shop.visitor(client), shop.visitor(client)
    path = f"/conversations/{talker.start()['conversation']['id']}/messages"
    for day in range(3):
        clock.advance(days=1.5)
        talker = back(shop, client, talker)
        assert find(talker) == 1, f"gone on day {day}"
        assert talker.send("POST", path, {"text": "still here", "clientMessageId": str(day)}).status_code == 201
    assert back(shop, client, silent).answer["anonymousToken"] != silent.answer["anonymousToken"]
    clock.advance(days=2)
    assert find(back(shop, client, talker)) == 0


def test_a_shorter_life_holds_for_those_who_are_there_already(
    runtime: Runtime, client: FlaskClient, clock: Clock, shop: Shop
) -> None:
    visitor = shop.visitor(client)
    clock.advance(days=2)
    visitor = back(shop, client, visitor)
    assert visitor.get("/conversations").status_code == 200
    platforms.change(runtime, shop.id, {"anonymous_days": "1"}, actor=ADMIN)
    assert visitor.get("/conversations").json["code"] == "session_ended"


def test_a_token_is_good_on_its_own_platform_only(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    visitor = shop.visitor(client)
    elsewhere = open_shop(runtime)
    assert back(elsewhere, client, visitor).answer["anonymousToken"] != visitor.answer["anonymousToken"]


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", 5, True, [], {}, "é", "\u0000", "A" * 5_000, None, ".eJw.x", "\ud83d\ude00"]
)
def test_a_broken_token_is_no_token(client: FlaskClient, shop: Shop, token: Any) -> None:
    assert shop.boot(client, anonymousToken=token, anonymousTabToken=token).status_code == 200


def test_a_token_cannot_be_made_or_changed_by_others(client: FlaskClient, shop: Shop) -> None:
    visitor = shop.visitor(client)
    visitor.start()
    token = visitor.answer["anonymousToken"]
    payload, _, signature = token.rpartition(".")
    forger = Signer("another key that signs the sessions of somebody else")
    anonymous = shop.runtime.signer.read_anonymous(token, shop.id)
    assert anonymous is not None
    forged = forger.anonymous_token(anonymous, shop.id)
    session = visitor.answer["session"]["token"]
    for bad in (forged, f"{payload}.{signature[::-1]}", f"{payload[:-1]}.{signature}", session):
        assert find(shop.visitor(client, anonymousToken=bad)) == 0


def test_two_anonymous_visitors_are_strangers(client: FlaskClient, shop: Shop) -> None:
    one, other = shop.visitor(client), shop.visitor(client)
    started = one.start()
    assert find(other) == 0
    assert other.get(f"/conversations/{started['conversation']['id']}").status_code == 404

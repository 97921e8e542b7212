"""Who is away is told by mail: at a proven address only, not too often, and without anything that opens a door."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.rows import Rows
from tests.servers import until
from tests.services.talks import Talks
from tests.shop import ORIGIN, Shop, Visitor
from tests.team import Colleague, hash_quickly, hire
from whosthere.core.notices import AGENTS_NOTICE_MS, DAY_MS, MENTION_NOTICE_MS, VISITOR_NOTICE_MS
from whosthere.core.policy import Policy
from whosthere.services import agents, blocks, chores, inbox, inbox_actions, notices, platforms
from whosthere.services import mentions as calls
from whosthere.services.journal import Actor
from whosthere.services.messages import Text
from whosthere.services.runtime import Runtime
from whosthere.storage import notices as due_notices
from whosthere.storage.inbox import Case
from whosthere.storage.platforms import Platform
from whosthere.storage.tables import mentions, outbox


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


def tell(runtime: Runtime, shop: Shop) -> None:
    found = platforms.find(runtime, shop.id)
    assert isinstance(found, Platform)
    notices.tell(runtime, found)


def answered(grace: Colleague, visitor: Visitor, text: str = "Here you are", **more: Any) -> str:
    """A visitor writes, and Grace answers; return the conversation's id."""
    body = {"text": "Ahoy?", "clientMessageId": "first", **more}
    conversation_id: str = visitor.send("POST", "/conversations", body).json["conversation"]["id"]
    inbox.reply(grace.runtime, grace.identity, conversation_id, Text(text, "reply"))
    return conversation_id


def test_an_answer_that_stays_unseen_is_told_of_once(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    page = {"url": f"{ORIGIN}/account?a=1#orders"}
    ada = shop.visitor(client, ADA.proven())
    here = answered(grace, ada, "Here you are\n" + "long " * 200, page=page)
    clock.advance(ms=VISITOR_NOTICE_MS - 1)
    tell(runtime, shop)
    assert rows.all(outbox) == []
    clock.advance(ms=1)
    tell(runtime, shop)
    tell(runtime, shop)
    row = rows.one(outbox)
    assert (row.kind, row.recipient, row.conversation_id, row.due_at) == ("reply", ADA.email, here, clock())
    assert f"{ORIGIN}/account?a=1#whosthere={ada.answer['user']['ref']}" in row.body
    assert "> Here you are" in row.body
    assert "…" in row.body
    assert row.body.count("long") < 120
    assert ada.answer["session"]["token"] not in row.body


def test_who_has_seen_it_gets_no_mail(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    ada = shop.visitor(client, ADA.proven())
    ada.send("PUT", f"/conversations/{answered(grace, ada)}/read", {"seq": 2})
    clock.advance(ms=VISITOR_NOTICE_MS)
    tell(runtime, shop)
    assert rows.all(outbox) == []


def test_only_a_proven_address_of_somebody_who_may_write_gets_one(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    anonymous = shop.visitor(client)
    anonymous.send("PUT", "/contact", {"email": "left@example.com"})
    answered(grace, anonymous)
    case = inbox.find(runtime, grace.identity, answered(grace, shop.visitor(client, ADA.proven())))
    assert isinstance(case, Case)
    assert blocks.set_blocked(runtime, grace.identity, case.conversation.record_id, True) is None
    spam = answered(grace, shop.visitor(client, BOB.proven()))
    inbox_actions.mark_spam(runtime, grace.identity, spam)
    platforms.change(runtime, shop.id, {"verification": "off"}, actor=Actor("test"))
    answered(grace, shop.visitor(client, {"userId": "eve", "userEmail": "eve@example.com"}))
    clock.advance(ms=VISITOR_NOTICE_MS)
    tell(runtime, shop)
    assert rows.all(outbox) == []


def test_a_mail_leads_nowhere_that_somebody_else_has_chosen(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    """Mallory, who claims to be Ada, names a page of the site that does something to whoever opens it."""
    platforms.change(runtime, shop.id, {"verification": "report"}, actor=Actor("test"))
    ada = shop.visitor(client, ADA.proven())
    mallory = shop.visitor(client, {"userId": ADA.user_id, "userEmail": ADA.email})
    here = answered(grace, mallory, page={"url": f"{ORIGIN}/leave?to=https://evil.example"})
    clock.advance(ms=1)
    ada.send("POST", f"/conversations/{here}/messages", {"text": "Not me", "clientMessageId": "ada"})
    inbox.reply(runtime, grace.identity, here, Text("Oh", "second"))
    clock.advance(ms=VISITOR_NOTICE_MS)
    tell(runtime, shop)
    row = rows.one(outbox)
    assert row.recipient == ADA.email
    assert f"{ORIGIN}/#whosthere=" in row.body
    assert "leave" not in row.body


def test_nobody_gets_more_than_five_a_day(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    here = answered(grace, shop.visitor(client, ADA.proven()))
    for number in range(7):
        clock.advance(ms=VISITOR_NOTICE_MS)
        tell(runtime, shop)
        inbox.reply(runtime, grace.identity, here, Text("More", f"more-{number}"))
    assert len(rows.all(outbox)) == 5


def test_the_team_is_told_who_waits_unless_somebody_is_away_or_wants_no_mail(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    away = hire(runtime, shop.id, "away@example.com")
    agents.change_profile(runtime, away.identity, available=False)
    quiet = hire(runtime, shop.id, "quiet@example.com")
    agents.change_profile(runtime, quiet.identity, chosen={"emailNotices": False})
    other = hire(runtime, shop.id, "other@example.com")
    mine = shop.visitor(client, ADA.proven()).start("<b>Buy</b> https://evil.example")["conversation"]["id"]
    clock.advance(ms=AGENTS_NOTICE_MS)
    tell(runtime, shop)
    tell(runtime, shop)
    assert {row.recipient for row in rows.all(outbox)} == {grace.email, other.email}
    assert len(rows.all(outbox)) == 2
    assert not any("evil" in row.body for row in rows.all(outbox))
    inbox_actions.assign(runtime, grace.identity, mine, other.id)
    shop.visitor(client, ADA.proven()).send(
        "POST", f"/conversations/{mine}/messages", {"text": "?", "clientMessageId": "2"}
    )
    clock.advance(ms=AGENTS_NOTICE_MS)
    tell(runtime, shop)
    assert sorted(row.recipient for row in rows.all(outbox)) == [grace.email, other.email, other.email]


def test_a_note_that_calls_somebody_is_told_of_once_if_it_stays_unread(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    other = hire(runtime, shop.id, "other@example.com")
    here = answered(grace, shop.visitor(client))
    inbox.note(runtime, grace.identity, here, Text("@other@example.com please look", "note"))
    clock.advance(ms=MENTION_NOTICE_MS)
    tell(runtime, shop)
    tell(runtime, shop)
    assert [(row.kind, row.recipient) for row in rows.all(outbox)] == [("mention", other.email)]


def test_calls_beyond_the_days_number_are_settled_and_never_mailed(
    runtime: Runtime,
    shop: Shop,
    client: FlaskClient,
    grace: Colleague,
    clock: Clock,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notices, "AGENT_NOTICES_PER_DAY", 2)
    other = hire(runtime, shop.id, "other@example.com")
    quiet = hire(runtime, shop.id, "quiet@example.com")
    agents.change_profile(runtime, quiet.identity, chosen={"emailNotices": False})
    here = answered(grace, shop.visitor(client))
    for number in range(4):
        inbox.note(runtime, grace.identity, here, Text("@other@example.com @quiet@example.com", f"note-{number}"))
    clock.advance(ms=MENTION_NOTICE_MS)
    tell(runtime, shop)
    assert [row.recipient for row in rows.all(outbox)] == [other.email] * 2
    assert {row.notice_at for row in rows.all(mentions)} == {None}  # the next turn has nothing to look at
    assert {row.read_at for row in rows.all(mentions)} == {None}  # in the inbox they stay unread
    agents.change_profile(runtime, quiet.identity, chosen={"emailNotices": True})
    clock.advance(ms=DAY_MS)
    tell(runtime, shop)
    assert len(rows.all(outbox)) == 2
    assert calls.unread(runtime, other.identity) == 4


def test_of_two_processes_that_see_the_same_call_one_tells_of_it(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock
) -> None:
    hire(runtime, shop.id, "other@example.com")
    inbox.note(runtime, grace.identity, answered(grace, shop.visitor(client)), Text("@other@example.com", "note"))
    clock.advance(ms=MENTION_NOTICE_MS)
    with runtime.reading(shop.id) as tenant:
        (due,) = due_notices.calls(tenant, clock(), 10)
    assert [runtime.writing(shop.id, lambda tenant: due_notices.claim_call(tenant, due)) for _ in range(2)] == [
        True,
        False,
    ]


def test_who_has_read_the_note_gets_no_mail(
    runtime: Runtime, shop: Shop, client: FlaskClient, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    other = hire(runtime, shop.id, "other@example.com")
    here = answered(grace, shop.visitor(client))
    inbox.note(runtime, grace.identity, here, Text("@other@example.com please look", "note"))
    case = inbox.find(runtime, other.identity, here)
    assert isinstance(case, Case)
    calls.mark_read(runtime, other.identity, case)
    clock.advance(ms=MENTION_NOTICE_MS)
    tell(runtime, shop)
    assert rows.all(outbox) == []


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (f"{ORIGIN}/a?b=1#c", f"{ORIGIN}/a?b=1#whosthere=REF"),
        (f"{ORIGIN}/#/orders", f"{ORIGIN}/#/orders?whosthere=REF"),
        (f"{ORIGIN}/a?b=1#!/orders/7?page=2", f"{ORIGIN}/a?b=1#!/orders/7?page=2&whosthere=REF"),
        (f"{ORIGIN}/#/orders?whosthere=0123456789abcdef", f"{ORIGIN}/#/orders?whosthere=REF"),
        (f"{ORIGIN}/#/orders?page=2&whosthere=0123456789abcdef", f"{ORIGIN}/#/orders?page=2&whosthere=REF"),
        (f"{ORIGIN}/a#access_token=secret&token_type=bearer", f"{ORIGIN}/a#whosthere=REF"),
        (f"{ORIGIN}/#/access_token=secret&token_type=bearer", f"{ORIGIN}/#whosthere=REF"),
        (
            f"{ORIGIN}/#//evil.example",
            f"{ORIGIN}/#//evil.example?whosthere=REF",
        ),  # leads nowhere else
        ("https://evil.example/#/orders", f"{ORIGIN}/#whosthere=REF"),
        (None, f"{ORIGIN}/#whosthere=REF"),
        ("https://evil.example/", f"{ORIGIN}/#whosthere=REF"),
        ("javascript:alert(1)", f"{ORIGIN}/#whosthere=REF"),
        ("https://ada:pw@shop.example.com/", f"{ORIGIN}/#whosthere=REF"),
        (f"{ORIGIN}@evil.example/", f"{ORIGIN}/#whosthere=REF"),
        (f"{ORIGIN}/a\nhttps://evil.example", f"{ORIGIN}/#whosthere=REF"),
        ("https://shop.example.com:99999/", f"{ORIGIN}/#whosthere=REF"),
        ("http://shop.example.com/", f"{ORIGIN}/#whosthere=REF"),
    ],
)
def test_a_link_leads_to_the_site_only(url: str | None, link: str) -> None:
    platform = Platform("p", "Shop", Policy("p"), ("https://*.example.org", ORIGIN), {}, created_at=0)
    assert notices.page_link(platform, url, "REF") == link


def test_the_chores_thread_does_what_is_due_until_it_is_told_to_stop(
    runtime: Runtime, shop: Shop, clock: Clock
) -> None:
    talks = Talks(runtime, shop.id)
    here = talks.start()
    grace = hire(runtime, shop.id)
    inbox_actions.snooze(runtime, grace.identity, here, clock() + 60_000)
    thread = chores.Chores(runtime, pause_seconds=0.01)
    thread.start()
    thread.start()
    clock.advance(ms=60_000)
    until(lambda: talks.find(here).place == "inbox")
    thread.stop()
    assert thread._thread is not None
    assert not thread._thread.is_alive()

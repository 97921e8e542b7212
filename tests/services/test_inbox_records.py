"""A merge can be undone as long as the histories can still be told apart; otherwise nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB, SECRET, Person, base64_token
from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, Visitor, open_shop
from tests.team import Colleague, hire
from tests.web.server.endpoints import open_backend
from whosthere.core.policy import AnonymousHistory
from whosthere.core.reasons import Reason, Refused
from whosthere.services import blocks, platforms, records
from whosthere.services.journal import Actor
from whosthere.services.purge import purge
from whosthere.services.runtime import Runtime
from whosthere.storage.ledger import Entry
from whosthere.storage.tables import audit_log, conversations, merge_ledger, users

pytestmark = pytest.mark.usefixtures("quick_passwords")
BY_EMAIL = {"userEmail": ADA.email, "userAuthToken": base64_token(SECRET, f"\n{ADA.email}")}


@pytest.fixture
def shop(runtime: Runtime) -> Shop:
    """A platform that offers to add what was begun without logging in."""
    return open_shop(runtime, anonymous_history=AnonymousHistory.ASK)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id, role="admin")


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


def add_history(client: FlaskClient, shop: Shop, clock: Clock) -> tuple[Visitor, str]:
    """Begin without logging in, log in as Ada, and add it; return her and the conversation."""
    nobody = shop.visitor(client)
    conversation_id = nobody.start()["conversation"]["id"]
    clock.advance(minutes=1)
    token = nobody.answer["anonymousToken"]
    ada = shop.visitor(client, ADA.proven(), anonymousToken=token)
    added = ada.send("PUT", "/history-offer", {"anonymousToken": token, "accept": True})
    assert added.json == {"conversations": [conversation_id]}
    return ada, conversation_id


def adopt(client: FlaskClient, shop: Shop, clock: Clock, first: dict[str, str] = BY_EMAIL) -> tuple[str, Visitor]:
    """Talk as an address alone, then with a userId beside it; return the first conversation and who is there now."""
    conversation_id = shop.visitor(client, first).start("By email alone")["conversation"]["id"]
    clock.advance(minutes=1)
    ada = shop.visitor(client, ADA.proven())
    assert titles(ada) == ["By email alone"]
    return conversation_id, ada


def titles(visitor: Visitor) -> list[str]:
    return [item["title"] for item in visitor.get("/conversations").json["items"]]


def done(outcome: Entry | Refused) -> Entry:
    assert isinstance(outcome, Entry), outcome
    return outcome


def refused(outcome: Entry | Refused, reason: Reason) -> None:
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason is reason


def undoings(rows: Rows) -> list[Any]:
    """What the audit log knows of."""
    return [line for line in rows.all(audit_log) if line.action == "merge.undone"]


def everything(rows: Rows) -> list[Any]:
    return [rows.all(table) for table in (users, conversations, merge_ledger, audit_log)]


def test_what_was_added_goes_back_to_the_anonymous_user_who_has_ended(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    ada, conversation_id = add_history(client, shop, clock)
    purge(grace.runtime)  # the anonymous user has nothing left, so its row is forgotten
    entry = rows.one(merge_ledger)
    clock.advance(minutes=1)
    undone = done(records.undo(grace.runtime, grace.identity, entry.id))
    assert (undone.undone_at, undone.conversation_ids) == (clock(), (conversation_id,))
    assert rows.one(conversations).record_id == entry.other_id
    assert ada.get("/conversations").json["items"] == []
    assert ada.get(f"/conversations/{conversation_id}").status_code == 404
    (line,) = undoings(rows)
    assert line.actor == f"agent:{grace.id}"
    assert line.detail == {"entry": entry.id, "kind": "anonymous_history", "record": entry.record_id}
    before = everything(rows)
    assert done(records.undo(grace.runtime, grace.identity, entry.id)) == undone
    assert everything(rows) == before


def test_what_the_person_has_gone_on_with_stays_theirs(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    ada, conversation_id = add_history(client, shop, clock)
    ada.send("POST", f"/conversations/{conversation_id}/messages", {"text": "Me again", "clientMessageId": "2"})
    before = everything(rows)
    refused(records.undo(grace.runtime, grace.identity, rows.one(merge_ledger).id), Reason.UNDO_NOT_POSSIBLE)
    assert everything(rows) == before


def test_an_adopted_record_loses_the_user_id_and_what_that_one_began_goes_with_it(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    _, ada = adopt(client, shop, clock)
    clock.advance(minutes=1)
    ada.start("With a userId", "second")
    clock.advance(minutes=1)
    entry = rows.one(merge_ledger)
    done(records.undo(grace.runtime, grace.identity, entry.id))
    assert ada.get("/conversations").json["code"] == "session_ended"
    clock.advance(minutes=1)
    assert titles(shop.visitor(client, ADA.proven())) == ["With a userId"]
    assert titles(shop.visitor(client, BY_EMAIL)) == ["By email alone"]
    by_id = {row.id: row for row in rows.all(users)}
    old, (new,) = by_id.pop(entry.record_id), by_id.values()
    assert (old.user_id, old.email, old.email_proven, old.name) == (None, ADA.email, True, None)
    assert (new.user_id, new.user_id_proven, new.name) == (ADA.user_id, True, ADA.name)
    assert len(undoings(rows)) == 1
    assert len(rows.all(merge_ledger)) == 1  # the next login of the userId adopted nothing


def test_a_record_that_was_sealed_stays_so_when_the_adoption_is_undone(
    client: FlaskClient, runtime: Runtime, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    """Its conversations hold what a verified person wrote: whoever claims the address is to read none of it."""
    platforms.change(runtime, shop.id, {"verification": "report"}, actor=Actor("test"))
    conversation_id, ada = adopt(client, shop, clock, {"userEmail": ADA.email})
    platforms.change(runtime, shop.id, {"verification": "enforced"}, actor=Actor("test"))
    ada = shop.visitor(client, ADA.proven())
    ada.send("POST", f"/conversations/{conversation_id}/messages", {"text": "My secret", "clientMessageId": "2"})
    done(records.undo(grace.runtime, grace.identity, rows.one(merge_ledger).id))
    platforms.change(runtime, shop.id, {"verification": "off"}, actor=Actor("test"))
    mallory = shop.visitor(client, {"userEmail": ADA.email})
    assert mallory.get("/conversations").json["items"] == []


def test_nobody_is_let_in_again_because_an_adoption_is_undone(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    adopt(client, shop, clock)
    entry = rows.one(merge_ledger)
    assert blocks.set_blocked(grace.runtime, grace.identity, entry.record_id, True) is None
    done(records.undo(grace.runtime, grace.identity, entry.id))
    for who in (ADA.proven(), BY_EMAIL):
        answer = client.post(f"{WIDGET}/boot", json={"platformId": shop.id, **who}, headers={"Origin": ORIGIN})
        assert answer.get_json()["code"] == "blocked"


def test_an_adoption_is_not_undone_once_the_email_is_another_or_taken_or_more_was_merged(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    adopt(client, shop, clock)
    entry = rows.one(merge_ledger).id
    moved = Person(ADA.user_id, "countess@example.com", ADA.name)
    shop.visitor(client, moved.proven())
    before = everything(rows)
    refused(records.undo(grace.runtime, grace.identity, entry), Reason.UNDO_NOT_POSSIBLE)
    assert everything(rows) == before
    shop.visitor(client, BY_EMAIL)  # somebody who proves that address gets a record of their own meanwhile
    shop.visitor(client, ADA.proven())
    refused(records.undo(grace.runtime, grace.identity, entry), Reason.UNDO_NOT_POSSIBLE)


def test_what_was_merged_last_is_undone_first(
    client: FlaskClient, shop: Shop, grace: Colleague, clock: Clock, rows: Rows
) -> None:
    adopt(client, shop, clock)
    clock.advance(minutes=1)
    add_history(client, shop, clock)
    kinds = {row.kind: row.id for row in rows.all(merge_ledger)}
    refused(records.undo(grace.runtime, grace.identity, kinds["adoption"]), Reason.UNDO_NOT_POSSIBLE)
    found = records.ledger_of(grace.runtime, grace.identity, rows.all(merge_ledger)[0].record_id)
    assert not isinstance(found, Refused)
    for entry in found:
        done(records.undo(grace.runtime, grace.identity, entry.id))
    assert [entry.kind for entry in found] == ["anonymous_history", "adoption"]


def test_only_admins_and_owners_of_the_platform_undo(
    client: FlaskClient, runtime: Runtime, shop: Shop, clock: Clock, rows: Rows
) -> None:
    add_history(client, shop, clock)
    entry = rows.one(merge_ledger)
    agent = hire(runtime, shop.id)
    admin_elsewhere = hire(runtime, open_shop(runtime).id, "mallory@example.com", role="owner")
    both = hire(runtime, open_shop(runtime).id, "linus@example.com", role="owner").serve(shop.id, "agent")
    refused(records.undo(runtime, agent.identity, entry.id), Reason.FORBIDDEN)
    refused(records.undo(runtime, both.identity, entry.id), Reason.FORBIDDEN)
    refused(records.undo(runtime, admin_elsewhere.identity, entry.id), Reason.NOT_FOUND)
    assert records.ledger_of(runtime, admin_elsewhere.identity, entry.record_id) == records.NO_PERSON
    assert rows.one(merge_ledger).undone_at is None
    assert undoings(rows) == []


def test_every_merge_is_in_the_security_log_without_saying_who(
    client: FlaskClient, shop: Shop, clock: Clock, rows: Rows
) -> None:
    """By visitors and by backends; a visit that merges nothing leaves no line."""
    add_history(client, shop, clock)
    shop.visitor(client, {"userEmail": BOB.email, "userAuthToken": base64_token(SECRET, f"\n{BOB.email}")})
    for _ in range(2):
        shop.visitor(client, BOB.proven())
    backend = open_backend(client, shop)
    backend.identify(userEmail="cy@example.com")
    backend.identify(userId="cy-1", userEmail="cy@example.com")
    lines = [line for line in rows.all(audit_log) if line.action.startswith("merge.")]
    entries = rows.all(merge_ledger)
    assert sorted((line.action, line.actor.partition(":")[0]) for line in lines) == [
        ("merge.adopted", "server_key"),
        ("merge.adopted", "visitor"),
        ("merge.history_added", "visitor"),
    ]
    assert {line.detail["entry"] for line in lines} == {entry.id for entry in entries}
    assert {line.detail["record"] for line in lines} == {entry.record_id for entry in entries}
    assert not any(word in repr([line.detail for line in lines]) for word in (ADA.email, BOB.email, "cy"))

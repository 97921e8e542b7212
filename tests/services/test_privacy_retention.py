"""Closed conversations go when the platform keeps them no longer, open ones and everybody else's stay."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.desk import put
from tests.people import ADA, BOB
from tests.services.lives import Life, in_files, live, on_disk, platform_rows, traces
from tests.shop import Shop, open_shop
from whosthere.core.conversation import State
from whosthere.services import platforms, retention
from whosthere.services.journal import Actor
from whosthere.services.purge import purge
from whosthere.services.runtime import Runtime
from whosthere.storage.departed import FIRST
from whosthere.storage.platforms import Platform

ACTOR = Actor("cli:grace")


def keep(runtime: Runtime, shop: Shop, days: str) -> None:
    outcome = platforms.change(runtime, shop.id, {"retention_days": days}, actor=ACTOR)
    assert isinstance(outcome, Platform)
    assert outcome.retention_days == (None if days == "off" else int(days))


def old(client: FlaskClient, shop: Shop, state: State | None = State.REJECTED) -> Life:
    """Ada's conversation, in a state, with everything that may be in it."""
    ada = live(client, shop, ADA, "ada-4711-xyzzy", messages=4)
    if state is not None:
        put(shop.runtime, shop.id, ada.conversation_id, state)
    return ada


@pytest.mark.parametrize("batch", [2, 500])
def test_a_closed_conversation_is_deleted_with_all_that_is_in_it(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock, batch: int
) -> None:
    ada, bob = old(client, shop), live(client, shop, BOB, "bob-0815")
    keep(runtime, shop, "30")
    clock.advance(days=30)
    assert purge(runtime, batch=batch)["oldConversations"] == 0
    clock.advance(ms=1)
    assert purge(runtime, dry_run=True)["oldConversations"] == 1
    assert purge(runtime, batch=batch)["oldConversations"] == 1
    left = traces(runtime, ada.mark)
    assert {place.partition(".")[0] for place in left} <= {"users", "search_entries"}  # the person stays
    assert b"Hello ada-4711-xyzzy" not in on_disk(runtime)
    rows = platform_rows(runtime, shop.id)
    assert [row.id for row in rows["conversations"]] == [bob.conversation_id]
    assert {row.conversation_id for name in ("messages", "notes", "mentions") for row in rows[name]} == {
        bob.conversation_id
    }
    assert in_files(runtime, shop.id) == [bob.attachment_id]
    assert shop.visitor(client, ADA.proven()).get("/conversations").json["items"] == []


def test_without_retention_days_and_while_it_is_open_a_conversation_stays(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    other = open_shop(runtime)
    old(client, other)
    old(client, shop, state=None)
    keep(runtime, shop, "1")
    keep(runtime, other, "off")
    clock.advance(days=5000)
    assert purge(runtime)["oldConversations"] == 0
    for platform_id in (shop.id, other.id):
        assert len(platform_rows(runtime, platform_id)["messages"]) >= 7


@pytest.mark.parametrize("state", [State.RESOLVED, State.REJECTED])
@pytest.mark.parametrize("known", [True, False])
def test_that_a_purge_ends_it_makes_a_conversation_no_younger(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock, state: State, known: bool
) -> None:
    visitor = shop.visitor(client, ADA.proven() if known else {})
    conversation_id = visitor.start("Ahoy?")["conversation"]["id"]
    put(runtime, shop.id, conversation_id, state)
    keep(runtime, shop, "30")
    clock.advance(days=20)
    purged = purge(runtime)
    assert purged["resolvedConversations"] + purged["anonymousConversations"] == (state is State.RESOLVED or not known)
    clock.advance(days=10, ms=1)
    assert purge(runtime, dry_run=True)["oldConversations"] == 1
    assert purge(runtime)["oldConversations"] == 1


def test_an_interrupted_deletion_goes_on_and_nobody_reopens_what_is_half_gone(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    ada = old(client, shop, State.RESOLVED)
    keep(runtime, shop, "7")
    clock.advance(days=8)
    visitor = shop.visitor(client, ADA.proven())
    platform = platforms.find(runtime, shop.id)
    assert isinstance(platform, Platform)
    assert retention.delete_old(runtime, platform, clock.now(), 2, FIRST) == (0, FIRST)
    reopened = visitor.send("PUT", f"/conversations/{ada.conversation_id}/state", {"state": "open"})
    assert reopened.status_code == 409
    assert purge(runtime)["oldConversations"] == 1
    assert platform_rows(runtime, shop.id)["conversations"] == []

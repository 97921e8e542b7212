"""A purge ends and removes what has expired, nothing else, and can be interrupted anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.clock import Clock
from tests.desk import put
from tests.people import ADA
from tests.shop import Shop, open_shop
from tests.storage.ear import Ear, Heard
from whosthere.core.anonymous import DAY_MS
from whosthere.core.conversation import State
from whosthere.core.resolution import Record
from whosthere.services import platforms
from whosthere.services.journal import Actor
from whosthere.services.purge import purge
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, departed, messages, refusals, sessions, users
from whosthere.storage.departed import Limits
from whosthere.storage.messages import Draft
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit

NOTHING = {
    "anonymousConversations": 0,
    "resolvedConversations": 0,
    "erasures": 0,
    "oldConversations": 0,
    "unsentAttachments": 0,
    "anonymousUsers": 0,
    "strayFiles": 0,
    "revokedSessions": 0,
    "endedAnonymous": 0,
    "refusalCounts": 0,
    "refusalSamples": 0,
    "outbox": 0,
    "agentSessions": 0,
    "agentLinks": 0,
    "signInTries": 0,
    "interruptedUploads": 0,
}


@dataclass(frozen=True, slots=True)
class House:
    """One platform and what happened on it."""

    runtime: Runtime
    shop: Shop

    def visitor(self, *, anonymous: bool = True, talks: bool = False) -> str:
        """Somebody with a record, who says something or nothing; returns the record's id."""
        record_id = self.runtime.new_id()
        now = self.runtime.clock()
        record = Record(id=record_id) if anonymous else Record(id=record_id, user_id=ADA.user_id, user_id_proven=True)

        def store(tenant: Tenant) -> None:
            users.add(tenant, record, Visit(now), anonymous=anonymous)
            if talks:
                messages.start(
                    tenant,
                    conversation_id=record_id,  # any id does
                    record_id=record_id,
                    draft=Draft(self.runtime.new_id(), "user", "Ahoy?", record_id, assurance="anonymous"),
                    tags=[],
                    fields={},
                    page_url=None,
                    now=now,
                )

        self.runtime.writing(self.shop.id, store)
        return record_id

    def end(self, anonymous_id: str) -> None:
        """End an anonymous user at the server, as `reset` does."""
        now = self.runtime.clock()
        self.runtime.writing(self.shop.id, lambda tenant: sessions.end_anonymous(tenant, anonymous_id, now))

    def exists(self, record_id: str) -> bool:
        with self.runtime.reading(self.shop.id) as tenant:
            return users.find(tenant, record_id) is not None

    def state(self, conversation_id: str) -> str:
        with self.runtime.reading(self.shop.id) as tenant:
            found = conversations.find(tenant, conversation_id)
        assert found is not None
        return found.state


@pytest.fixture
def house(runtime: Runtime, shop: Shop) -> House:
    return House(runtime, shop)


def test_an_empty_house_has_nothing_to_purge(runtime: Runtime) -> None:
    assert purge(runtime) == {"agentSessions": 0, "agentLinks": 0, "signInTries": 0, "interruptedUploads": 0}


def test_nothing_fresh_is_purged(runtime: Runtime, house: House) -> None:
    now = runtime.clock()
    talking = house.visitor(talks=True)
    silent = house.visitor()
    house.end(runtime.new_id())

    def store(tenant: Tenant) -> None:
        sessions.revoke(tenant, runtime.new_id(), expires_at=now + 1, now=now)
        refusals.count(tenant, minute=now // 60_000, reason="token_signature", enforced=True)

    runtime.writing(house.shop.id, store)
    assert purge(runtime) == NOTHING
    assert house.exists(silent)
    assert house.state(talking) == "open"


def test_a_revocation_goes_a_day_after_its_session_would_be_over_anyway(
    runtime: Runtime, house: House, clock: Clock
) -> None:
    end = clock() + 3_600_000

    def revoke(tenant: Tenant) -> None:
        for _ in range(3):
            sessions.revoke(tenant, runtime.new_id(), expires_at=end, now=clock())

    runtime.writing(house.shop.id, revoke)
    clock.advance(days=1, hours=1)
    assert purge(runtime) == NOTHING
    clock.advance(ms=1)
    assert purge(runtime) == {**NOTHING, "revokedSessions": 3}
    assert purge(runtime) == NOTHING


def test_a_tombstone_stays_longer_than_any_anonymous_user_could_live(
    runtime: Runtime, house: House, clock: Clock
) -> None:
    house.end(runtime.new_id())
    clock.advance(days=366)
    assert purge(runtime) == NOTHING
    clock.advance(ms=1)
    assert purge(runtime) == {**NOTHING, "endedAnonymous": 1}


def test_an_anonymous_user_who_said_nothing_is_forgotten_after_the_platforms_days(
    runtime: Runtime, house: House, clock: Clock
) -> None:
    silent = house.visitor()
    clock.advance(ms=7 * DAY_MS - 1)
    assert purge(runtime) == NOTHING
    clock.advance(ms=1)
    assert purge(runtime) == {**NOTHING, "anonymousUsers": 1}
    assert not house.exists(silent)


def test_a_conversation_of_an_anonymous_user_ends_with_it_and_stays_for_the_agents(
    runtime: Runtime, house: House, clock: Clock
) -> None:
    talking = house.visitor(talks=True)
    clock.advance(days=7)
    assert purge(runtime) == {**NOTHING, "anonymousConversations": 1}
    assert house.state(talking) == "ended"
    assert house.exists(talking)
    with runtime.reading(house.shop.id) as tenant:
        log = messages.after(tenant, talking, 0, 10)
        assert sessions.anonymous_state(tenant, talking).ended
    assert [(message.body, message.event) for message in log] == [("Ahoy?", None), ("", "ended")]
    assert purge(runtime) == NOTHING


def test_an_anonymous_user_that_was_ended_early_is_over_at_once(runtime: Runtime, house: House) -> None:
    silent, talking = house.visitor(), house.visitor(talks=True)
    house.end(silent)
    house.end(talking)
    assert purge(runtime) == {**NOTHING, "anonymousUsers": 1, "anonymousConversations": 1}


def test_idle_days_end_an_anonymous_user_earlier(runtime: Runtime, clock: Clock) -> None:
    house = House(runtime, open_shop(runtime, anonymous_days=30, anonymous_idle_days=2))
    house.visitor()
    clock.advance(days=2)
    assert purge(runtime) == {**NOTHING, "anonymousUsers": 1}


def test_an_identified_person_is_never_purged(runtime: Runtime, house: House, clock: Clock) -> None:
    known = house.visitor(anonymous=False, talks=True)
    clock.advance(days=1000)
    assert purge(runtime) == NOTHING
    assert house.state(known) == "open"


def test_diagnostics_are_kept_for_90_days(runtime: Runtime, house: House, clock: Clock) -> None:
    now = clock()

    def store(tenant: Tenant) -> None:
        refusals.count(tenant, minute=now // 60_000, reason="token_signature", enforced=True)
        refusals.sample(
            tenant,
            sample_id=runtime.new_id(),
            day=now // DAY_MS,
            reason="token_signature",
            page_url=None,
            detail={},
            now=now,
        )

    runtime.writing(house.shop.id, store)
    clock.advance(days=90)
    assert purge(runtime) == NOTHING
    clock.advance(days=1)
    assert purge(runtime) == {**NOTHING, "refusalCounts": 1, "refusalSamples": 1}


def test_every_platform_is_purged_by_its_own_days(runtime: Runtime, clock: Clock) -> None:
    short, long = (House(runtime, open_shop(runtime, anonymous_days=days)) for days in (1, 30))
    gone, kept = short.visitor(), long.visitor()
    clock.advance(days=1)
    assert purge(runtime) == {**NOTHING, "anonymousUsers": 1}
    assert not short.exists(gone)
    assert long.exists(kept)


def test_a_dry_run_counts_and_changes_nothing(runtime: Runtime, house: House, clock: Clock) -> None:
    silent, talking = house.visitor(), house.visitor(talks=True)
    clock.advance(days=7)
    counted = purge(runtime, dry_run=True)
    assert counted == {**NOTHING, "anonymousUsers": 1, "anonymousConversations": 1}
    assert house.exists(silent)
    assert house.state(talking) == "open"
    assert purge(runtime) == counted


def test_a_purge_looks_for_what_is_over_while_others_write(
    runtime: Runtime, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.visitor()
    put(runtime, house.shop.id, house.visitor(talks=True, anonymous=False), State.RESOLVED)
    house.visitor(talks=True)
    platforms.change(runtime, house.shop.id, {"retention_days": "30"}, actor=Actor("cli:grace"))
    clock.advance(days=31)
    writing, ear, heard = Runtime.writing, Ear(), list[Heard]()

    def listened(self: Runtime, *arguments: Any) -> Any:
        with ear.listening() as these:
            outcome = writing(self, *arguments)
        heard.extend(these)
        return outcome

    monkeypatch.setattr(Runtime, "writing", listened)
    purged = purge(runtime)
    assert [purged[name] for name in ("anonymousUsers", "anonymousConversations", "oldConversations")] == [1, 1, 1]
    looked = ("SELECT users.", "SELECT conversations.")
    assert [text for text, _ in heard if text.startswith(looked) and "LIMIT" in text] == []


def test_who_speaks_at_the_last_moment_is_not_forgotten(runtime: Runtime, house: House, clock: Clock) -> None:
    silent, talking = house.visitor(), house.visitor(talks=True)
    over = Limits(created_until=clock(), seen_until=-1)
    assert runtime.writing(house.shop.id, lambda tenant: departed.forget_silent(tenant, over, [silent, talking])) == 1
    assert house.exists(talking)


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_the_size_of_a_batch_changes_nothing_and_progress_is_told_after_each(
    runtime: Runtime, house: House, clock: Clock, batch: int
) -> None:
    for _ in range(5):
        house.visitor()
        house.visitor(talks=True)
    clock.advance(days=7)
    told: list[tuple[str, int, int]] = []
    purged = purge(runtime, batch=batch, progress=lambda name, done, total: told.append((name, done, total)))
    assert purged == {**NOTHING, "anonymousUsers": 5, "anonymousConversations": 5}
    for name in ("anonymousUsers", "anonymousConversations"):
        steps = [done for what, done, _ in told if what == name]
        assert steps == sorted(set(steps))
        assert steps[-1] == 5
        assert len(steps) == -(-5 // batch)
    assert {total for _, _, total in told} == {5}


def test_an_interrupted_purge_is_continued_by_the_next(runtime: Runtime, house: House, clock: Clock) -> None:
    for _ in range(4):
        house.visitor()
    clock.advance(days=7)

    def interrupt(name: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        purge(runtime, batch=3, progress=interrupt)
    assert purge(runtime) == {**NOTHING, "anonymousUsers": 1}

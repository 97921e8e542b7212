"""Failed sign-ins are in the security log: counted, bounded, and without anything that somebody typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clock import Clock
from tests.rows import Rows
from tests.services.lives import traces
from tests.shop import Shop, open_shop
from tests.team import Colleague, hash_quickly, hire
from whosthere.services import chores
from whosthere.services.failures import KEPT_MAX, Failure, Failures, What
from whosthere.services.runtime import Runtime
from whosthere.storage.tables import audit_log

HOME, AWAY = "203.0.113.7", "2001:db8::/64"
TYPED = "correct horse battery"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


def fail(runtime: Runtime, number: int = 1, network: str = HOME, **about: Any) -> None:
    """Fail so many times, and let the chores come."""
    for _ in range(number):
        runtime.failures.add(Failure(about.pop("what", What.PASSWORD), network, **about))
    chores.do_due(runtime)


def told(runtime: Runtime, shop: Shop) -> list[tuple[str, int, str, str]]:
    """What the log of a platform says about it: what, how often, from where, on whom."""
    rows = [row for row in Rows(runtime.database, shop.id).all(audit_log) if row.actor == "stranger"]
    return [(r.action, r.detail["withinTheHour"], r.detail["network"], r.detail.get("agent", "")) for r in rows]


def test_an_account_is_named_at_the_first_failure_and_then_at_every_tenfold(
    runtime: Runtime, shop: Shop, grace: Colleague, clock: Clock
) -> None:
    wrong = What.PASSWORD.value
    fail(runtime, email=grace.email)
    fail(runtime, 4, email=grace.email.upper())
    assert told(runtime, shop) == [(wrong, 1, HOME, grace.id)]
    fail(runtime, 5, AWAY, email=grace.email)
    fail(runtime, 89, email=grace.email)
    assert told(runtime, shop)[1:] == [(wrong, 10, AWAY, grace.id)]
    fail(runtime, 500, email=grace.email)
    assert told(runtime, shop)[2:] == [(wrong, 599, HOME, grace.id)]
    clock.advance(ms=3_600_000)
    fail(runtime, email=grace.email)
    assert told(runtime, shop)[3:] == [(wrong, 1, HOME, grace.id)]


def test_codes_and_throttling_are_counted_by_themselves_and_told_where_the_agent_serves_only(
    runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    other = open_shop(runtime)
    for what in What:
        runtime.failures.add(Failure(what, HOME, agent_id=grace.id))
    chores.do_due(runtime)
    assert sorted(told(runtime, shop)) == sorted((what.value, 1, HOME, grace.id) for what in What)
    assert told(runtime, other) == []


def test_what_was_typed_is_nowhere_and_a_stranger_is_a_network_from_the_tenth_try_on(
    runtime: Runtime, shop: Shop
) -> None:
    fail(runtime, 9, email=TYPED)
    assert told(runtime, shop) == []
    fail(runtime, email="another " + TYPED)
    assert told(runtime, shop) == [(What.PASSWORD.value, 10, HOME, "")]
    assert traces(runtime, "horse") == set()
    assert "horse" not in repr(Failure(What.PASSWORD, HOME, TYPED))


def test_strangers_from_everywhere_fill_neither_the_log_nor_the_memory(runtime: Runtime, shop: Shop) -> None:
    for number in range(30):
        for _ in range(10):
            runtime.failures.add(Failure(What.PASSWORD, f"198.51.100.{number}", f"{number}@example.com"))
    chores.do_due(runtime)
    assert len(told(runtime, shop)) == 20
    kept = Failures()
    for number in range(3 * KEPT_MAX):
        kept.add(Failure(What.PASSWORD, HOME, f"{number}@example.com"))
    taken = kept.take()
    assert (len(taken), taken.total()) == (KEPT_MAX + 1, 3 * KEPT_MAX)
    assert kept.take().total() == 0

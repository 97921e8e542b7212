"""Keys: each for one scheme, at most five live ones, shown once, deleted for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.clock import START_MS, Clock
from tests.people import SECRET
from tests.shop import Shop
from tests.topics import overheard
from whosthere.core.keys import LIVE_KEYS_MAX, Scheme
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import access_topic
from whosthere.services import keys
from whosthere.services.journal import Actor, entries
from whosthere.services.keys import NewKey, Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage import keys as key_rows
from whosthere.storage.keys import KeyRow

ADA = Actor("cli:ada")
NOBODY = "00000000-0000-0000-0000-000000000000"
LEGACY = [scheme for scheme in Scheme if scheme is not Scheme.STANDARD]


def new(runtime: Runtime, shop: Shop, wanted: Wanted) -> NewKey:
    created = keys.new(runtime, shop.id, wanted, actor=ADA)
    assert isinstance(created, NewKey)
    return created


def reason_of(outcome: object) -> Reason:
    assert isinstance(outcome, Refused)
    return outcome.reason


def listed(runtime: Runtime, shop: Shop) -> list[KeyRow]:
    rows = keys.listed(runtime, shop.id)
    assert not isinstance(rows, Refused)
    return rows


def test_a_new_key_works_next_to_the_old_one(runtime: Runtime, shop: Shop) -> None:
    created = new(runtime, shop, Wanted(Scheme.STANDARD))
    assert [row.id for row in listed(runtime, shop)] == [shop.key_id, created.id]
    with runtime.reading(shop.id) as tenant:
        keyring = key_rows.keyring(tenant, runtime.vault)
    assert keyring is not None
    assert {key.secret for key in keyring.keys} == {SECRET.encode(), created.secret.encode()}


def test_secrets_are_made_of_at_least_32_random_bytes_and_differ(runtime: Runtime, shop: Shop) -> None:
    secrets = {new(runtime, shop, Wanted(Scheme.STANDARD)).secret for _ in range(4)}
    assert len(secrets) == 4
    assert min(map(len, secrets)) >= 43


def test_names_default_to_the_month_and_a_number(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    names = [new(runtime, shop, Wanted(Scheme.STANDARD)).name for _ in range(3)]
    clock.advance(days=31)
    names.append(new(runtime, shop, Wanted(Scheme.STANDARD)).name)
    assert names == ["2027-01", "2027-01-2", "2027-01-3", "2027-02"]


def test_a_name_is_given_once(runtime: Runtime, shop: Shop) -> None:
    new(runtime, shop, Wanted(Scheme.STANDARD, "backend"))
    assert reason_of(keys.new(runtime, shop.id, Wanted(Scheme.STANDARD, "backend"), actor=ADA)) is Reason.ALREADY_EXISTS


@pytest.mark.parametrize("name", ["", " ", " backend", "backend ", "two\nlines", "x" * 101])
def test_a_name_is_one_printable_line(runtime: Runtime, shop: Shop, name: str) -> None:
    assert reason_of(keys.new(runtime, shop.id, Wanted(Scheme.STANDARD, name), actor=ADA)) is Reason.INVALID_FIELD


@pytest.mark.parametrize("scheme", LEGACY)
def test_a_short_secret_of_another_vendor_is_imported_and_flagged_for_good(
    runtime: Runtime, shop: Shop, scheme: Scheme
) -> None:
    created = new(runtime, shop, Wanted(scheme, secret="0123456789abcdef"))
    assert (created.scheme, created.secret, created.weak) == (scheme, "0123456789abcdef", True)
    assert [row.weak for row in listed(runtime, shop)] == [False, True]


def test_a_short_secret_is_no_standard_key(runtime: Runtime, shop: Shop) -> None:
    short = Wanted(Scheme.STANDARD, secret="x" * 31)
    assert reason_of(keys.new(runtime, shop.id, short, actor=ADA)) is Reason.WEAK_SECRET
    long_enough = Wanted(Scheme.STANDARD, secret="x" * 32)
    assert not new(runtime, shop, long_enough).weak


@pytest.mark.parametrize("secret", ["", " padded-secret-of-another-vendor-123", "broken\x00secret", "x" * 1025])
def test_a_secret_that_was_not_copied_well_is_refused(runtime: Runtime, shop: Shop, secret: str) -> None:
    outcome = keys.new(runtime, shop.id, Wanted(Scheme.HELPSHIFT, secret=secret), actor=ADA)
    assert reason_of(outcome) in (Reason.INVALID_FIELD, Reason.WEAK_SECRET)
    assert len(listed(runtime, shop)) == 1


@pytest.mark.parametrize("scheme", Scheme)
def test_one_secret_never_serves_two_keys(runtime: Runtime, shop: Shop, scheme: Scheme) -> None:
    assert reason_of(keys.new(runtime, shop.id, Wanted(scheme, secret=SECRET), actor=ADA)) is Reason.ALREADY_EXISTS


def test_a_platform_has_five_live_keys_at_most_whoever_asks_at_once(runtime: Runtime, shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: keys.new(runtime, shop.id, Wanted(Scheme.STANDARD), actor=ADA), range(8)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(listed(runtime, shop)) == LIVE_KEYS_MAX
    assert {outcome.reason for outcome in refused} == {Reason.TOO_MANY_KEYS}


def test_a_deleted_or_ended_key_makes_room(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    created = [new(runtime, shop, Wanted(Scheme.STANDARD)) for _ in range(LIVE_KEYS_MAX - 1)]
    assert isinstance(keys.delete(runtime, shop.id, created[0].id, actor=ADA), KeyRow)
    new(runtime, shop, Wanted(Scheme.STANDARD))
    keys.set_end(runtime, shop.id, created[1].id, clock() + 1000, actor=ADA)
    assert reason_of(keys.new(runtime, shop.id, Wanted(Scheme.STANDARD), actor=ADA)) is Reason.TOO_MANY_KEYS
    clock.advance(seconds=1)
    new(runtime, shop, Wanted(Scheme.STANDARD))


def test_an_ended_key_does_not_come_back_as_a_sixth(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    ended = new(runtime, shop, Wanted(Scheme.STANDARD))
    keys.set_end(runtime, shop.id, ended.id, clock(), actor=ADA)
    for _ in range(LIVE_KEYS_MAX - 1):
        new(runtime, shop, Wanted(Scheme.STANDARD))
    assert reason_of(keys.set_end(runtime, shop.id, ended.id, None, actor=ADA)) is Reason.TOO_MANY_KEYS
    assert isinstance(keys.set_end(runtime, shop.id, ended.id, clock() - 1, actor=ADA), KeyRow)


def test_an_end_is_set_moved_and_taken_away(runtime: Runtime, shop: Shop) -> None:
    for end in (START_MS + 5000, START_MS + 9000, None):
        row = keys.set_end(runtime, shop.id, shop.key_id, end, actor=ADA)
        assert isinstance(row, KeyRow)
        assert row.ends_at == end


def test_a_deleted_key_is_gone_with_its_secret(runtime: Runtime, shop: Shop) -> None:
    row = keys.delete(runtime, shop.id, shop.key_id, actor=ADA)
    assert isinstance(row, KeyRow)
    assert listed(runtime, shop) == []
    with runtime.reading(shop.id) as tenant:
        assert tenant.connection.exec_driver_sql("SELECT secret FROM keys").scalars().all() == [""]
    assert reason_of(keys.delete(runtime, shop.id, shop.key_id, actor=ADA)) is Reason.NOT_FOUND
    assert reason_of(keys.set_end(runtime, shop.id, shop.key_id, None, actor=ADA)) is Reason.NOT_FOUND


def test_nothing_is_done_to_a_platform_or_key_that_is_not_there(runtime: Runtime, shop: Shop) -> None:
    outcomes = [
        keys.listed(runtime, NOBODY),
        keys.new(runtime, NOBODY, Wanted(Scheme.STANDARD), actor=ADA),
        keys.delete(runtime, NOBODY, shop.key_id, actor=ADA),
        keys.delete(runtime, shop.id, NOBODY, actor=ADA),
        keys.set_end(runtime, shop.id, NOBODY, None, actor=ADA),
    ]
    assert {reason_of(outcome) for outcome in outcomes} == {Reason.NOT_FOUND}
    assert len(listed(runtime, shop)) == 1


def test_every_change_is_in_the_audit_log_and_no_secret_is(runtime: Runtime, shop: Shop) -> None:
    secret = "the secret of another vendor, long enough"
    created = new(runtime, shop, Wanted(Scheme.HELPSHIFT, "moved", secret))
    keys.set_end(runtime, shop.id, created.id, START_MS, actor=ADA)
    keys.delete(runtime, shop.id, created.id, actor=ADA)
    log = entries(runtime, shop.id)
    assert [(entry.actor, entry.action) for entry in reversed(log)] == [
        ("cli:ada", "key.created"),
        ("cli:ada", "key.end_set"),
        ("cli:ada", "key.deleted"),
    ]
    assert log[-1].detail == {"key": created.id, "name": "moved", "scheme": "helpshift", "imported": True}
    assert secret not in repr(log)
    assert secret not in repr(created)


def test_streams_are_woken_by_every_change_and_by_nothing_else(runtime: Runtime, shop: Shop) -> None:
    runtime, topics = overheard(runtime)
    keys.delete(runtime, shop.id, NOBODY, actor=ADA)
    assert topics == []
    keys.set_end(runtime, shop.id, shop.key_id, START_MS, actor=ADA)
    keys.delete(runtime, shop.id, shop.key_id, actor=ADA)
    assert topics == [access_topic(shop.id)] * 2

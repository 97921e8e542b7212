"""The second factor: a code opens once, a phone's clock may be a little off, recovery codes open once each."""

from __future__ import annotations

import pyotp
import pytest

from tests.clock import Clock
from tests.shop import Shop
from tests.team import PASSWORD, Colleague, hire
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions, journal, links, passwords, second_factor
from whosthere.services.agent_sessions import Halfway
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage import agents
from whosthere.storage.agents import Agent

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


def code_at(secret: str, now: int) -> str:
    return pyotp.TOTP(secret).generate_otp(now // second_factor.STEP_MS)


def turned_on(runtime: Runtime, grace: Colleague) -> tuple[str, list[str]]:
    """Switch it on; return the secret and the recovery codes."""
    set_up = second_factor.begin(runtime, grace.identity)
    code = code_at(set_up.secret, runtime.clock())
    codes = second_factor.turn_on(runtime, grace.identity, set_up.sealed, code)
    assert isinstance(codes, list)
    return set_up.secret, codes


def account(runtime: Runtime, grace: Colleague) -> Agent:
    with runtime.database.read() as connection:
        agent = agents.find(connection, grace.id)
    assert agent is not None
    return agent


def accepted(runtime: Runtime, grace: Colleague, code: str) -> bool:
    return second_factor.accept(runtime, account(runtime, grace), code) is None


def test_it_is_on_only_after_a_code_of_the_same_secret(runtime: Runtime, grace: Colleague) -> None:
    set_up = second_factor.begin(runtime, grace.identity)
    for code in ("", "000000x", "１２３４５６", code_at(pyotp.random_base32(), runtime.clock())):
        refused = second_factor.turn_on(runtime, grace.identity, set_up.sealed, code)
        assert isinstance(refused, Refused)
        assert refused.field == "code"
    assert not account(runtime, grace).has_second_factor
    secret, _ = turned_on(runtime, grace)
    assert secret not in str(account(runtime, grace).totp_secret)


def test_a_set_up_belongs_to_one_agent_and_is_made_by_the_server(
    runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    mallory = hire(runtime, shop.id, "mallory@example.com")
    theirs = second_factor.begin(runtime, mallory.identity)
    half = second_factor.halfway(runtime, account(runtime, grace))
    for sealed in (theirs.sealed, half, "", "x", "ä", "A" * 5000):
        refused = second_factor.turn_on(runtime, grace.identity, sealed, code_at(theirs.secret, runtime.clock()))
        assert isinstance(refused, Refused), sealed
    assert not account(runtime, grace).has_second_factor


def test_no_code_works_twice_and_none_that_is_older_than_the_last(
    runtime: Runtime, grace: Colleague, clock: Clock
) -> None:
    secret, _ = turned_on(runtime, grace)
    assert not accepted(runtime, grace, code_at(secret, clock()))  # it switched the second factor on
    clock.advance(seconds=30)
    code = code_at(secret, clock())
    assert accepted(runtime, grace, f" {code[:3]} {code[3:]}")
    assert not accepted(runtime, grace, code)
    clock.advance(seconds=60)
    assert accepted(runtime, grace, code_at(secret, clock()))
    assert not accepted(runtime, grace, code_at(secret, clock() - 30_000))


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(
    runtime: Runtime, grace: Colleague, clock: Clock, steps: int, fits: bool
) -> None:
    secret, _ = turned_on(runtime, grace)
    clock.advance(hours=1)
    assert accepted(runtime, grace, code_at(secret, clock() + steps * second_factor.STEP_MS)) is fits


def test_each_recovery_code_opens_once_until_there_are_new_ones(
    runtime: Runtime, grace: Colleague, clock: Clock
) -> None:
    secret, codes = turned_on(runtime, grace)
    assert len(set(codes)) == 10
    assert accepted(runtime, grace, codes[0].upper())
    assert not accepted(runtime, grace, codes[0])
    assert second_factor.recovery_codes_left(runtime, grace.identity) == 9
    clock.advance(minutes=1)
    renewed = second_factor.renew_recovery_codes(runtime, grace.identity, code_at(secret, clock()))
    assert isinstance(renewed, list)
    assert not accepted(runtime, grace, codes[1])
    assert accepted(runtime, grace, renewed[1])


def test_a_password_alone_leads_halfway_and_that_opens_nothing(
    runtime: Runtime, grace: Colleague, clock: Clock
) -> None:
    turned_on(runtime, grace)
    outcome = agent_sessions.sign_in(runtime, grace.email, PASSWORD)
    assert isinstance(outcome, Halfway)
    proof = second_factor.halfway(runtime, outcome.agent)
    assert agent_sessions.by_cookie(runtime, proof) is None
    found = second_factor.who_is_halfway(runtime, proof)
    assert found is not None
    assert found.id == grace.id
    clock.advance(minutes=5)
    assert second_factor.who_is_halfway(runtime, proof) is None


@pytest.mark.parametrize("change", ["password", "reset"])
def test_being_halfway_ends_with_what_it_rests_on(runtime: Runtime, grace: Colleague, change: str) -> None:
    turned_on(runtime, grace)
    proof = second_factor.halfway(runtime, account(runtime, grace))
    if change == "password":
        made = runtime.database.transact(
            lambda connection: links.password_link(runtime, connection, account(runtime, grace), actor=Actor("cli:ada"))
        )
        assert isinstance(links.set_password(runtime, made.secret, "another ship in the bay"), Agent)
    else:
        second_factor.reset(runtime, grace.email, actor=Actor("cli:ada"))
    assert second_factor.who_is_halfway(runtime, proof) is None


def test_turning_it_off_takes_the_password_and_a_code(runtime: Runtime, grace: Colleague) -> None:
    _, codes = turned_on(runtime, grace)
    for password, code, field in ((PASSWORD + "x", codes[0], "password"), (PASSWORD, "aaaa-aaaa-aaaa-aaaa", "code")):
        refused = second_factor.turn_off(runtime, grace.identity, password, code)
        assert isinstance(refused, Refused)
        assert refused.field == field
    assert account(runtime, grace).has_second_factor
    assert second_factor.turn_off(runtime, grace.identity, PASSWORD, codes[0]) is None
    assert not account(runtime, grace).has_second_factor


def test_an_operator_resets_it_and_every_step_is_in_the_audit_log(
    runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    secret, codes = turned_on(runtime, grace)
    accepted(runtime, grace, codes[0])
    assert isinstance(second_factor.reset(runtime, grace.email.upper(), actor=Actor("cli:ada")), Agent)
    again = second_factor.reset(runtime, grace.email, actor=Actor("cli:ada"))
    assert isinstance(again, Refused)
    assert again.reason is Reason.NOT_FOUND
    entries = journal.entries(runtime, shop.id)
    own = [
        (entry.actor, entry.action)
        for entry in entries
        if "second_factor" in entry.action or "recovery" in entry.action
    ]
    assert sorted(own) == sorted(
        [
            (f"agent:{grace.id}", "agent.second_factor_on"),
            (f"agent:{grace.id}", "agent.recovery_code_used"),
            ("cli:ada", "agent.second_factor_reset"),
        ]
    )
    assert not any(secret in str(entry.detail) or codes[0] in str(entry.detail) for entry in entries)
    assert passwords.fits(PASSWORD, account(runtime, grace).password_hash)

"""Agents' accounts, their signed-in browsers and their tokens."""

from __future__ import annotations

from collections.abc import Callable

import argon2
import pytest
from sqlalchemy import select

from tests.clock import Clock
from tests.shop import Shop, open_shop
from tests.team import PASSWORD, hire
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions, agents, journal, passwords, personal_tokens
from whosthere.services.agent_sessions import SignedIn
from whosthere.services.agents import Agent, Identity
from whosthere.services.journal import Actor
from whosthere.services.personal_tokens import NewToken
from whosthere.services.runtime import Runtime
from whosthere.storage import agents as agent_rows
from whosthere.storage.tables import agent_sessions as session_table
from whosthere.storage.tables import agents as agent_table
from whosthere.storage.tables import personal_tokens as token_table

pytestmark = pytest.mark.usefixtures("quick_passwords")

EMAIL = "grace@example.com"


def stored(runtime: Runtime) -> str:
    """The password hash of the only agent."""
    with runtime.database.engine.connect() as connection:
        return str(connection.execute(select(agent_table.c.password_hash)).scalar_one())


def signed_in(runtime: Runtime, email: str = EMAIL, password: str = PASSWORD) -> str:
    outcome = agent_sessions.sign_in(runtime, email, password, "Firefox")
    assert isinstance(outcome, SignedIn), outcome
    return outcome.token


def test_an_agent_signs_in_with_the_password_they_were_created_with(runtime: Runtime, shop: Shop) -> None:
    colleague = hire(runtime, shop.id, EMAIL, name="Grace Hopper", role="admin")
    identity = agent_sessions.by_cookie(runtime, signed_in(runtime))
    assert identity is not None
    assert (identity.agent.id, identity.agent.name) == (colleague.id, "Grace Hopper")
    assert [(own.platform_id, own.platform_name, own.role) for own in identity.memberships] == [
        (shop.id, "Shop", "admin")
    ]


def test_the_case_of_an_email_address_does_not_matter(runtime: Runtime, shop: Shop) -> None:
    hire(runtime, shop.id, EMAIL)
    signed_in(runtime, "Grace@Example.COM")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, PASSWORD + " "),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, ""),
        (EMAIL, "x" * 100_000),
        (EMAIL, PASSWORD + "\0"),
        ("mallory@evil.example", PASSWORD),
        ("", PASSWORD),
        (EMAIL + "\0", PASSWORD),
        ("\u212aelvin" + EMAIL, PASSWORD),
        ("g" * 10_000, PASSWORD),
    ],
)
def test_anything_else_is_refused_with_one_and_the_same_answer(
    runtime: Runtime, shop: Shop, email: str, password: str
) -> None:
    hire(runtime, shop.id, EMAIL)
    assert agent_sessions.sign_in(runtime, email, password) == agent_sessions.WRONG


def test_an_unknown_account_costs_the_same_work(runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    hire(runtime, shop.id, EMAIL)
    work: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, stored: str, password: str) -> bool:
        work.append(stored.split("$")[3])  # the parameters
        return verify(self, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for email in (EMAIL, "mallory@evil.example"):
        assert agent_sessions.sign_in(runtime, email, "a wrong password") == agent_sessions.WRONG
    assert len(work) == 2
    assert work[0] == work[1]


def test_a_disabled_agent_cannot_sign_in_and_is_signed_out_everywhere(
    runtime: Runtime, shop: Shop, clock: Clock
) -> None:
    colleague = hire(runtime, shop.id, EMAIL)
    cookie = signed_in(runtime)
    with runtime.database.write() as connection:
        connection.execute(agent_table.update().values(disabled_at=clock()))
    assert agent_sessions.sign_in(runtime, EMAIL, PASSWORD) == agent_sessions.WRONG
    assert agent_sessions.by_cookie(runtime, cookie) is None
    assert personal_tokens.by_token(runtime, colleague.token) is None


def test_no_secret_is_stored_as_it_is(runtime: Runtime, shop: Shop) -> None:
    token, cookie = hire(runtime, shop.id, EMAIL).token, signed_in(runtime)
    with runtime.database.engine.connect() as connection:
        rows = [
            str(row) for table in (agent_table, session_table, token_table) for row in connection.execute(select(table))
        ]
    for secret in (PASSWORD, token, token.removeprefix(personal_tokens.PREFIX), cookie):
        assert secret not in "".join(rows)
    assert stored(runtime).startswith("$argon2id$")


def test_a_hash_of_weaker_parameters_is_renewed_at_the_next_sign_in(runtime: Runtime, shop: Shop) -> None:
    hire(runtime, shop.id, EMAIL)
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with runtime.database.write() as connection:
        connection.execute(agent_table.update().values(password_hash=weak))
    signed_in(runtime)
    assert stored(runtime) != weak
    assert not passwords.is_dated(stored(runtime))
    renewed = stored(runtime)
    signed_in(runtime)
    assert stored(runtime) == renewed


def test_a_password_that_is_replaced_while_it_is_checked_lets_nobody_in_nor_comes_back(
    runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent_id = hire(runtime, shop.id, EMAIL).id
    dated = argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    new = passwords.hashed("another ship in the bay")

    def store(value: str) -> None:
        runtime.database.transact(lambda connection: agent_rows.set_password_hash(connection, agent_id, value))

    def meanwhile(password: str, known: str | None, fits: Callable[[str, str | None], bool] = passwords.fits) -> bool:
        store(new)
        return fits(password, known)

    store(dated)
    monkeypatch.setattr(passwords, "fits", meanwhile)
    assert agent_sessions.sign_in(runtime, EMAIL, PASSWORD) == agent_sessions.WRONG
    assert stored(runtime) == new


def test_who_signs_in_and_who_joins_is_in_the_audit_log(runtime: Runtime, shop: Shop) -> None:
    grace = hire(runtime, shop.id, EMAIL)
    signed_in(runtime)
    assert agents.join_platform(runtime, EMAIL, shop.id, "admin", actor=Actor("cli:ada")) is None
    told = {(one.action, one.actor): one.detail for one in journal.entries(runtime, shop.id)}
    assert told["agent.signed_in", f"agent:{grace.id}"] == {"agent": grace.id}
    assert told["agent.joined", "cli:ada"] == {"agent": grace.id, "role": "admin"}


def test_a_signed_in_browser_is_forgotten_after_twelve_hours_without_use(
    runtime: Runtime, shop: Shop, clock: Clock
) -> None:
    hire(runtime, shop.id, EMAIL)
    cookie = signed_in(runtime)
    clock.advance(hours=11, minutes=59)
    assert agent_sessions.by_cookie(runtime, cookie) is not None
    clock.advance(hours=11, minutes=59)
    assert agent_sessions.by_cookie(runtime, cookie) is not None
    clock.advance(hours=12)
    assert agent_sessions.by_cookie(runtime, cookie) is None


def test_a_signed_in_browser_is_forgotten_after_fourteen_days_however_busy(
    runtime: Runtime, shop: Shop, clock: Clock
) -> None:
    hire(runtime, shop.id, EMAIL)
    cookie = signed_in(runtime)
    for _ in range(2 * 14 - 1):
        clock.advance(hours=11, minutes=59)
        assert agent_sessions.by_cookie(runtime, cookie) is not None
    clock.advance(hours=11, minutes=59)
    agent_sessions.by_cookie(runtime, cookie)
    clock.advance(minutes=27)
    assert agent_sessions.by_cookie(runtime, cookie) is not None
    clock.advance(minutes=1)
    assert agent_sessions.by_cookie(runtime, cookie) is None


def test_signing_out_ends_this_browser_only(runtime: Runtime, shop: Shop) -> None:
    hire(runtime, shop.id, EMAIL)
    here, there = signed_in(runtime), signed_in(runtime)
    assert here != there
    agent_sessions.sign_out(runtime, here)
    agent_sessions.sign_out(runtime, here)
    assert agent_sessions.by_cookie(runtime, here) is None
    assert agent_sessions.by_cookie(runtime, there) is not None


def test_a_token_ends_when_it_was_told_to(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    hire(runtime, shop.id, EMAIL)
    made = personal_tokens.create(runtime, EMAIL, expires_at=clock() + 60_000)
    assert isinstance(made, NewToken)
    token = made.secret
    assert isinstance(personal_tokens.by_token(runtime, token), Identity)
    clock.advance(minutes=1)
    assert personal_tokens.by_token(runtime, token) is None


def test_the_last_use_of_a_token_is_noted_once_a_minute(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    token = hire(runtime, shop.id, EMAIL).token

    def last_used_at() -> int | None:
        with runtime.database.engine.connect() as connection:
            return connection.execute(select(token_table.c.last_used_at)).scalar_one()

    assert last_used_at() is None
    personal_tokens.by_token(runtime, token)
    first = last_used_at()
    assert first == clock()
    clock.advance(seconds=59)
    personal_tokens.by_token(runtime, token)
    assert last_used_at() == first
    clock.advance(seconds=2)
    personal_tokens.by_token(runtime, token)
    assert last_used_at() == clock()


def test_a_session_is_no_token_and_a_token_is_no_session(runtime: Runtime, shop: Shop) -> None:
    token, cookie = hire(runtime, shop.id, EMAIL).token, signed_in(runtime)
    assert personal_tokens.by_token(runtime, cookie) is None
    assert agent_sessions.by_cookie(runtime, token) is None
    assert personal_tokens.by_token(runtime, token.upper()) is None
    assert personal_tokens.by_token(runtime, token + " ") is None
    assert personal_tokens.by_token(runtime, personal_tokens.PREFIX) is None


@pytest.mark.parametrize(
    ("email", "password", "role", "field"),
    [
        ("not an address", PASSWORD, "agent", "email"),
        ("", PASSWORD, "agent", "email"),
        (EMAIL, "only nine", "agent", "password"),
        (EMAIL, "x" * 1001, "agent", "password"),
        (EMAIL, EMAIL, "agent", "password"),
        (EMAIL, EMAIL.upper(), "agent", "password"),
        (EMAIL, PASSWORD, "root", "role"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    runtime: Runtime, shop: Shop, email: str, password: str, role: str, field: str
) -> None:
    refused = agents.create_agent(runtime, email, password, shop.id, role)
    assert isinstance(refused, Refused)
    assert refused.field == field


def test_an_account_needs_a_platform_that_exists_and_an_address_of_its_own(runtime: Runtime, shop: Shop) -> None:
    nowhere = agents.create_agent(runtime, EMAIL, PASSWORD, runtime.new_id(), "agent")
    assert isinstance(nowhere, Refused)
    assert nowhere.reason is Reason.NOT_FOUND
    assert isinstance(agents.create_agent(runtime, EMAIL, PASSWORD, shop.id, "agent"), Agent)
    again = agents.create_agent(runtime, EMAIL.upper(), PASSWORD, shop.id, "agent")
    assert isinstance(again, Refused)
    assert again.reason is Reason.ALREADY_EXISTS


@pytest.mark.parametrize(("given", "shown"), [(None, "Grace Hopper"), ("Amazing Grace", "Amazing Grace")])
def test_the_name_is_made_from_the_address_unless_it_is_given(
    runtime: Runtime, shop: Shop, given: str | None, shown: str
) -> None:
    agent = agents.create_agent(runtime, "grace.hopper@example.com", PASSWORD, shop.id, "agent", name=given)
    assert isinstance(agent, Agent)
    assert agent.name == shown


def test_an_agent_serves_several_platforms_with_a_role_on_each(runtime: Runtime, shop: Shop) -> None:
    colleague = hire(runtime, shop.id, EMAIL)
    other = open_shop(runtime)
    joined = agents.join_platform(runtime, EMAIL.upper(), other.id, "admin")
    assert joined is None
    assert {(own.platform_id, own.role) for own in colleague.identity.memberships} == {
        (shop.id, "agent"),
        (other.id, "admin"),
    }
    assert agents.join_platform(runtime, EMAIL, shop.id, "owner") is None
    assert {own.role for own in colleague.identity.memberships} == {"owner", "admin"}


def test_only_agents_that_exist_join_only_platforms_that_exist(runtime: Runtime, shop: Shop) -> None:
    hire(runtime, shop.id, EMAIL)
    for email, platform_id, role, field in [
        ("nobody@example.com", shop.id, "agent", "email"),
        (EMAIL, runtime.new_id(), "agent", "platform"),
        (EMAIL, shop.id, "root", "role"),
    ]:
        refused = agents.join_platform(runtime, email, platform_id, role)
        assert isinstance(refused, Refused)
        assert refused.field == field

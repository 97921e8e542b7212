"""Invitations and ways to a new password: they open once, for a while, and only what their maker may still give."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.clock import Clock
from tests.shop import Shop, open_shop
from tests.team import PASSWORD, Colleague, hire
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions, agents, links, personal_tokens, team
from whosthere.services.agent_sessions import SignedIn
from whosthere.services.journal import Actor
from whosthere.services.links import Invitation, NewLink
from whosthere.services.runtime import Runtime
from whosthere.storage import roster
from whosthere.storage.agents import Agent
from whosthere.storage.tables import agent_links, agent_mails

pytestmark = pytest.mark.usefixtures("quick_passwords")

SAM = "sam@example.com"
NEW = "another ship in the bay"


@pytest.fixture
def owner(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id, "olga@example.com", name="Olga", role="owner")


def invited(runtime: Runtime, owner: Colleague, shop: Shop, email: str = SAM, role: str = "agent") -> str:
    made = team.invite(runtime, owner.identity, shop.id, email, role)
    assert isinstance(made, NewLink), made
    return made.secret


def is_over(outcome: object) -> bool:
    return isinstance(outcome, Refused) and outcome.reason is Reason.NOT_FOUND


def mails(runtime: Runtime) -> list[Any]:
    with runtime.database.engine.connect() as connection:
        rows = connection.execute(select(agent_mails.c.recipient, agent_mails.c.content)).all()
    return [(row.recipient, json.loads(runtime.vault.decrypt(row.content))) for row in rows]


def test_an_invitation_makes_an_account_with_its_role_once(runtime: Runtime, owner: Colleague, shop: Shop) -> None:
    secret = invited(runtime, owner, shop, role="admin")
    for name, password, field in (("", NEW, "name"), ("Sam", "short", "password"), ("Sam", SAM.upper(), "password")):
        refused = links.accept_as_new(runtime, secret, name, password)
        assert isinstance(refused, Refused)
        assert refused.field == field
    made = links.accept_as_new(runtime, secret, "Sam", NEW)
    assert isinstance(made, Agent)
    assert is_over(links.accept_as_new(runtime, secret, "Sam", NEW))
    entered = agent_sessions.sign_in(runtime, SAM, NEW)
    assert isinstance(entered, SignedIn)
    identity = agent_sessions.by_cookie(runtime, entered.token)
    assert identity is not None
    assert [(own.platform_id, own.role) for own in identity.memberships] == [(shop.id, "admin")]


def test_an_invitation_lives_seven_days_and_ends_with_the_next_for_the_same_address(
    runtime: Runtime, owner: Colleague, shop: Shop, clock: Clock
) -> None:
    first = invited(runtime, owner, shop)
    second = invited(runtime, owner, shop, SAM.upper())
    other = invited(runtime, owner, shop, "ada@example.com")
    assert is_over(links.invitation(runtime, first))
    clock.advance(days=7, ms=-1)
    assert isinstance(links.invitation(runtime, second), Invitation)
    assert isinstance(links.invitation(runtime, other), Invitation)
    clock.advance(ms=1)
    assert is_over(links.invitation(runtime, second))


@pytest.mark.parametrize("change", ["removed", "demoted", "disabled", "revoked"])
def test_an_invitation_ends_with_the_right_to_give_it(
    runtime: Runtime, owner: Colleague, shop: Shop, change: str
) -> None:
    admin = hire(runtime, shop.id, "ann@example.com", role="admin")
    secret = invited(runtime, admin, shop, role="admin")
    if change == "removed":
        team.remove(runtime, owner.identity, shop.id, admin.id)
    elif change == "demoted":
        team.change_role(runtime, owner.identity, shop.id, admin.id, "agent")
    elif change == "disabled":
        agents.disable(runtime, admin.email)
    else:
        found = team.look(runtime, owner.identity, shop.id)
        assert isinstance(found, team.Team)
        assert team.revoke_invitation(runtime, owner.identity, shop.id, found.pending[0].id) is None
    assert is_over(links.invitation(runtime, secret))
    assert is_over(links.accept_as_new(runtime, secret, "Sam", NEW))


def test_who_has_an_account_joins_with_their_password_only(runtime: Runtime, owner: Colleague, shop: Shop) -> None:
    other = open_shop(runtime)
    sam, mallory = hire(runtime, other.id, SAM), hire(runtime, other.id, "mallory@example.com")
    secret = invited(runtime, owner, shop)
    refused = links.accept_by_password(runtime, secret, "not the password")
    assert isinstance(refused, Refused)
    assert refused.field == "password"
    stranger = links.accept_as(runtime, secret, mallory.identity.agent)
    assert isinstance(stranger, Refused)
    assert stranger.reason is Reason.FORBIDDEN
    taken = links.accept_as_new(runtime, secret, "Sam", NEW)
    assert isinstance(taken, Refused)
    assert isinstance(links.accept_by_password(runtime, secret, PASSWORD), Invitation)
    assert set(sam.identity.platform_ids) == {shop.id, other.id}
    assert mallory.identity.platform_ids == (other.id,)


def test_an_old_invitation_takes_no_role_away(runtime: Runtime, owner: Colleague, shop: Shop) -> None:
    secret = invited(runtime, owner, shop)
    sam = hire(runtime, shop.id, SAM, role="admin")
    assert isinstance(links.accept_as(runtime, secret, sam.identity.agent), Invitation)
    assert sam.identity.role_on(shop.id) == "admin"


def test_secrets_are_stored_as_digests_and_mailed_encrypted(runtime: Runtime, owner: Colleague, shop: Shop) -> None:
    def address(secret: str) -> str:
        return f"https://chat.example.com/agent/welcome#{secret}"

    made = team.invite(runtime, owner.identity, shop.id, SAM, "agent", mail_to=address)
    assert isinstance(made, NewLink)
    with runtime.database.engine.connect() as connection:
        stored = [
            *connection.execute(select(agent_links)).all(),
            *connection.execute(select(agent_mails)).all(),
        ]
    assert made.secret not in str(stored)
    ((recipient, content),) = mails(runtime)
    assert recipient == SAM
    assert address(made.secret) in content["body"]


def test_a_forgotten_password_is_replaced_by_a_mailed_link_once(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    grace = hire(runtime, shop.id)
    browser = agent_sessions.sign_in(runtime, grace.email, PASSWORD)
    assert isinstance(browser, SignedIn)
    links.forgotten(runtime, grace.email.upper(), lambda secret: f"#{secret}#")
    links.forgotten(runtime, grace.email, lambda secret: f"#{secret}#")
    first, second = sorted(
        mails(runtime), key=lambda mail: is_over(links.password_of(runtime, mail[1]["body"].split("#")[1]))
    )[::-1]
    assert is_over(links.password_of(runtime, first[1]["body"].split("#")[1]))
    secret = second[1]["body"].split("#")[1]
    weak = links.set_password(runtime, secret, "short")
    assert isinstance(weak, Refused)
    clock.advance(hours=1, ms=-1)
    assert isinstance(links.set_password(runtime, secret, NEW), Agent)
    assert is_over(links.set_password(runtime, secret, NEW))
    assert agent_sessions.by_cookie(runtime, browser.token) is None
    assert personal_tokens.by_token(runtime, grace.token) is None, "somebody else may have left it in the account"
    assert isinstance(agent_sessions.sign_in(runtime, grace.email, NEW), SignedIn)
    assert isinstance(agent_sessions.sign_in(runtime, grace.email, PASSWORD), Refused)


def test_who_has_no_account_gets_no_mail_and_leaves_nothing(runtime: Runtime, shop: Shop) -> None:
    gone = hire(runtime, shop.id)
    agents.disable(runtime, gone.email)
    for email in ("nobody@example.com", gone.email, "", "x\0y", "a" * 5000):
        links.forgotten(runtime, email, lambda secret: secret)
    assert mails(runtime) == []
    with runtime.database.engine.connect() as connection:
        assert connection.execute(select(agent_links.c.id)).all() == []


def test_a_way_to_a_new_password_lasts_an_hour_and_is_no_invitation(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    grace = hire(runtime, shop.id)
    made = links.password_link_for(runtime, grace.email, actor=Actor("cli:ada"))
    assert isinstance(made, NewLink)
    assert is_over(links.invitation(runtime, made.secret))
    clock.advance(hours=1)
    assert is_over(links.set_password(runtime, made.secret, NEW))
    for wrong in ("", "x", made.secret + "x", "a" * 5000, "\0"):
        assert is_over(links.password_of(runtime, wrong))
        assert is_over(links.invitation(runtime, wrong))


@pytest.mark.parametrize("change", ["nothing", "serves another", "raised", "removed", "demoted", "disabled"])
def test_a_way_to_a_new_password_ends_with_the_right_to_make_it(runtime: Runtime, shop: Shop, change: str) -> None:
    grace, admin = hire(runtime, shop.id), hire(runtime, shop.id, "amy@example.com", role="admin")
    made = team.make_password_link(runtime, admin.identity, shop.id, grace.id)
    assert isinstance(made, NewLink)
    other = open_shop(runtime)
    changes: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "serves another": lambda: grace.serve(other.id, "owner"),
        "raised": lambda: grace.serve(shop.id, "owner"),
        "removed": lambda: runtime.database.transact(lambda connection: roster.leave(connection, shop.id, admin.id)),
        "demoted": lambda: admin.serve(shop.id, "agent"),
        "disabled": lambda: agents.disable(runtime, admin.email),
    }
    changes[change]()
    assert is_over(links.password_of(runtime, made.secret)) is (change != "nothing")
    assert is_over(links.set_password(runtime, made.secret, NEW)) is (change != "nothing")


def test_a_way_to_a_new_password_ends_when_the_password_is_changed(runtime: Runtime, shop: Shop) -> None:
    grace = hire(runtime, shop.id)
    made = links.password_link_for(runtime, grace.email, actor=Actor("cli:ada"))
    assert isinstance(made, NewLink)
    assert agent_sessions.change_password(runtime, grace.identity, PASSWORD, NEW) is None
    assert is_over(links.set_password(runtime, made.secret, "a third ship in the bay"))

"""The team: nobody gives or takes a role above their own, the last owner stays, and all of it is written down."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.shop import Shop, open_shop
from tests.team import Colleague, hire
from whosthere.core.reasons import Reason, Refused
from whosthere.services import journal, personal_tokens, team
from whosthere.services.links import NewLink
from whosthere.services.runtime import Runtime

pytestmark = pytest.mark.usefixtures("quick_passwords")

Act = Callable[[Runtime, Colleague, Shop, Colleague], object]
ACTS: dict[str, Act] = {
    "demote": lambda runtime, who, shop, whom: team.change_role(runtime, who.identity, shop.id, whom.id, "agent"),
    "raise": lambda runtime, who, shop, whom: team.change_role(runtime, who.identity, shop.id, whom.id, "owner"),
    "remove": lambda runtime, who, shop, whom: team.remove(runtime, who.identity, shop.id, whom.id),
    "close": lambda runtime, who, shop, whom: team.close_account(runtime, who.identity, shop.id, whom.id),
    "link": lambda runtime, who, shop, whom: team.make_password_link(runtime, who.identity, shop.id, whom.id),
}


def hired(runtime: Runtime, shop: Shop, role: str, name: str = "") -> Colleague:
    return hire(runtime, shop.id, f"{name or role}@example.com", role=role)


def reason(outcome: object) -> Reason | None:
    return outcome.reason if isinstance(outcome, Refused) else None


@pytest.mark.parametrize(
    ("who", "whom", "allowed"),
    [
        ("owner", "owner", {"demote", "raise", "remove", "close", "link"}),
        ("owner", "admin", {"demote", "raise", "remove", "close", "link"}),
        ("owner", "agent", {"demote", "raise", "remove", "close", "link"}),
        ("admin", "owner", set()),
        ("admin", "admin", {"demote", "remove", "close", "link"}),
        ("admin", "agent", {"demote", "remove", "close", "link"}),
        ("agent", "owner", set()),
        ("agent", "admin", set()),
        ("agent", "agent", set()),
    ],
)
@pytest.mark.parametrize("act", ACTS)
def test_each_role_reaches_so_far(
    runtime: Runtime, shop: Shop, who: str, whom: str, allowed: set[str], act: str
) -> None:
    hired(runtime, shop, "owner", "first")
    actor, other = hired(runtime, shop, who), hired(runtime, shop, whom, "other")
    outcome = ACTS[act](runtime, actor, shop, other)
    assert reason(outcome) is (None if act in allowed else Reason.FORBIDDEN)
    if act not in allowed:
        assert other.identity.role_on(shop.id) == whom


@pytest.mark.parametrize(
    ("who", "roles"), [("owner", {"owner", "admin", "agent"}), ("admin", {"admin", "agent"}), ("agent", set())]
)
def test_nobody_invites_to_a_role_above_their_own(runtime: Runtime, shop: Shop, who: str, roles: set[str]) -> None:
    actor = hired(runtime, shop, who)
    outcomes = {
        role: team.invite(runtime, actor.identity, shop.id, f"{role}@new.example.com", role)
        for role in ("owner", "admin", "agent")
    }
    assert {role for role, outcome in outcomes.items() if isinstance(outcome, NewLink)} == roles
    assert {reason(outcome) for role, outcome in outcomes.items() if role not in roles} <= {Reason.FORBIDDEN}


def test_nobody_raises_themselves(runtime: Runtime, shop: Shop) -> None:
    hired(runtime, shop, "owner")
    for role in ("admin", "agent"):
        actor = hired(runtime, shop, role)
        for wanted in ("owner", "admin")[: 1 if role == "admin" else 2]:
            refused = team.change_role(runtime, actor.identity, shop.id, actor.id, wanted)
            assert reason(refused) is Reason.FORBIDDEN
        assert actor.identity.role_on(shop.id) == role


def test_the_last_owner_stays_an_owner(runtime: Runtime, shop: Shop) -> None:
    owner = hired(runtime, shop, "owner")
    for outcome in (
        team.change_role(runtime, owner.identity, shop.id, owner.id, "admin"),
        team.remove(runtime, owner.identity, shop.id, owner.id),
    ):
        assert reason(outcome) is Reason.LAST_OWNER
    second = hired(runtime, shop, "owner", "second")
    assert team.remove(runtime, owner.identity, shop.id, owner.id) is None
    assert owner.identity.memberships == ()
    assert reason(team.remove(runtime, second.identity, shop.id, second.id)) is Reason.LAST_OWNER


def test_two_owners_who_remove_each_other_at_once_leave_one(runtime: Runtime, shop: Shop) -> None:
    one, two = hired(runtime, shop, "owner", "one"), hired(runtime, shop, "owner", "two")
    pairs = [(one.identity, two.id), (two.identity, one.id)]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda pair: team.remove(runtime, pair[0], shop.id, pair[1]), pairs))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sorted(len(each.identity.memberships) for each in (one, two)) == [0, 1]


@pytest.mark.parametrize("act", ["close", "link"])
def test_an_account_is_opened_or_closed_only_by_who_reaches_all_of_it(runtime: Runtime, shop: Shop, act: str) -> None:
    owner, other = hired(runtime, shop, "owner"), open_shop(runtime)
    shared = hired(runtime, shop, "agent").serve(other.id, "admin")
    assert reason(ACTS[act](runtime, owner, shop, shared)) is Reason.FORBIDDEN
    owner.serve(other.id, "agent")
    assert reason(ACTS[act](runtime, owner, shop, shared)) is Reason.FORBIDDEN
    owner.serve(other.id, "admin")
    assert reason(ACTS[act](runtime, owner, shop, shared)) is None


@pytest.mark.parametrize("act", ACTS)
def test_a_team_of_another_platform_does_not_exist(runtime: Runtime, shop: Shop, act: str) -> None:
    owner, other = hired(runtime, shop, "owner"), open_shop(runtime)
    theirs = hire(runtime, other.id, "theirs@example.com")
    assert reason(ACTS[act](runtime, owner, other, theirs)) is Reason.NOT_FOUND
    assert reason(ACTS[act](runtime, owner, shop, theirs)) is Reason.NOT_FOUND
    assert reason(team.look(runtime, owner.identity, other.id)) is Reason.NOT_FOUND
    assert theirs.identity.role_on(other.id) == "agent"


def test_a_role_that_was_taken_meanwhile_reaches_nothing(runtime: Runtime, shop: Shop) -> None:
    owner, admin, agent = (hired(runtime, shop, role) for role in ("owner", "admin", "agent"))
    stale = admin.identity  # as a request holds it that began before
    team.change_role(runtime, owner.identity, shop.id, admin.id, "agent")
    assert reason(team.remove(runtime, stale, shop.id, agent.id)) is Reason.FORBIDDEN
    team.remove(runtime, owner.identity, shop.id, admin.id)
    assert reason(team.remove(runtime, stale, shop.id, agent.id)) is Reason.NOT_FOUND


def test_who_is_on_the_team_is_not_invited_again(runtime: Runtime, shop: Shop) -> None:
    owner, agent = hired(runtime, shop, "owner"), hired(runtime, shop, "agent")
    again = team.invite(runtime, owner.identity, shop.id, agent.email.upper(), "admin")
    assert reason(again) is Reason.ALREADY_EXISTS
    for email in ("", "x", "a@b", "a" * 300 + "@example.com"):
        refused = team.invite(runtime, owner.identity, shop.id, email, "agent")
        assert isinstance(refused, Refused)
        assert refused.field == "email"


def test_a_closed_account_opens_nothing_and_everything_is_in_the_audit_log(runtime: Runtime, shop: Shop) -> None:
    owner, agent, gone = hired(runtime, shop, "owner"), hired(runtime, shop, "agent"), hired(runtime, shop, "admin")
    team.invite(runtime, owner.identity, shop.id, "new@example.com", "agent")
    team.change_role(runtime, owner.identity, shop.id, agent.id, "admin")
    team.close_account(runtime, owner.identity, shop.id, agent.id)
    team.remove(runtime, owner.identity, shop.id, gone.id)
    assert personal_tokens.by_token(runtime, agent.token) is None
    assert gone.identity.memberships == ()
    own = [entry for entry in journal.entries(runtime, shop.id) if entry.actor == owner.identity.actor.name]
    assert {"agent.invited", "agent.role", "agent.disabled", "agent.removed"} <= {entry.action for entry in own}
    changed = next(entry for entry in own if entry.action == "agent.role")
    assert changed.detail == {"agent": agent.id, "role": "admin", "before": "agent"}

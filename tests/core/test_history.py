"""Who is offered what was begun without logging in: whoever logs in next, and nobody after them."""

from __future__ import annotations

import pytest

from whosthere.core.assurance import Assurance
from whosthere.core.history import Beside, after_login, after_logout, may_offer
from whosthere.core.policy import AnonymousHistory, Policy

ADA, BOB, NOW = "ada", "bob", 1_000


@pytest.mark.parametrize(
    ("before", "who", "after"),
    [
        (Beside(), ADA, Beside(ADA, None)),
        (Beside(None, 5), ADA, Beside(ADA, 5)),
        (Beside(ADA, 5), ADA, Beside(ADA, 5)),  # another page of the same login
        (Beside(ADA, None), BOB, Beside(BOB, NOW)),  # begun before Ada: not Bob's to have
    ],
)
def test_a_login_leaves_what_was_begun_since_the_last_one(before: Beside, who: str, after: Beside) -> None:
    assert after_login(before, who, NOW) == after


@pytest.mark.parametrize(
    ("before", "after"), [(Beside(), Beside()), (Beside(None, 5), Beside(None, 5)), (Beside(ADA, 5), Beside(None, NOW))]
)
def test_a_logout_closes_what_was_there_at_the_login(before: Beside, after: Beside) -> None:
    assert after_logout(before, NOW) == after


@pytest.mark.parametrize("history", list(AnonymousHistory))
@pytest.mark.parametrize("assurance", list(Assurance))
def test_only_a_verified_visitor_of_a_platform_that_asks_is_offered_anything(
    history: AnonymousHistory, assurance: Assurance
) -> None:
    offered = may_offer(Policy("p", anonymous_history=history), assurance)
    assert offered == (history is AnonymousHistory.ASK and assurance is Assurance.VERIFIED)

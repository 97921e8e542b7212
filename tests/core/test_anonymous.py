"""An anonymous user lives its days from its creation, by the server's clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.world import ENFORCED, NOW
from whosthere.core.anonymous import DAY_MS, Anonymous, ends_at, has_ended
from whosthere.core.policy import Policy

BORN = Anonymous("anon", NOW)
THREE_IDLE_DAYS = replace(ENFORCED, anonymous_idle_days=3)


@pytest.mark.parametrize(
    ("policy", "now", "last_active_at", "ended"),
    [
        (ENFORCED, NOW, None, False),
        (ENFORCED, NOW + 7 * DAY_MS - 1, None, False),
        (ENFORCED, NOW + 7 * DAY_MS, None, True),
        (ENFORCED, NOW + 7 * DAY_MS, NOW + 7 * DAY_MS - 1, True),
        (replace(ENFORCED, anonymous_days=1), NOW + DAY_MS, None, True),
        (THREE_IDLE_DAYS, NOW + 3 * DAY_MS - 1, None, False),
        (THREE_IDLE_DAYS, NOW + 3 * DAY_MS, None, True),
        (THREE_IDLE_DAYS, NOW + 5 * DAY_MS - 1, NOW + 2 * DAY_MS, False),
        (THREE_IDLE_DAYS, NOW + 5 * DAY_MS, NOW + 2 * DAY_MS, True),
        (THREE_IDLE_DAYS, NOW + 7 * DAY_MS, NOW + 6 * DAY_MS, True),
        (THREE_IDLE_DAYS, NOW + DAY_MS, NOW - 9 * DAY_MS, False),
        (ENFORCED, NOW - DAY_MS, None, False),
        (ENFORCED, NOW - DAY_MS - 1, None, True),
        (ENFORCED, 0, None, True),
    ],
)
def test_when_an_anonymous_user_has_ended(policy: Policy, now: int, last_active_at: int | None, ended: bool) -> None:
    assert has_ended(BORN, policy, now, last_active_at) is ended


def test_activity_never_prolongs_the_days_from_creation() -> None:
    assert ends_at(BORN, THREE_IDLE_DAYS, NOW + 6 * DAY_MS) == NOW + 7 * DAY_MS
    assert ends_at(BORN, ENFORCED, NOW + 6 * DAY_MS) == NOW + 7 * DAY_MS

"""Anonymous users: an unguessable id with its time of birth (docs/identity.md §6)."""

from __future__ import annotations

from dataclasses import dataclass

from whosthere.core.policy import Policy

DAY_MS = 86_400_000
_CLOCK_SKEW_MS = DAY_MS


@dataclass(frozen=True, slots=True)
class Anonymous:
    """One browser's anonymous user, as its signed token names it.

    Attributes:
        id: a UUID; also the id of the record, once there is one.
        created_at: epoch milliseconds; never renewed.
        tab_scoped: made because an identifier was invalid; lives in that tab only.
    """

    id: str
    created_at: int
    tab_scoped: bool = False


def ends_at(anonymous: Anonymous, policy: Policy, last_active_at: int | None = None) -> int:
    """Return when the anonymous user ends, in epoch milliseconds.

    Args:
        last_active_at: when it last did something, `None` while it has done nothing since its creation.
    """
    end = anonymous.created_at + policy.anonymous_days * DAY_MS
    if policy.anonymous_idle_days is not None:
        active = max(anonymous.created_at, last_active_at or 0)
        end = min(end, active + policy.anonymous_idle_days * DAY_MS)
    return end


def has_ended(anonymous: Anonymous, policy: Policy, now: int, last_active_at: int | None = None) -> bool:
    """Whether the anonymous user is over at `now`; the server's clock decides.

    A creation more than a day in the future is over too: the platform's days cannot be counted for it. Up to a day,
    the server's clock was put right, and nobody loses a conversation over that.
    """
    return anonymous.created_at > now + _CLOCK_SKEW_MS or now >= ends_at(anonymous, policy, last_active_at)

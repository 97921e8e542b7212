"""Whose login an anonymous user's conversations are offered to (docs/identity.md §6)."""

from __future__ import annotations

from dataclasses import dataclass

from whosthere.core.assurance import Assurance
from whosthere.core.policy import AnonymousHistory, Policy


@dataclass(frozen=True, slots=True)
class Beside:
    """Who is logged in beside an anonymous user, in the browser that keeps its token.

    Attributes:
        record_id: the record that browser acts as, `None` while nobody is logged in.
        since: what was begun after this may be offered, epoch milliseconds; `None` for everything.
    """

    record_id: str | None = None
    since: int | None = None


def after_login(beside: Beside, record_id: str, now: int) -> Beside:
    """Return the state after a boot as `record_id`.

    Another page of the same login changes nothing. If somebody else was logged in until now, nothing was begun since.
    """
    if beside.record_id == record_id:
        return beside
    return Beside(record_id, beside.since if beside.record_id is None else now)


def after_logout(beside: Beside, now: int) -> Beside:
    """Return the state after an anonymous boot; what was there when somebody logged in is offered to nobody else."""
    return beside if beside.record_id is None else Beside(None, now)


def may_offer(policy: Policy, assurance: Assurance) -> bool:
    """Whether a visitor of this assurance is offered anything on this platform."""
    return policy.anonymous_history is AnonymousHistory.ASK and assurance is Assurance.VERIFIED

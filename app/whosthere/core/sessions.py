"""Widget sessions: what they name, how long they live, and whether they still admit (docs/identity.md §7)."""

from __future__ import annotations

from dataclasses import dataclass

from whosthere.core.anonymous import Anonymous, has_ended
from whosthere.core.assurance import Assurance
from whosthere.core.patterns import matches
from whosthere.core.policy import Policy, Verification
from whosthere.core.reasons import Reason
from whosthere.core.resolution import Record
from whosthere.core.verdict import Admitted

SESSION_SECONDS_MAX = 3600


@dataclass(frozen=True, slots=True)
class Session:
    """What a signed session token says.

    Attributes:
        record_id: the record it acts as; for an anonymous visitor the id of its anonymous user.
        key_id: the key that proved a verified session, else `None`.
        issued_at, expires_at: epoch milliseconds.
        anonymous: the anonymous user behind an anonymous session, else `None`.
        full_privacy: whether the page asked that no name and no email are kept.
        generation: that of the record when the session was opened; one that was raised since ends it.
        proves_user_id: whether a userId was proven, not an email alone; only then the platform's pattern is asked.
    """

    id: str
    platform_id: str
    record_id: str
    assurance: Assurance
    key_id: str | None
    issued_at: int
    expires_at: int
    anonymous: Anonymous | None = None
    proves_user_id: bool = False
    full_privacy: bool = False
    generation: int = 0


def open_session(
    person: Admitted,
    *,
    platform_id: str,
    record_id: str,
    session_id: str,
    now: int,
    ends_at: int | None = None,
    anonymous: Anonymous | None = None,
    full_privacy: bool = False,
    generation: int = 0,
) -> Session:
    """Open a session for an admitted person: an hour, but never longer than what it came from.

    Args:
        ends_at: end of the key or of the anonymous user behind it, epoch milliseconds, when there is one.
    """
    limits = [now + SESSION_SECONDS_MAX * 1000, person.proof_expires_at, ends_at]
    return Session(
        id=session_id,
        platform_id=platform_id,
        record_id=record_id,
        assurance=person.assurance,
        key_id=person.key_id,
        issued_at=now,
        expires_at=min(limit for limit in limits if limit is not None),
        anonymous=anonymous,
        proves_user_id=person.user_id_proven,
        full_privacy=full_privacy,
        generation=generation,
    )


def ended(
    session: Session,
    *,
    policy: Policy,
    key_is_live: bool,
    record: Record | None,
    last_active_at: int | None,
    now: int,
) -> Reason | None:
    """Return why a session may not act any more under the present rules, or `None` if it may.

    Args:
        key_is_live: whether the session's key exists and has not ended; not looked at without a key.
        record: the session's record as it is now; `None` only for an anonymous visitor that has said nothing yet.
        last_active_at: when that record was last seen, epoch milliseconds.
    """
    if session.expires_at <= now:
        return Reason.SESSION_EXPIRED
    if session.assurance is Assurance.ANONYMOUS:
        over = session.anonymous is None or has_ended(session.anonymous, policy, now, last_active_at)
        return Reason.SESSION_ENDED if over else None
    if record is None:
        return Reason.SESSION_ENDED
    if session.assurance is Assurance.VERIFIED:
        unmatched = session.proves_user_id and not matches(policy.user_id_pattern, record.user_id or "")
        return Reason.SESSION_ENDED if not key_is_live or unmatched else None
    closed = policy.verification is Verification.ENFORCED or record.sealed
    return Reason.SESSION_ENDED if closed else None

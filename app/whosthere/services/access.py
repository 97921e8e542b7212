"""Whether a widget session may act, decided inside the transaction that acts."""

from __future__ import annotations

from dataclasses import dataclass

from whosthere.core import origins, sessions
from whosthere.core.anonymous import Anonymous
from whosthere.core.reasons import Reason, Refused
from whosthere.core.sessions import Session
from whosthere.realtime.hub import record_topic
from whosthere.services.runtime import Runtime
from whosthere.storage import sessions as session_rows
from whosthere.storage.platforms import Platform
from whosthere.storage.sessions import SessionFacts
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

BLOCKED = Refused(Reason.BLOCKED, "You cannot write here.")
"""All that somebody who is blocked is told."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a widget request brought to show who it is.

    Attributes:
        session: what the bearer token names; we signed it, nothing else is known yet.
        origin: the `Origin` header, `None` without one or when it is our own (the panel's).
        address: that of the client.
    """

    session: Session
    origin: str | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """A visitor whose session was found good in this transaction.

    Attributes:
        ends_at: until when it stays good if nothing changes, epoch milliseconds.
    """

    tenant: Tenant
    session: Session
    platform: Platform
    user: User | None
    key_name: str | None
    ends_at: int

    @property
    def record_id(self) -> str:
        """The record the visitor acts as; an anonymous one may have no row yet."""
        return self.session.record_id

    @property
    def anonymous(self) -> Anonymous | None:
        """The anonymous user behind the session, if it is one."""
        return self.session.anonymous


def authorize(tenant: Tenant, credential: Credential, now: int) -> Caller | Refused:
    """Return the caller behind a credential, or why it may not act at `now`."""
    return admit(tenant, credential, session_rows.facts(tenant, credential.session), now)


def admit(tenant: Tenant, credential: Credential, facts: SessionFacts | None, now: int) -> Caller | Refused:
    """Return the caller behind a credential about which `facts` were just read, or why it may not act at `now`."""
    session = credential.session
    if facts is None:
        return Refused(Reason.CREDENTIAL_INVALID, "This session belongs to no platform.")
    if credential.origin is not None and not origins.allows(facts.platform.origins, credential.origin):
        return Refused(Reason.ORIGIN_NOT_ALLOWED, "This origin is not on the platform's list.")
    if facts.platform.abuse.blocks(credential.address):
        return BLOCKED
    reason = _ended(session, facts, now)
    if reason is not None:
        return Refused(reason, "This session is over. Boot again.")
    ends_at = min(session.expires_at, facts.key_ends_at or session.expires_at)
    return Caller(tenant, session, facts.platform, facts.user, facts.key_name, ends_at)


def _ended(session: Session, facts: SessionFacts, now: int) -> Reason | None:
    if facts.revoked or facts.anonymous_ended or facts.user_deleted:
        return Reason.SESSION_ENDED
    if session.generation != facts.session_generation:
        return Reason.SESSION_ENDED
    return sessions.ended(
        session,
        policy=facts.platform.policy,
        key_is_live=facts.key_exists and (facts.key_ends_at is None or facts.key_ends_at > now),
        record=None if facts.user is None else facts.user.record,
        last_active_at=None if facts.user is None else facts.user.last_seen_at,
        now=now,
    )


def end_session(runtime: Runtime, credential: Credential) -> Refused | None:
    """Revoke a session (logout); a second time it is refused like any ended session."""
    now = runtime.clock()
    session = credential.session

    def revoke(tenant: Tenant) -> Refused | None:
        caller = authorize(tenant, credential, now)
        if isinstance(caller, Refused):
            return caller
        session_rows.revoke(tenant, session.id, expires_at=session.expires_at, now=now)
        return None

    refused = runtime.writing(session.platform_id, revoke)
    if refused is None:
        runtime.hub.publish(record_topic(session.platform_id, session.record_id))
    return refused

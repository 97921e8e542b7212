"""Signed-in browsers: in by password and second factor, out, listed, and who stands behind one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import agent_topic
from whosthere.services import passwords
from whosthere.services.agents import Identity, by_email
from whosthere.services.digests import digest_of
from whosthere.services.journal import Actor, note_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agent_sessions, agents, links
from whosthere.storage.agent_sessions import AgentSession
from whosthere.storage.agents import Agent
from whosthere.storage.connection import Connection

IDLE_MS = 12 * 3_600_000
ABSOLUTE_MS = 14 * 86_400_000
SEEN_RESOLUTION_MS = 60_000
_USER_AGENT_LENGTH = 255

WRONG = Refused(Reason.CREDENTIAL_INVALID, "This email address and password do not fit together.")
WRONG_PASSWORD = Refused(Reason.CREDENTIAL_INVALID, "This is not your password.", "password")
_NO_SESSION = Refused(Reason.NOT_FOUND, "This browser is signed out already.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new signed-in browser: its secret token, for the cookie."""

    agent: Agent
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Halfway:
    """The password was right; the second factor is still to come. This opens nothing."""

    agent: Agent


def sign_in(
    runtime: Runtime, email: str, password: str, user_agent: str = "", *, instead_of: str | None = None
) -> SignedIn | Halfway | Refused:
    """Sign a browser in; neither the answer nor its time tells whether the account exists.

    Throttling is the edge's work.

    Args:
        instead_of: the token of an earlier sign-in in this browser, which ends.
    """
    agent = by_email(runtime, email)
    # Outside of any transaction: hashing takes long on purpose.
    fitting = passwords.fits(password, None if agent is None else agent.password_hash)
    if agent is None or not fitting or agent.disabled_at is not None:
        return WRONG
    if passwords.is_dated(agent.password_hash):
        agent = _rehashed(runtime, agent, password)
    if agent.has_second_factor:
        if instead_of is not None:
            sign_out(runtime, instead_of)
        return Halfway(agent)
    return let_in(runtime, agent, user_agent, instead_of=instead_of)


def _rehashed(runtime: Runtime, agent: Agent, password: str) -> Agent:
    """Return the agent with a hash of today's parameters, stored unless there is another password by now."""
    fresh = passwords.hashed(password)

    def store(connection: Connection) -> None:
        if _unchanged(connection, agent):
            agents.set_password_hash(connection, agent.id, fresh)

    runtime.database.transact(store)
    return replace(agent, password_hash=fresh)


def _unchanged(connection: Connection, agent: Agent) -> bool:
    """Whether the account is open, and the password that was proven still its own; both stay so meanwhile."""
    present = agents.lock(connection, agent.id)
    return present is not None and present.disabled_at is None and present.password_hash == agent.password_hash


def let_in(runtime: Runtime, agent: Agent, user_agent: str, *, instead_of: str | None = None) -> SignedIn | Refused:
    """Sign an agent in who has proven everything that was asked, unless the password changed while that was checked.

    Args:
        agent: as they were when the password was proven.
    """
    token = secrets.token_urlsafe(32)
    now = runtime.clock()
    shown = "".join(character for character in user_agent if character.isprintable())[:_USER_AGENT_LENGTH]

    def store(connection: Connection) -> SignedIn | Refused:
        if not _unchanged(connection, agent):
            return WRONG
        if instead_of is not None:
            agent_sessions.end(connection, digest_of(instead_of))
        expires_at = now + ABSOLUTE_MS
        agent_sessions.add(
            connection, runtime.new_id(), digest_of(token), agent.id, user_agent=shown, now=now, expires_at=expires_at
        )
        by = Actor(f"agent:{agent.id}")
        note_everywhere(runtime, connection, by, agent.id, "agent.signed_in", now, agent=agent.id)
        return SignedIn(agent, token)

    return runtime.database.transact(store)


def sign_out(runtime: Runtime, token: str) -> None:
    """Forget the signed-in browser, and end its streams."""

    def end(connection: Connection) -> str | None:
        session = agent_sessions.find(connection, digest_of(token))
        agent_sessions.end(connection, digest_of(token))
        return None if session is None else session.agent.id

    agent_id = runtime.database.transact(end)
    if agent_id is not None:
        runtime.hub.publish(agent_topic(agent_id))


def by_cookie(runtime: Runtime, token: str, *, active: bool = True) -> Identity | None:
    """Return who is signed in in this browser, or `None`: after 12 hours unused, or 14 days, nobody is.

    Args:
        active: whether this counts as use.
    """
    now = runtime.clock()
    with runtime.database.read() as connection:
        session = agent_sessions.find(connection, digest_of(token))
        if session is None or session.agent.disabled_at is not None or not _lives(session, now):
            return None
        memberships = agents.memberships_of(connection, session.agent.id)
    if active and now - session.last_seen_at > SEEN_RESOLUTION_MS:
        runtime.database.transact(lambda connection: agent_sessions.seen(connection, digest_of(token), now))
    return Identity(session.agent, memberships, session_id=session.id, confirmed_at=session.confirmed_at)


def _lives(session: AgentSession, now: int) -> bool:
    return now < session.expires_at and now < session.last_seen_at + IDLE_MS


def confirm(runtime: Runtime, identity: Identity, token: str, password: str) -> Refused | None:
    """Take the password again in a signed-in browser, for what needs it; throttling is the edge's work."""
    if not passwords.fits(password, identity.agent.password_hash):
        return WRONG_PASSWORD
    now = runtime.clock()
    runtime.database.transact(lambda connection: agent_sessions.confirm(connection, digest_of(token), now))
    return None


def listed(runtime: Runtime, identity: Identity) -> list[AgentSession]:
    """Return the agent's signed-in browsers, the one that was used last first."""
    now = runtime.clock()
    with runtime.database.read() as connection:
        return [each for each in agent_sessions.of_agent(connection, identity.agent.id) if _lives(each, now)]


def revoke(runtime: Runtime, identity: Identity, session_id: str) -> Refused | None:
    """Sign one of the agent's browsers out, and end its streams."""
    agent_id = identity.agent.id
    ended = runtime.database.transact(lambda connection: agent_sessions.end_one(connection, agent_id, session_id))
    if not ended:
        return _NO_SESSION
    runtime.hub.publish(agent_topic(agent_id))
    return None


def revoke_others(runtime: Runtime, identity: Identity) -> int:
    """Sign all of the agent's browsers out but this one; return how many it were."""
    agent_id, own = identity.agent.id, identity.session_id
    ended = runtime.database.transact(lambda connection: agent_sessions.end_all(connection, agent_id, but=own))
    if ended:
        runtime.hub.publish(agent_topic(agent_id))
    return ended


def change_password(runtime: Runtime, identity: Identity, present: str, new: str) -> Refused | None:
    """Replace the password; other browsers are signed out, links to a new one end, personal access tokens stay."""
    agent = identity.agent
    if not passwords.fits(present, agent.password_hash):
        return Refused(Reason.CREDENTIAL_INVALID, WRONG_PASSWORD.detail, "present")
    refused = passwords.problem(new, agent.email)
    if refused is not None:
        return refused
    fresh, now = passwords.hashed(new), runtime.clock()

    def store(connection: Connection) -> Refused | None:
        if not _unchanged(connection, agent):
            return Refused(Reason.CREDENTIAL_INVALID, WRONG_PASSWORD.detail, "present")
        agents.set_password_hash(connection, agent.id, fresh)
        links.end_of_agent(connection, agent.id, now)
        agent_sessions.end_all(connection, agent.id, but=identity.session_id)
        note_everywhere(runtime, connection, identity.actor, agent.id, "agent.password_changed", now, agent=agent.id)
        return None

    outcome = runtime.database.transact(store)
    if outcome is None:
        runtime.hub.publish(agent_topic(agent.id))
    return outcome

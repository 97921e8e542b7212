"""Agents' accounts: create, disable, sign in and out, personal access tokens, and who stands behind a credential."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace

from whosthere.core import emails
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import agent_topic
from whosthere.services import passwords
from whosthere.services.runtime import Runtime
from whosthere.storage import agents, platforms
from whosthere.storage.agents import Agent, Membership
from whosthere.storage.connection import Connection

ROLES = ("owner", "admin", "agent")
NAME_LENGTH_MAX = 255
TOKEN_PREFIX = "wpat_"  # noqa: S105 - what every token begins with, so that a leaked one is recognised
TOKEN_NAME_LENGTH_MAX = 100
EMAIL_LENGTH_MAX = 254
IDLE_MS = 12 * 3_600_000
ABSOLUTE_MS = 14 * 86_400_000
_SEEN_RESOLUTION_MS = 60_000
_USER_AGENT_LENGTH = 255

WRONG = Refused(Reason.CREDENTIAL_INVALID, "This email address and password do not fit together.")
_NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.", "platform")
_NO_AGENT = Refused(Reason.NOT_FOUND, "There is no agent with this email address.", "email")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new signed-in browser: its secret token, for the cookie."""

    agent: Agent
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """An agent who was recognised, and the platforms they serve."""

    agent: Agent
    memberships: tuple[Membership, ...]

    @property
    def platform_ids(self) -> tuple[str, ...]:
        """The ids of those platforms."""
        return tuple(membership.platform_id for membership in self.memberships)


def create_agent(
    runtime: Runtime, email: str, password: str, platform_id: str, role: str, *, name: str | None = None
) -> Agent | Refused:
    """Create an agent with a role on a platform.

    Args:
        name: what visitors and colleagues read; made from the email address by default.
    """
    shown = name or email.partition("@")[0].replace(".", " ").title()
    refused = _account_problem(email, password, role, shown)
    if refused is not None:
        return refused
    agent = Agent(runtime.new_id(), email, shown, passwords.hashed(password), runtime.clock(), None)

    def create(connection: Connection) -> Agent | Refused:
        if platforms.find(connection, platform_id) is None:
            return _NO_PLATFORM
        if agents.find_by_email(connection, email) is not None:
            return Refused(Reason.ALREADY_EXISTS, "An agent with this email address exists already.", "email")
        agents.add(connection, agent)
        agents.join(connection, agent.id, platform_id, role)
        return agent

    return runtime.database.transact(create)


def _account_problem(email: str, password: str, role: str, name: str) -> Refused | None:
    if not emails.is_valid(email):
        return Refused(Reason.INVALID_FIELD, "This is not an email address.", "email")
    if not name.isprintable() or name != name.strip() or len(name) > NAME_LENGTH_MAX:
        detail = f"A name is one line of at most {NAME_LENGTH_MAX} printable characters."
        return Refused(Reason.INVALID_FIELD, detail, "name")
    return _role_problem(role) or passwords.problem(password, email)


def _role_problem(role: str) -> Refused | None:
    known = role in ROLES
    return None if known else Refused(Reason.INVALID_FIELD, f"A role is one of {', '.join(ROLES)}.", "role")


def join_platform(runtime: Runtime, email: str, platform_id: str, role: str) -> Refused | None:
    """Let an agent who exists already serve one more platform, or give them another role there."""
    refused = _role_problem(role)
    if refused is not None:
        return refused

    def join(connection: Connection) -> Refused | None:
        if platforms.find(connection, platform_id) is None:
            return _NO_PLATFORM
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return _NO_AGENT
        agents.join(connection, agent.id, platform_id, role)
        return None

    return runtime.database.transact(join)


def sign_in(
    runtime: Runtime, email: str, password: str, user_agent: str = "", *, instead_of: str | None = None
) -> SignedIn | Refused:
    """Sign a browser in; neither the answer nor its time tells whether the account exists.

    Throttling is the edge's work.

    Args:
        instead_of: the token of an earlier sign-in in this browser, which ends.
    """
    agent = _account(runtime, email)
    # Outside of any transaction: hashing takes long on purpose.
    fitting = passwords.fits(password, None if agent is None else agent.password_hash)
    if agent is None or not fitting or agent.disabled_at is not None:
        return WRONG
    fresh = passwords.hashed(password) if passwords.is_dated(agent.password_hash) else None
    token = secrets.token_urlsafe(32)
    now = runtime.clock()
    shown = "".join(character for character in user_agent if character.isprintable())[:_USER_AGENT_LENGTH]

    def store(connection: Connection) -> None:
        if fresh is not None:
            agents.set_password_hash(connection, agent.id, fresh)
        if instead_of is not None:
            agents.end_session(connection, _digest(instead_of))
        expires_at = now + ABSOLUTE_MS
        agents.add_session(
            connection, runtime.new_id(), _digest(token), agent.id, user_agent=shown, now=now, expires_at=expires_at
        )

    runtime.database.transact(store)
    return SignedIn(agent, token)


def _account(runtime: Runtime, email: str) -> Agent | None:
    # No database is asked for what no account can be called; PostgreSQL could not even take U+0000.
    if len(email) > EMAIL_LENGTH_MAX or not email.isprintable():
        return None
    with runtime.database.read() as connection:
        return agents.find_by_email(connection, email)


def sign_out(runtime: Runtime, token: str) -> None:
    """Forget the signed-in browser, and end its streams."""

    def end(connection: Connection) -> str | None:
        session = agents.find_session(connection, _digest(token))
        agents.end_session(connection, _digest(token))
        return None if session is None else session.agent.id

    agent_id = runtime.database.transact(end)
    if agent_id is not None:
        runtime.hub.publish(agent_topic(agent_id))


def disable(runtime: Runtime, email: str) -> Agent | Refused:
    """Close an agent's account: its browsers are signed out, its tokens open nothing, its streams end."""
    now = runtime.clock()

    def close(connection: Connection) -> Agent | Refused:
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return _NO_AGENT
        agents.disable(connection, agent.id, now)
        agents.end_sessions_of(connection, agent.id)
        return replace(agent, disabled_at=agent.disabled_at or now)

    outcome = runtime.database.transact(close)
    if isinstance(outcome, Agent):
        runtime.hub.publish(agent_topic(outcome.id))
    return outcome


def by_cookie(runtime: Runtime, token: str, *, active: bool = True) -> Identity | None:
    """Return who is signed in in this browser, or `None`: after 12 hours unused, or 14 days, nobody is.

    Args:
        active: whether this counts as use.
    """
    now = runtime.clock()
    with runtime.database.read() as connection:
        session = agents.find_session(connection, _digest(token))
        if session is None or session.agent.disabled_at is not None:
            return None
        if now >= session.expires_at or now >= session.last_seen_at + IDLE_MS:
            return None
        identity = Identity(session.agent, agents.memberships_of(connection, session.agent.id))
    if active and now - session.last_seen_at > _SEEN_RESOLUTION_MS:
        runtime.database.transact(lambda connection: agents.session_seen(connection, _digest(token), now))
    return identity


def create_token(runtime: Runtime, email: str, *, name: str = "token", expires_at: int | None = None) -> str | Refused:
    """Create a personal access token and return it; it is stored as a digest only and cannot be shown again.

    Args:
        expires_at: epoch milliseconds; `None` for a token that lives until it is revoked.
    """
    if not 1 <= len(name) <= TOKEN_NAME_LENGTH_MAX or not name.isprintable():
        return Refused(Reason.INVALID_FIELD, f"A name has 1 to {TOKEN_NAME_LENGTH_MAX} printable characters.", "name")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = runtime.clock()

    def store(connection: Connection) -> str | Refused:
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return _NO_AGENT
        agents.add_token(
            connection, runtime.new_id(), agent.id, _digest(token), name=name, now=now, expires_at=expires_at
        )
        return token

    return runtime.database.transact(store)


def by_token(runtime: Runtime, token: str) -> Identity | None:
    """Return who a personal access token stands for; `None` when it is unknown, revoked or over."""
    if not token.startswith(TOKEN_PREFIX):
        return None
    now = runtime.clock()
    with runtime.database.read() as connection:
        found = agents.find_token(connection, _digest(token))
        if found is None or found.agent.disabled_at is not None:
            return None
        if found.expires_at is not None and found.expires_at <= now:
            return None
        identity = Identity(found.agent, agents.memberships_of(connection, found.agent.id))
    if found.last_used_at is None or now - found.last_used_at > _SEEN_RESOLUTION_MS:
        runtime.database.transact(lambda connection: agents.token_used(connection, found.id, now))
    return identity


def revoke_token(runtime: Runtime, token: str) -> bool:
    """End a personal access token and its streams; `False` when there was none to end."""

    def end(connection: Connection) -> str | None:
        found = agents.find_token(connection, _digest(token))
        if found is None:
            return None
        agents.revoke_token(connection, found.id, runtime.clock())
        return found.agent.id

    agent_id = runtime.database.transact(end)
    if agent_id is not None:
        runtime.hub.publish(agent_topic(agent_id))
    return agent_id is not None


def _digest(token: str) -> bytes:
    """Return what is stored of a random token: it has nothing to guess, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()

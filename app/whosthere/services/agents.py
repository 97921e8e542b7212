"""Agents' accounts: create, sign in and out, personal access tokens, and who stands behind a credential."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from whosthere.core import emails
from whosthere.core.reasons import Reason, Refused
from whosthere.services import passwords
from whosthere.services.runtime import Runtime
from whosthere.storage import agents, platforms
from whosthere.storage.agents import Agent, Membership
from whosthere.storage.connection import Connection

ROLES = ("owner", "admin", "agent")
IDLE_MS = 12 * 3_600_000
ABSOLUTE_MS = 14 * 86_400_000
TOKEN_PREFIX = "wpat_"  # noqa: S105 - what every token begins with, so that a leaked one is recognised
_SEEN_RESOLUTION_MS = 60_000
_USER_AGENT_LENGTH = 255

WRONG = Refused(Reason.CREDENTIAL_INVALID, "This email address and password do not fit together.")


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
    refused = _account_problem(email, password, role)
    if refused is not None:
        return refused
    shown = name or email.partition("@")[0].replace(".", " ").title()
    agent = Agent(runtime.new_id(), email, shown[:255], passwords.hashed(password), runtime.clock(), None)

    def create(connection: Connection) -> Agent | Refused:
        if platforms.find(connection, platform_id) is None:
            return Refused(Reason.NOT_FOUND, "There is no such platform.", "platform")
        if agents.find_by_email(connection, email) is not None:
            return Refused(Reason.ALREADY_EXISTS, "An agent with this email address exists already.", "email")
        agents.add(connection, agent)
        agents.join(connection, agent.id, platform_id, role)
        return agent

    return runtime.database.transact(create)


def _account_problem(email: str, password: str, role: str) -> Refused | None:
    if not emails.is_valid(email):
        return Refused(Reason.INVALID_FIELD, "This is not an email address.", "email")
    if role not in ROLES:
        return Refused(Reason.INVALID_FIELD, f"A role is one of {', '.join(ROLES)}.", "role")
    return passwords.problem(password, email)


def sign_in(runtime: Runtime, email: str, password: str, user_agent: str = "") -> SignedIn | Refused:
    """Sign a browser in; the answer does not tell whether the account exists. Throttling is the edge's work."""
    with runtime.database.read() as connection:
        agent = agents.find_by_email(connection, email[:320])
    # Outside of any transaction: hashing takes long on purpose.
    fitting = passwords.fits(password[: passwords.LENGTH_MAX + 1], None if agent is None else agent.password_hash)
    if agent is None or not fitting or agent.disabled_at is not None:
        return WRONG
    fresh = passwords.hashed(password) if passwords.is_dated(agent.password_hash) else None
    token = secrets.token_urlsafe(32)
    now = runtime.clock()

    def store(connection: Connection) -> None:
        if fresh is not None:
            agents.set_password_hash(connection, agent.id, fresh)
        agents.add_session(
            connection,
            _digest(token),
            agent.id,
            user_agent=user_agent[:_USER_AGENT_LENGTH],
            now=now,
            expires_at=now + ABSOLUTE_MS,
        )

    runtime.database.transact(store)
    return SignedIn(agent, token)


def sign_out(runtime: Runtime, token: str) -> None:
    """Forget the signed-in browser."""
    runtime.database.transact(lambda connection: agents.end_session(connection, _digest(token)))


def by_cookie(runtime: Runtime, token: str) -> Identity | None:
    """Return who is signed in in this browser, or `None`: after 12 hours unused, or 14 days, nobody is."""
    now = runtime.clock()
    with runtime.database.read() as connection:
        session = agents.find_session(connection, _digest(token))
        if session is None or session.agent.disabled_at is not None:
            return None
        if now >= session.expires_at or now >= session.last_seen_at + IDLE_MS:
            return None
        identity = Identity(session.agent, agents.memberships_of(connection, session.agent.id))
    if now - session.last_seen_at > _SEEN_RESOLUTION_MS:
        runtime.database.transact(lambda connection: agents.session_seen(connection, _digest(token), now))
    return identity


def create_token(runtime: Runtime, email: str, *, name: str = "token", expires_at: int | None = None) -> str | Refused:
    """Create a personal access token and return it; it is stored as a digest only and cannot be shown again."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = runtime.clock()

    def create(connection: Connection) -> str | Refused:
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return Refused(Reason.NOT_FOUND, "There is no agent with this email address.", "email")
        agents.add_token(
            connection, runtime.new_id(), agent.id, _digest(token), name=name, now=now, expires_at=expires_at
        )
        return token

    return runtime.database.transact(create)


def by_token(runtime: Runtime, token: str) -> Identity | None:
    """Return who a personal access token stands for, or `None`."""
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


def _digest(token: str) -> bytes:
    """Return what is stored of a random token: it has nothing to guess, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()

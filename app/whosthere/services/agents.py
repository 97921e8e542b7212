"""Agents' accounts: create, join, profile, disable; and an agent who was recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from whosthere.core import emails, preferences
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right, Role, Scope, may
from whosthere.realtime.hub import agent_topic
from whosthere.services import passwords
from whosthere.services.journal import Actor, note, note_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agent_sessions, agents, platforms
from whosthere.storage.agents import Agent, Membership
from whosthere.storage.connection import Connection
from whosthere.storage.tenancy import Tenant

NAME_LENGTH_MAX = 255
EMAIL_LENGTH_MAX = 254
CONFIRMED_MS = 10 * 60_000
"""How long a password that was given counts for what needs it."""

NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.", "platform")
NO_AGENT = Refused(Reason.NOT_FOUND, "There is no agent with this email address.", "email")
_BAD_NAME = Refused(Reason.INVALID_FIELD, f"A name is one line of 1 to {NAME_LENGTH_MAX} printable characters.", "name")


@dataclass(frozen=True, slots=True)
class Identity:
    """An agent who was recognised, and the platforms they serve.

    Attributes:
        scopes: what the credential is good for; a signed-in browser is good for everything.
        session_id: the signed-in browser; `None` behind a personal access token.
        confirmed_at: when the password was last given in that browser.
    """

    agent: Agent
    memberships: tuple[Membership, ...]
    scopes: frozenset[Scope] = field(default=frozenset(Scope))
    session_id: str | None = None
    confirmed_at: int | None = None

    @property
    def platform_ids(self) -> tuple[str, ...]:
        """The ids of those platforms."""
        return tuple(membership.platform_id for membership in self.memberships)

    @property
    def actor(self) -> Actor:
        """The agent, as an audit log names them."""
        return Actor(f"agent:{self.agent.id}")

    def role_on(self, platform_id: str) -> Role | None:
        """Return the agent's role on a platform, `None` where they have none."""
        roles = (own.role for own in self.memberships if own.platform_id == platform_id)
        return next((Role(role) for role in roles if role in set(Role)), None)

    def may(self, platform_id: str, right: Right) -> bool:
        """Whether the agent has a right on a platform."""
        role = self.role_on(platform_id)
        return role is not None and may(role, right)

    def confirmed(self, now: int) -> bool:
        """Whether the password was given a short while ago, as what could lock its owner out requires."""
        return self.confirmed_at is not None and 0 <= now - self.confirmed_at < CONFIRMED_MS


def create_agent(
    runtime: Runtime,
    email: str,
    password: str,
    platform_id: str,
    role: str,
    *,
    name: str | None = None,
    actor: Actor | None = None,
) -> Agent | Refused:
    """Create an agent with a role on a platform.

    Args:
        name: what visitors and colleagues read; made from the email address by default.
    """
    made = new_agent(runtime, email, password, name)
    refused = role_problem(role) or (made if isinstance(made, Refused) else None)
    if refused is not None or isinstance(made, Refused):
        return refused or made

    def create(connection: Connection) -> Agent | Refused:
        if platforms.find(connection, platform_id) is None:
            return NO_PLATFORM
        if agents.find_by_email(connection, email) is not None:
            return Refused(Reason.ALREADY_EXISTS, "An agent with this email address exists already.", "email")
        agents.add(connection, made)
        agents.join(connection, made.id, platform_id, role)
        _note_joined(runtime, connection, actor, made.id, platform_id, role)
        return made

    return runtime.database.transact(create)


def new_agent(runtime: Runtime, email: str, password: str, name: str | None) -> Agent | Refused:
    """Return an agent who is not stored yet, or why there cannot be one; hashes, so keep it out of transactions."""
    shown = email.partition("@")[0].replace(".", " ").title() if name is None else name
    if not emails.is_valid(email):
        return Refused(Reason.INVALID_FIELD, "This is not an email address.", "email")
    refused = name_problem(shown) or passwords.problem(password, email)
    if refused is not None:
        return refused
    return Agent(runtime.new_id(), email, shown, passwords.hashed(password), runtime.clock(), None)


def name_problem(name: str) -> Refused | None:
    """Return why nobody can be called that, or `None`."""
    return None if name and name.isprintable() and name == name.strip() and len(name) <= NAME_LENGTH_MAX else _BAD_NAME


def role_problem(role: str) -> Refused | None:
    """Return why this is no role, or `None`."""
    known = role in set(Role)
    return None if known else Refused(Reason.INVALID_FIELD, f"A role is one of {', '.join(Role)}.", "role")


def _note_joined(
    runtime: Runtime, connection: Connection, actor: Actor | None, agent_id: str, platform_id: str, role: str
) -> None:
    if actor is not None:
        tenant = Tenant(connection, platform_id)
        note(runtime, tenant, actor, "agent.joined", runtime.clock(), agent=agent_id, role=role)


def join_platform(
    runtime: Runtime, email: str, platform_id: str, role: str, *, actor: Actor | None = None
) -> Refused | None:
    """Let an agent who exists already serve one more platform, or give them another role there."""
    refused = role_problem(role)
    if refused is not None:
        return refused

    def join(connection: Connection) -> Refused | None:
        if platforms.find(connection, platform_id) is None:
            return NO_PLATFORM
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return NO_AGENT
        agents.join(connection, agent.id, platform_id, role)
        _note_joined(runtime, connection, actor, agent.id, platform_id, role)
        return None

    return runtime.database.transact(join)


def disable(runtime: Runtime, email: str, *, actor: Actor | None = None) -> Agent | Refused:
    """Close an agent's account: its browsers are signed out, its tokens open nothing, its streams end."""
    now = runtime.clock()

    def close(connection: Connection) -> Agent | Refused:
        agent = agents.find_by_email(connection, email)
        if agent is None:
            return NO_AGENT
        agents.disable(connection, agent.id, now)
        agent_sessions.end_all(connection, agent.id)
        if actor is not None:
            note_everywhere(runtime, connection, actor, agent.id, "agent.disabled", now, agent=agent.id)
        return replace(agent, disabled_at=agent.disabled_at or now)

    outcome = runtime.database.transact(close)
    if isinstance(outcome, Agent):
        runtime.hub.publish(agent_topic(outcome.id))
    return outcome


def by_email(runtime: Runtime, email: str) -> Agent | None:
    """Return the agent with an address, as somebody typed it."""
    # No database is asked for what no account can be called; PostgreSQL could not even take U+0000.
    if len(email) > EMAIL_LENGTH_MAX or not email.isprintable():
        return None
    with runtime.database.read() as connection:
        return agents.find_by_email(connection, email)


def change_profile(
    runtime: Runtime,
    identity: Identity,
    *,
    name: str | None = None,
    available: bool | None = None,
    chosen: Mapping[str, bool] | None = None,
) -> Agent | Refused:
    """Change what agents say and choose for themselves; what is `None` or not named stays.

    Args:
        chosen: some of the preferences of `core.preferences`.
    """
    refused = None if name is None else name_problem(name)
    if refused is not None:
        return refused

    def change(connection: Connection) -> Agent | Refused:
        agent = agents.lock(connection, identity.agent.id)
        if agent is None:
            return NO_AGENT
        changed = replace(
            agent,
            name=agent.name if name is None else name,
            available=agent.available if available is None else available,
            preferences=preferences.complete({**agent.preferences, **(chosen or {})}),
        )
        agents.set_profile(
            connection,
            agent.id,
            name=changed.name,
            available=changed.available,
            preferences=changed.preferences,
        )
        return changed

    outcome = runtime.database.transact(change)
    if isinstance(outcome, Agent):
        runtime.hub.publish(agent_topic(outcome.id))
    return outcome

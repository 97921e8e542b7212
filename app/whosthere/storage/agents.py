"""Agents, their memberships, their signed-in browsers and their personal access tokens. Global, and small."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import bindparam, delete, insert, select, update

from whosthere.core.emails import lookup_key
from whosthere.storage.connection import Connection, Row
from whosthere.storage.tables import agent_sessions, agents, memberships, personal_tokens, platforms


@dataclass(frozen=True, slots=True)
class Agent:
    """A person of a support team."""

    id: str
    email: str
    name: str
    password_hash: str = field(repr=False)
    created_at: int
    disabled_at: int | None


@dataclass(frozen=True, slots=True)
class Membership:
    """An agent's role on a platform, with the platform's name."""

    platform_id: str
    platform_name: str
    role: str


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A signed-in browser; instants in epoch milliseconds."""

    agent: Agent
    created_at: int
    last_seen_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A personal access token without its secret."""

    id: str
    agent: Agent
    last_used_at: int | None
    expires_at: int | None


_columns = [agents.c[name] for name in Agent.__dataclass_fields__]
_BY_EMAIL = select(*_columns).where(agents.c.email_key == bindparam("key"))
_BY_ID = select(*_columns).where(agents.c.id == bindparam("id"))
_MEMBERSHIPS = (
    select(memberships.c.platform_id, platforms.c.name.label("platform_name"), memberships.c.role)
    .join_from(memberships, platforms, platforms.c.id == memberships.c.platform_id)
    .where(memberships.c.agent_id == bindparam("agent"))
    .order_by(platforms.c.created_at, platforms.c.id)
)
_SESSION = (
    select(
        *_columns, *[agent_sessions.c[name].label(f"s_{name}") for name in ("created_at", "last_seen_at", "expires_at")]
    )
    .join_from(agent_sessions, agents, agents.c.id == agent_sessions.c.agent_id)
    .where(agent_sessions.c.digest == bindparam("token"))
)
_SESSION_SEEN = (
    update(agent_sessions).where(agent_sessions.c.digest == bindparam("token")).values(last_seen_at=bindparam("now"))
)
_TOKEN = (
    select(
        *_columns,
        personal_tokens.c.id.label("token_id"),
        personal_tokens.c.last_used_at.label("token_used_at"),
        personal_tokens.c.expires_at.label("token_expires_at"),
    )
    .join_from(personal_tokens, agents, agents.c.id == personal_tokens.c.agent_id)
    .where(personal_tokens.c.digest == bindparam("token"), personal_tokens.c.revoked_at.is_(None))
)
_TOKEN_USED = (
    update(personal_tokens).where(personal_tokens.c.id == bindparam("b_id")).values(last_used_at=bindparam("now"))
)

_REVOKE_TOKEN = (
    update(personal_tokens).where(personal_tokens.c.id == bindparam("b_id")).values(revoked_at=bindparam("now"))
)

_ADD = insert(agents)
_DISABLE = (
    update(agents)
    .where(agents.c.id == bindparam("b_id"), agents.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"))
)
_SET_PASSWORD = update(agents).where(agents.c.id == bindparam("b_id")).values(password_hash=bindparam("b_hash"))
_JOIN = insert(memberships)
_SET_ROLE = (
    update(memberships)
    .where(memberships.c.agent_id == bindparam("b_agent"), memberships.c.platform_id == bindparam("b_platform"))
    .values(role=bindparam("b_role"))
)
_ADD_SESSION = insert(agent_sessions)
_END_SESSION = delete(agent_sessions).where(agent_sessions.c.digest == bindparam("token"))
_END_SESSIONS = delete(agent_sessions).where(agent_sessions.c.agent_id == bindparam("of_agent"))
_ADD_TOKEN = insert(personal_tokens)


def add(connection: Connection, agent: Agent) -> None:
    """Store a new agent.

    Raises:
        Conflict: the email address is taken.
    """
    row = {name: getattr(agent, name) for name in Agent.__dataclass_fields__}
    connection.execute(_ADD, {**row, "email_key": lookup_key(agent.email)})


def find_by_email(connection: Connection, email: str) -> Agent | None:
    """Return the agent with this address, whatever the case of its ASCII letters."""
    if "\0" in email:  # no address holds one, and PostgreSQL refuses to compare with it
        return None
    return _agent(connection.execute(_BY_EMAIL, {"key": lookup_key(email)}).one_or_none())


def find(connection: Connection, agent_id: str) -> Agent | None:
    """Return one agent, or `None`."""
    return _agent(connection.execute(_BY_ID, {"id": agent_id}).one_or_none())


def set_password_hash(connection: Connection, agent_id: str, password_hash: str) -> None:
    """Replace the hash, after the parameters or the password changed."""
    connection.execute(_SET_PASSWORD, {"b_id": agent_id, "b_hash": password_hash})


def disable(connection: Connection, agent_id: str, now: int) -> None:
    """Close an account that is open."""
    connection.execute(_DISABLE, {"b_id": agent_id, "now": now})


def join(connection: Connection, agent_id: str, platform_id: str, role: str) -> None:
    """Give the agent a role on a platform, or another one."""
    values = {"b_agent": agent_id, "b_platform": platform_id, "b_role": role}
    if connection.execute(_SET_ROLE, values).rowcount == 0:
        connection.execute(_JOIN, {"agent_id": agent_id, "platform_id": platform_id, "role": role})


def memberships_of(connection: Connection, agent_id: str) -> tuple[Membership, ...]:
    """Return the platforms an agent serves, oldest first."""
    rows = connection.execute(_MEMBERSHIPS, {"agent": agent_id})
    return tuple(Membership(row.platform_id, row.platform_name, row.role) for row in rows)


def add_session(
    connection: Connection, session_id: str, digest: bytes, agent_id: str, *, user_agent: str, now: int, expires_at: int
) -> None:
    """Store a signed-in browser by the digest of its token."""
    row = {"id": session_id, "digest": digest, "agent_id": agent_id, "user_agent": user_agent}
    connection.execute(_ADD_SESSION, {**row, "created_at": now, "last_seen_at": now, "expires_at": expires_at})


def find_session(connection: Connection, digest: bytes) -> AgentSession | None:
    """Return the signed-in browser behind a token's digest, or `None`."""
    row = connection.execute(_SESSION, {"token": digest}).one_or_none()
    if row is None:
        return None
    return AgentSession(_from_row(row), row.s_created_at, row.s_last_seen_at, row.s_expires_at)


def session_seen(connection: Connection, digest: bytes, now: int) -> None:
    """Note that the browser was just used."""
    connection.execute(_SESSION_SEEN, {"token": digest, "now": now})


def end_session(connection: Connection, digest: bytes) -> None:
    """Sign the browser out."""
    connection.execute(_END_SESSION, {"token": digest})


def end_sessions_of(connection: Connection, agent_id: str) -> None:
    """Sign all browsers of an agent out."""
    connection.execute(_END_SESSIONS, {"of_agent": agent_id})


def add_token(
    connection: Connection, token_id: str, agent_id: str, digest: bytes, *, name: str, now: int, expires_at: int | None
) -> None:
    """Store a personal access token by its digest."""
    row = {"id": token_id, "agent_id": agent_id, "digest": digest, "name": name}
    connection.execute(_ADD_TOKEN, {**row, "created_at": now, "expires_at": expires_at})


def find_token(connection: Connection, digest: bytes) -> PersonalToken | None:
    """Return the token that is not revoked behind a digest, or `None`."""
    row = connection.execute(_TOKEN, {"token": digest}).one_or_none()
    if row is None:
        return None
    return PersonalToken(row.token_id, _from_row(row), row.token_used_at, row.token_expires_at)


def token_used(connection: Connection, token_id: str, now: int) -> None:
    """Note that the token was just used."""
    connection.execute(_TOKEN_USED, {"b_id": token_id, "now": now})


def revoke_token(connection: Connection, token_id: str, now: int) -> None:
    """Let the token open nothing any more."""
    connection.execute(_REVOKE_TOKEN, {"b_id": token_id, "now": now})


def _agent(row: Row | None) -> Agent | None:
    return None if row is None else _from_row(row)


def _from_row(row: Row) -> Agent:
    column = row._mapping
    return Agent(**{name: column[name] for name in Agent.__dataclass_fields__})

"""Signed-in browsers of agents, found by the digest of their cookie's secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from whosthere.storage.agents import COLUMNS, Agent, from_row
from whosthere.storage.connection import Connection
from whosthere.storage.tables import agent_sessions, agents


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A signed-in browser; instants in epoch milliseconds.

    Attributes:
        confirmed_at: when the password was last given in it.
    """

    id: str
    agent: Agent
    user_agent: str
    created_at: int
    last_seen_at: int
    expires_at: int
    confirmed_at: int | None


_OWN = ("id", "user_agent", "created_at", "last_seen_at", "expires_at", "confirmed_at")
_SESSIONS = select(*COLUMNS, *[agent_sessions.c[name].label(f"s_{name}") for name in _OWN]).join_from(
    agent_sessions, agents, agents.c.id == agent_sessions.c.agent_id
)
_ONE = _SESSIONS.where(agent_sessions.c.digest == bindparam("token"))
_OF_AGENT = _SESSIONS.where(agent_sessions.c.agent_id == bindparam("of_agent")).order_by(
    agent_sessions.c.last_seen_at.desc(), agent_sessions.c.id.desc()
)
_SEEN = (
    update(agent_sessions).where(agent_sessions.c.digest == bindparam("token")).values(last_seen_at=bindparam("now"))
)
_CONFIRM = (
    update(agent_sessions).where(agent_sessions.c.digest == bindparam("token")).values(confirmed_at=bindparam("now"))
)
_ADD = insert(agent_sessions)
_END = delete(agent_sessions).where(agent_sessions.c.digest == bindparam("token"))
_END_BY_ID = delete(agent_sessions).where(
    agent_sessions.c.agent_id == bindparam("of_agent"), agent_sessions.c.id == bindparam("session")
)
_END_ALL = delete(agent_sessions).where(agent_sessions.c.agent_id == bindparam("of_agent"))
_END_OTHERS = delete(agent_sessions).where(
    agent_sessions.c.agent_id == bindparam("of_agent"), agent_sessions.c.id != bindparam("session")
)


def add(
    connection: Connection, session_id: str, digest: bytes, agent_id: str, *, user_agent: str, now: int, expires_at: int
) -> None:
    """Store a signed-in browser by the digest of its secret; the password was given this moment."""
    row = {"id": session_id, "digest": digest, "agent_id": agent_id, "user_agent": user_agent}
    instants = {"created_at": now, "last_seen_at": now, "expires_at": expires_at, "confirmed_at": now}
    connection.execute(_ADD, {**row, **instants})


def find(connection: Connection, digest: bytes) -> AgentSession | None:
    """Return the signed-in browser behind a digest, or `None`."""
    row = connection.execute(_ONE, {"token": digest}).one_or_none()
    return None if row is None else _session(row)


def of_agent(connection: Connection, agent_id: str) -> list[AgentSession]:
    """Return the browsers of an agent, the one that was used last first."""
    return [_session(row) for row in connection.execute(_OF_AGENT, {"of_agent": agent_id})]


def seen(connection: Connection, digest: bytes, now: int) -> None:
    """Note that the browser was just used."""
    connection.execute(_SEEN, {"token": digest, "now": now})


def confirm(connection: Connection, digest: bytes, now: int) -> None:
    """Note that the password was just given again in this browser."""
    connection.execute(_CONFIRM, {"token": digest, "now": now})


def end(connection: Connection, digest: bytes) -> None:
    """Sign the browser out."""
    connection.execute(_END, {"token": digest})


def end_one(connection: Connection, agent_id: str, session_id: str) -> bool:
    """Sign one of an agent's browsers out; `False` when there is none with this id."""
    return connection.execute(_END_BY_ID, {"of_agent": agent_id, "session": session_id}).rowcount > 0


def end_all(connection: Connection, agent_id: str, *, but: str | None = None) -> int:
    """Sign all browsers of an agent out, but for the one with this id; return how many it were."""
    if but is None:
        return connection.execute(_END_ALL, {"of_agent": agent_id}).rowcount
    return connection.execute(_END_OTHERS, {"of_agent": agent_id, "session": but}).rowcount


def _session(row: Any) -> AgentSession:
    return AgentSession(agent=from_row(row), **{name: getattr(row, f"s_{name}") for name in _OWN})

"""Personal access tokens of agents, found by the digest of their secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from whosthere.storage.agents import COLUMNS, Agent, from_row
from whosthere.storage.connection import Connection
from whosthere.storage.tables import agents, personal_tokens


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A personal access token without its secret; instants in epoch milliseconds."""

    id: str
    agent: Agent
    name: str
    scopes: tuple[str, ...]
    created_at: int
    last_used_at: int | None
    expires_at: int | None


_OWN = ("id", "name", "scopes", "created_at", "last_used_at", "expires_at")
_TOKENS = (
    select(*COLUMNS, *[personal_tokens.c[name].label(f"t_{name}") for name in _OWN])
    .join_from(personal_tokens, agents, agents.c.id == personal_tokens.c.agent_id)
    .where(personal_tokens.c.revoked_at.is_(None))
)
_ONE = _TOKENS.where(personal_tokens.c.digest == bindparam("token"))
_OF_AGENT = _TOKENS.where(personal_tokens.c.agent_id == bindparam("of_agent")).order_by(
    personal_tokens.c.created_at.desc(), personal_tokens.c.id.desc()
)
_NUMBER = (
    select(func.count())
    .select_from(personal_tokens)
    .where(personal_tokens.c.agent_id == bindparam("of_agent"), personal_tokens.c.revoked_at.is_(None))
)
_USED = update(personal_tokens).where(personal_tokens.c.id == bindparam("b_id")).values(last_used_at=bindparam("now"))
_REVOKE = (
    update(personal_tokens)
    .where(
        personal_tokens.c.id == bindparam("b_id"),
        personal_tokens.c.agent_id == bindparam("b_agent"),
        personal_tokens.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"))
)
_REVOKE_ALL = (
    update(personal_tokens)
    .where(personal_tokens.c.agent_id == bindparam("b_agent"), personal_tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_ADD = insert(personal_tokens)


def add(connection: Connection, token: PersonalToken, digest: bytes) -> None:
    """Store a personal access token by the digest of its secret."""
    row = {name: getattr(token, name) for name in _OWN}
    values = {**row, "scopes": list(token.scopes), "agent_id": token.agent.id, "digest": digest}
    connection.execute(_ADD, values)


def find(connection: Connection, digest: bytes) -> PersonalToken | None:
    """Return the token behind a digest, unless it is revoked."""
    row = connection.execute(_ONE, {"token": digest}).one_or_none()
    return None if row is None else _token(row)


def of_agent(connection: Connection, agent_id: str) -> list[PersonalToken]:
    """Return the tokens of an agent that are not revoked, newest first."""
    return [_token(row) for row in connection.execute(_OF_AGENT, {"of_agent": agent_id})]


def number_of(connection: Connection, agent_id: str) -> int:
    """Return how many of them there are."""
    return int(connection.execute(_NUMBER, {"of_agent": agent_id}).scalar_one())


def used(connection: Connection, token_id: str, now: int) -> None:
    """Note that the token was just used."""
    connection.execute(_USED, {"b_id": token_id, "now": now})


def revoke(connection: Connection, agent_id: str, token_id: str, now: int) -> bool:
    """Let one of an agent's tokens open nothing any more; `False` when there is none to revoke."""
    return connection.execute(_REVOKE, {"b_id": token_id, "b_agent": agent_id, "now": now}).rowcount > 0


def revoke_all(connection: Connection, agent_id: str, now: int) -> None:
    """Let none of an agent's tokens open anything any more."""
    connection.execute(_REVOKE_ALL, {"b_agent": agent_id, "now": now})


def _token(row: Any) -> PersonalToken:
    own = {name: getattr(row, f"t_{name}") for name in _OWN}
    return PersonalToken(agent=from_row(row), **{**own, "scopes": tuple(own["scopes"])})

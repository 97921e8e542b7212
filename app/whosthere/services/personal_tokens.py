"""Personal access tokens: create, list, revoke, and who stands behind one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Scope
from whosthere.realtime.hub import agent_topic
from whosthere.services.agents import NO_AGENT, Identity
from whosthere.services.digests import digest_of
from whosthere.services.journal import Actor, note_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agents, personal_tokens
from whosthere.storage.agents import Agent
from whosthere.storage.connection import Connection
from whosthere.storage.personal_tokens import PersonalToken

PREFIX = "wpat_"
"""What every token begins with, so that a leaked one is recognised."""
NAME_LENGTH_MAX = 100
PER_AGENT_MAX = 50
DAYS_DEFAULT = 90
DAYS_MAX = 366
DAY_MS = 86_400_000
_SEEN_RESOLUTION_MS = 60_000
_BAD_NAME = Refused(Reason.INVALID_FIELD, f"A name is one line of 1 to {NAME_LENGTH_MAX} printable characters.", "name")
_BAD_SCOPES = Refused(Reason.INVALID_FIELD, "Scopes are read, write, or both.", "scopes")
_NO_TOKEN = Refused(Reason.NOT_FOUND, "There is no such token.")
_CHANGED = Refused(
    Reason.CHANGED_MEANWHILE, "Your tokens were changed meanwhile, or this form was sent twice. Look at them below."
)
_TOO_MANY = Refused(Reason.TOO_MANY_KEYS, f"An agent has at most {PER_AGENT_MAX} tokens. Revoke one first.")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made. Its secret is stored as a digest only, and cannot be shown again."""

    token: PersonalToken
    secret: str = field(repr=False)


def create(
    runtime: Runtime,
    email: str,
    *,
    name: str = "token",
    scopes: Sequence[str] = tuple(Scope),
    expires_at: int | None = None,
    actor: Actor | None = None,
    seen: str | None = None,
) -> NewToken | Refused:
    """Make a token for the agent with an address.

    Args:
        expires_at: epoch milliseconds; `None` for a token that lives until it is revoked.
        seen: the `state` of the agent's tokens when it was asked for: a form that is sent twice makes one token.
    """
    refused = _problem(name, scopes)
    if refused is not None:
        return refused
    secret = PREFIX + secrets.token_urlsafe(32)
    now = runtime.clock()

    def store(connection: Connection) -> NewToken | Refused:
        found = agents.find_by_email(connection, email)
        agent = None if found is None else agents.lock(connection, found.id)
        if agent is None:
            return NO_AGENT
        if seen is not None and seen != state(personal_tokens.of_agent(connection, agent.id)):
            return _CHANGED
        if personal_tokens.number_of(connection, agent.id) >= PER_AGENT_MAX:
            return _TOO_MANY
        wanted = tuple(scope.value for scope in Scope if scope in scopes)
        token = PersonalToken(runtime.new_id(), agent, name, wanted, now, None, expires_at)
        personal_tokens.add(connection, token, digest_of(secret))
        _note(runtime, connection, actor, agent, "agent.token_created", now, name=name, scopes=list(wanted))
        return NewToken(token, secret)

    return runtime.database.transact(store)


def _problem(name: str, scopes: Sequence[str]) -> Refused | None:
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable() or not name.strip():
        return _BAD_NAME
    return None if scopes and set(scopes) <= set(Scope) else _BAD_SCOPES


def _note(
    runtime: Runtime, connection: Connection, actor: Actor | None, agent: Agent, action: str, now: int, **more: object
) -> None:
    by = actor or Actor(f"agent:{agent.id}")
    note_everywhere(runtime, connection, by, agent.id, action, now, agent=agent.id, **more)


def by_token(runtime: Runtime, secret: str) -> Identity | None:
    """Return who a personal access token stands for; `None` when it is unknown, revoked or over."""
    if not secret.startswith(PREFIX):
        return None
    now = runtime.clock()
    with runtime.database.read() as connection:
        found = personal_tokens.find(connection, digest_of(secret))
        if found is None or found.agent.disabled_at is not None:
            return None
        if found.expires_at is not None and found.expires_at <= now:
            return None
        memberships = agents.memberships_of(connection, found.agent.id)
    if found.last_used_at is None or now - found.last_used_at > _SEEN_RESOLUTION_MS:
        runtime.database.transact(lambda connection: personal_tokens.used(connection, found.id, now))
    scopes = frozenset(Scope(scope) for scope in found.scopes if scope in set(Scope))
    return Identity(found.agent, memberships, scopes)


def listed(runtime: Runtime, agent: Agent) -> list[PersonalToken]:
    """Return an agent's tokens that are not revoked, newest first; expired ones too, as long as they are kept."""
    with runtime.database.read() as connection:
        return personal_tokens.of_agent(connection, agent.id)


def state(tokens: Sequence[PersonalToken]) -> str:
    """Return what a page remembers of the tokens it shows."""
    return " ".join(token.id for token in tokens)


def revoke(runtime: Runtime, agent: Agent, token_id: str, *, actor: Actor | None = None) -> Refused | None:
    """End one of an agent's tokens and its streams."""
    now = runtime.clock()

    def end(connection: Connection) -> Refused | None:
        if not personal_tokens.revoke(connection, agent.id, token_id, now):
            return _NO_TOKEN
        _note(runtime, connection, actor, agent, "agent.token_revoked", now, token=token_id)
        return None

    refused = runtime.database.transact(end)
    if refused is None:
        runtime.hub.publish(agent_topic(agent.id))
    return refused


def revoke_secret(runtime: Runtime, secret: str) -> bool:
    """End the token behind a secret and its streams; `False` when there was none to end."""
    with runtime.database.read() as connection:
        found = personal_tokens.find(connection, digest_of(secret))
    return found is not None and revoke(runtime, found.agent, found.id) is None

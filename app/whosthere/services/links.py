"""Links that let somebody in once: what they open, and how they are used up (docs/agents.md, "Invitations").

A link's secret stands behind the `#` of its address, which browsers send to nobody, so no log ever holds one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from whosthere.core.emails import lookup_key
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Role, reaches
from whosthere.realtime.hub import agent_topic
from whosthere.services import agent_mail, passwords
from whosthere.services.agent_sessions import WRONG_PASSWORD
from whosthere.services.agents import NO_AGENT, by_email, new_agent
from whosthere.services.digests import digest_of
from whosthere.services.journal import Actor, note, note_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agent_sessions, agents, links, personal_tokens, platforms
from whosthere.storage.agents import Agent
from whosthere.storage.connection import Connection
from whosthere.storage.links import Kind, Link
from whosthere.storage.tenancy import Tenant

PASSWORD_MS = 3_600_000
_LENGTH_MAX = 100
_OVER = Refused(Reason.NOT_FOUND, "This link has been used, has ended, or is not complete. Ask for a new one.", "code")

AddressOf = Callable[[str], str]
"""Returns the address of the page that takes a link's secret."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made; its secret cannot be shown again."""

    link: Link
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that can be accepted.

    Attributes:
        agent: who has an account with this address already, or `None`.
    """

    link: Link
    platform_id: str
    platform_name: str
    role: Role
    agent: Agent | None


def draw() -> str:
    """Return a link's secret: 32 random bytes as text."""
    return secrets.token_urlsafe(32)


def invitation(runtime: Runtime, secret: str) -> Invitation | Refused:
    """Return what a secret invites to, as long as whoever invited may still do so."""
    with runtime.database.read() as connection:
        return _invitation(runtime, connection, secret)


def _invitation(runtime: Runtime, connection: Connection, secret: str) -> Invitation | Refused:
    link = _find(runtime, connection, Kind.INVITATION, secret)
    if link is None or link.platform_id is None or link.role is None or not _still_invited(connection, link):
        return _OVER
    platform = platforms.find(connection, link.platform_id)
    if platform is None:
        return _OVER
    agent = agents.find_by_email(connection, link.email)
    if agent is not None and agent.disabled_at is not None:
        return _OVER
    return Invitation(link, platform.id, platform.name, Role(link.role), agent)


def _still_invited(connection: Connection, link: Link) -> bool:
    """Whether the inviter could invite now; nobody keeps a way in open by inviting before they leave."""
    if link.invited_by is None:
        return True
    inviter = agents.find(connection, link.invited_by)
    if inviter is None or inviter.disabled_at is not None:
        return False
    roles = [own.role for own in agents.memberships_of(connection, inviter.id) if own.platform_id == link.platform_id]
    return any(reaches(role, link.role or "") for role in roles)


def _find(runtime: Runtime, connection: Connection, kind: Kind, secret: str) -> Link | None:
    if len(secret) > _LENGTH_MAX:
        return None
    return links.find(connection, kind, digest_of(secret), runtime.clock())


def accept_as_new(runtime: Runtime, secret: str, name: str, password: str) -> Agent | Refused:
    """Make the account that an invitation is for."""
    found = invitation(runtime, secret)
    if isinstance(found, Refused):
        return found
    made = new_agent(runtime, found.link.email, password, name)
    if isinstance(made, Refused):
        return made

    def create(connection: Connection) -> Agent | Refused:
        again = _invitation(runtime, connection, secret)
        if isinstance(again, Refused):
            return again
        if again.agent is not None:
            return Refused(Reason.ALREADY_EXISTS, "You have an account meanwhile: open the link again.", "code")
        if not links.use(connection, again.link.id, runtime.clock()):
            return _OVER
        agents.add(connection, made)
        _join(runtime, connection, again, made)
        return made

    return runtime.database.transact(create)


def accept_as(runtime: Runtime, secret: str, agent: Agent) -> Invitation | Refused:
    """Let an agent who has proven who they are join the platform that an invitation is to."""

    def join(connection: Connection) -> Invitation | Refused:
        found = _invitation(runtime, connection, secret)
        if isinstance(found, Refused):
            return found
        if found.agent is None or found.agent.id != agent.id:
            return Refused(Reason.FORBIDDEN, "This invitation is for another address.")
        if not links.use(connection, found.link.id, runtime.clock()):
            return _OVER
        _join(runtime, connection, found, agent)
        return found

    outcome = runtime.database.transact(join)
    if isinstance(outcome, Invitation):
        runtime.hub.publish(agent_topic(agent.id))
    return outcome


def accept_by_password(runtime: Runtime, secret: str, password: str) -> Invitation | Refused:
    """Let the agent join who an invitation is for, and who gives their password; throttling is the edge's work."""
    found = invitation(runtime, secret)
    if isinstance(found, Refused):
        return found
    if found.agent is None:
        return _OVER
    fitting = passwords.fits(password, found.agent.password_hash)
    return accept_as(runtime, secret, found.agent) if fitting else WRONG_PASSWORD


def _join(runtime: Runtime, connection: Connection, found: Invitation, agent: Agent) -> None:
    has = {own.platform_id: own.role for own in agents.memberships_of(connection, agent.id)}.get(found.platform_id)
    # An invitation from before takes nothing away from who serves the platform by now.
    if has is None or not reaches(has, found.role):
        agents.join(connection, agent.id, found.platform_id, found.role)
    tenant = Tenant(connection, found.platform_id)
    actor = Actor(f"agent:{agent.id}")
    note(runtime, tenant, actor, "agent.joined", runtime.clock(), agent=agent.id, role=found.role.value)


def password_link(
    runtime: Runtime, connection: Connection, agent: Agent, *, actor: Actor, invited_by: str | None = None
) -> NewLink:
    """Make a way to a new password, within a transaction; earlier ones end."""
    secret, now = draw(), runtime.clock()
    key = lookup_key(agent.email)
    made = Link(runtime.new_id(), Kind.PASSWORD.value, key, agent.id, None, None, invited_by, now, now + PASSWORD_MS)
    links.end_of_agent(connection, agent.id, now)
    links.add(connection, made, digest_of(secret))
    note_everywhere(runtime, connection, actor, agent.id, "agent.password_link", now, agent=agent.id)
    return NewLink(made, secret)


def password_link_for(runtime: Runtime, email: str, *, actor: Actor) -> NewLink | Refused:
    """Make a way to a new password for the agent with this address; for operators."""
    agent = by_email(runtime, email)
    if agent is None or agent.disabled_at is not None:
        return NO_AGENT
    return runtime.database.transact(lambda connection: password_link(runtime, connection, agent, actor=actor))


def forgotten(runtime: Runtime, email: str, address_of: AddressOf) -> None:
    """Mail a way to a new password to the agent with this address; does as much where there is none."""
    found = by_email(runtime, email)
    agent = found if found is not None and found.disabled_at is None else None

    def mail(connection: Connection) -> None:
        if agent is None:
            _as_if(runtime, connection, address_of)
            return
        made = password_link(runtime, connection, agent, actor=Actor(f"agent:{agent.id}"))
        agent_mail.queue(runtime, connection, agent.email, "A new password", _mail(address_of(made.secret)))

    runtime.database.transact(mail)


def _as_if(runtime: Runtime, connection: Connection, address_of: AddressOf) -> None:
    """Write and encrypt as for somebody, and leave nothing: how long it takes must not tell who has an account."""
    secret, now = draw(), runtime.clock()
    nobody = Link(runtime.new_id(), Kind.PASSWORD.value, "", None, None, None, None, now, now)
    links.add(connection, nobody, digest_of(secret))
    runtime.vault.encrypt(_mail(address_of(secret)).encode())
    links.remove(connection, nobody.id)


def _mail(address: str) -> str:
    return (
        "Somebody asked for a new password for your account in the inbox. If it was you, open this link within an "
        f"hour:\n\n{address}\n\nIf it was not you, there is nothing to do: your password stays as it is.\n"
    )


def password_of(runtime: Runtime, secret: str) -> Agent | Refused:
    """Return whose password a secret sets, as long as whoever made the link may still do so."""
    with runtime.database.read() as connection:
        found = _opened(runtime, connection, secret)
    return _OVER if found is None else found[1]


def _opened(runtime: Runtime, connection: Connection, secret: str) -> tuple[Link, Agent] | None:
    link = _find(runtime, connection, Kind.PASSWORD, secret)
    agent = None if link is None or link.agent_id is None else agents.find(connection, link.agent_id)
    if link is None or agent is None or agent.disabled_at is not None:
        return None
    # The account may serve one more platform by now, and who made the link may be an admin no longer.
    fine = link.invited_by is None or reaches_everywhere(connection, link.invited_by, agent.id)
    return (link, agent) if fine else None


def reaches_everywhere(connection: Connection, who: str, whom: str) -> bool:
    """Whether an agent manages another on each platform that the other serves: an account is one for all of them."""
    asking = agents.find(connection, who)
    if asking is None or asking.disabled_at is not None:
        return False
    mine = {own.platform_id: own.role for own in agents.memberships_of(connection, who)}
    theirs = agents.memberships_of(connection, whom)
    return bool(theirs) and all(reaches(mine.get(own.platform_id, ""), own.role) for own in theirs)


def set_password(runtime: Runtime, secret: str, password: str) -> Agent | Refused:
    """Set a new password; all browsers are signed out and personal access tokens end, the second factor stays.

    Who comes back this way cannot know what somebody else left behind in the account: tokens above all.
    """
    agent = password_of(runtime, secret)
    if isinstance(agent, Refused):
        return agent
    refused = passwords.problem(password, agent.email)
    if refused is not None:
        return refused
    fresh, now = passwords.hashed(password), runtime.clock()

    def store(connection: Connection) -> Agent | Refused:
        found = _opened(runtime, connection, secret)
        if found is None or not links.use(connection, found[0].id, now):
            return _OVER
        links.end_of_agent(connection, agent.id, now)
        agents.set_password_hash(connection, agent.id, fresh)
        agent_sessions.end_all(connection, agent.id)
        personal_tokens.revoke_all(connection, agent.id, now)
        by = Actor(f"agent:{agent.id}")
        note_everywhere(runtime, connection, by, agent.id, "agent.password_reset", now, agent=agent.id)
        return agent

    outcome = runtime.database.transact(store)
    if isinstance(outcome, Agent):
        runtime.hub.publish(agent_topic(agent.id))
    return outcome

"""The team of a platform: who serves it as what, and who is invited (docs/agents.md, "The team").

Nobody gives or takes a role above their own, the last owner stays, and every change is in the audit log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from whosthere.core import emails
from whosthere.core.emails import lookup_key
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right, Role, may, reaches
from whosthere.realtime.hub import agent_topic
from whosthere.services import agent_mail
from whosthere.services.agents import Identity, role_problem
from whosthere.services.digests import digest_of
from whosthere.services.journal import note, note_everywhere
from whosthere.services.links import AddressOf, NewLink, draw, password_link, reaches_everywhere
from whosthere.services.runtime import Runtime
from whosthere.storage import agent_sessions, agents, links, platforms, roster
from whosthere.storage.connection import Connection
from whosthere.storage.links import Kind, Link
from whosthere.storage.roster import Entry
from whosthere.storage.tenancy import Tenant

INVITATION_MS = 7 * 86_400_000
PENDING_MAX = 200

T = TypeVar("T")

_NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.")
_NO_MEMBER = Refused(Reason.NOT_FOUND, "There is no such member of the team.")
_NOT_YOURS = Refused(Reason.FORBIDDEN, "Your role does not reach that far.")
_LAST_OWNER = Refused(Reason.LAST_OWNER, "A platform keeps one owner at least. Make somebody else an owner first.")
_SERVES_OTHERS = Refused(
    Reason.FORBIDDEN,
    "They serve other platforms, too, where your role does not reach. Remove them from this one instead.",
)
_SERVES_ALREADY = Refused(Reason.ALREADY_EXISTS, "Somebody with this address is on the team already.", "email")
_NO_INVITATION = Refused(Reason.NOT_FOUND, "There is no such invitation any more.")
_MANY_INVITED = Refused(Reason.TOO_MANY_KEYS, f"At most {PENDING_MAX} invitations wait at a time.", "email")


@dataclass(frozen=True, slots=True)
class Team:
    """Who serves a platform, and who is invited."""

    members: list[Entry]
    pending: list[Link]


def gate(identity: Identity, platform_id: str) -> Role | Refused:
    """Return the agent's role on a platform whose team they may manage; a platform they do not serve is none."""
    role = identity.role_on(platform_id)
    if role is None:
        return _NO_PLATFORM
    return role if may(role, Right.MANAGE_TEAM) else _NOT_YOURS


def look(runtime: Runtime, identity: Identity, platform_id: str) -> Team | Refused:
    """Return the team."""
    role = gate(identity, platform_id)
    if isinstance(role, Refused):
        return role
    with runtime.database.read() as connection:
        pending = links.pending(connection, platform_id, runtime.clock())
        return Team(roster.entries(connection, platform_id), pending)


def invite(
    runtime: Runtime,
    identity: Identity,
    platform_id: str,
    email: str,
    role: str,
    *,
    mail_to: AddressOf | None = None,
) -> NewLink | Refused:
    """Invite somebody to serve a platform; earlier invitations of the same address to it end.

    Args:
        mail_to: returns the address to mail the link as; `None` where no mail is sent.
    """
    refused = role_problem(role) or (None if emails.is_valid(email) else _no_address())
    now, secret = runtime.clock(), draw()

    def work(connection: Connection, roles: dict[str, str]) -> NewLink | Refused:
        if refused is not None:
            return refused
        if not reaches(roles[identity.agent.id], role):
            return Refused(Reason.FORBIDDEN, "Nobody invites to a role above their own.", "role")
        known = agents.find_by_email(connection, email)
        if known is not None and known.id in roles:
            return _SERVES_ALREADY
        if len(links.pending(connection, platform_id, now)) >= PENDING_MAX:
            return _MANY_INVITED
        kind, key, ends_at = Kind.INVITATION.value, lookup_key(email), now + INVITATION_MS
        link = Link(runtime.new_id(), kind, key, None, platform_id, role, identity.agent.id, now, ends_at)
        links.end_invitations(connection, email, platform_id, now)
        links.add(connection, link, digest_of(secret))
        if mail_to is not None:
            text = _invitation_text(connection, platform_id, mail_to(secret))
            agent_mail.queue(runtime, connection, email, "You are invited to the inbox", text)
        _note(runtime, connection, platform_id, identity, "agent.invited", email=key, role=role)
        return NewLink(link, secret)

    return _managing(runtime, identity, platform_id, work)


def _no_address() -> Refused:
    return Refused(Reason.INVALID_FIELD, "This is not an email address.", "email")


def _invitation_text(connection: Connection, platform_id: str, address: str) -> str:
    platform = platforms.find(connection, platform_id)
    name = "" if platform is None else platform.name
    return f"You are invited to answer visitors of {name}. Open this link within seven days:\n\n{address}\n"


def revoke_invitation(runtime: Runtime, identity: Identity, platform_id: str, link_id: str) -> Refused | None:
    """End an invitation that nobody has accepted."""

    def work(connection: Connection, roles: dict[str, str]) -> Refused | None:
        waiting = {link.id: link for link in links.pending(connection, platform_id, runtime.clock())}
        found = waiting.get(link_id)
        if found is None:
            return _NO_INVITATION
        if not reaches(roles[identity.agent.id], found.role or ""):
            return _NOT_YOURS
        links.revoke(connection, platform_id, link_id, runtime.clock())
        _note(runtime, connection, platform_id, identity, "agent.invitation_revoked", email=found.email)
        return None

    return _managing(runtime, identity, platform_id, work)


def change_role(
    runtime: Runtime, identity: Identity, platform_id: str, agent_id: str, role: str, *, seen: str | None = None
) -> Refused | None:
    """Give a member another role.

    Args:
        seen: the role the member had for whoever chose this one; a member who has another by now is left alone.
    """

    def work(connection: Connection, roles: dict[str, str]) -> Refused | None:
        refused = role_problem(role) or _out_of_reach(identity, roles, agent_id)
        if refused is not None:
            return refused
        if not reaches(roles[identity.agent.id], role):
            return Refused(Reason.FORBIDDEN, "Nobody gives a role above their own.", "role")
        if role != Role.OWNER and _is_last_owner(roles, agent_id):
            return _LAST_OWNER
        before = roles[agent_id]
        if seen not in (None, before):
            words = f"Somebody else changed this role meanwhile: it is “{before.capitalize()}” now."
            return Refused(Reason.CHANGED_MEANWHILE, words, "role")
        roster.set_role(connection, platform_id, agent_id, role)
        _note(runtime, connection, platform_id, identity, "agent.role", agent=agent_id, role=role, before=before)
        return None

    return _telling(runtime, agent_id, _managing(runtime, identity, platform_id, work))


def remove(runtime: Runtime, identity: Identity, platform_id: str, agent_id: str) -> Refused | None:
    """End a membership: from the next request on, and within five seconds in streams, the platform is closed to it."""

    def work(connection: Connection, roles: dict[str, str]) -> Refused | None:
        refused = _out_of_reach(identity, roles, agent_id)
        if refused is not None:
            return refused
        if _is_last_owner(roles, agent_id):
            return _LAST_OWNER
        roster.leave(connection, platform_id, agent_id)
        _note(runtime, connection, platform_id, identity, "agent.removed", agent=agent_id, role=roles[agent_id])
        return None

    return _telling(runtime, agent_id, _managing(runtime, identity, platform_id, work))


def close_account(runtime: Runtime, identity: Identity, platform_id: str, agent_id: str) -> Refused | None:
    """Close the account of a member who serves no platform beyond the reach of who asks."""

    def work(connection: Connection, roles: dict[str, str]) -> Refused | None:
        refused = _out_of_reach(identity, roles, agent_id) or _serves_others(connection, identity, agent_id)
        if refused is not None:
            return refused
        if agent_id == identity.agent.id:
            return Refused(Reason.FORBIDDEN, "Nobody closes their own account.")
        now = runtime.clock()
        for own in agents.memberships_of(connection, agent_id):
            if _is_last_owner(roster.lock_roles(connection, own.platform_id), agent_id):
                return _LAST_OWNER
        agents.disable(connection, agent_id, now)
        agent_sessions.end_all(connection, agent_id)
        note_everywhere(runtime, connection, identity.actor, agent_id, "agent.disabled", now, agent=agent_id)
        return None

    return _telling(runtime, agent_id, _managing(runtime, identity, platform_id, work))


def make_password_link(runtime: Runtime, identity: Identity, platform_id: str, agent_id: str) -> NewLink | Refused:
    """Make a way to a new password for a member who forgot theirs, to be handed over by whoever asks."""

    def work(connection: Connection, roles: dict[str, str]) -> NewLink | Refused:
        refused = _out_of_reach(identity, roles, agent_id) or _serves_others(connection, identity, agent_id)
        if refused is not None:
            return refused
        agent = agents.find(connection, agent_id)
        if agent is None or agent.disabled_at is not None:
            return _NO_MEMBER
        return password_link(runtime, connection, agent, actor=identity.actor, invited_by=identity.agent.id)

    return _managing(runtime, identity, platform_id, work)


def _managing(
    runtime: Runtime, identity: Identity, platform_id: str, work: Callable[[Connection, dict[str, str]], T | Refused]
) -> T | Refused:
    """Run `work` while nobody else changes the roles on a platform, for who may change them now."""

    def run(connection: Connection) -> T | Refused:
        roles = roster.lock_roles(connection, platform_id)
        own = roles.get(identity.agent.id)
        if own is None:
            return _NO_PLATFORM
        return work(connection, roles) if may(own, Right.MANAGE_TEAM) else _NOT_YOURS

    return runtime.database.transact(run)


def _out_of_reach(identity: Identity, roles: dict[str, str], agent_id: str) -> Refused | None:
    if agent_id not in roles:
        return _NO_MEMBER
    return None if reaches(roles[identity.agent.id], roles[agent_id]) else _NOT_YOURS


def _is_last_owner(roles: dict[str, str], agent_id: str) -> bool:
    return [one for one, role in roles.items() if role == Role.OWNER] == [agent_id]


def _serves_others(connection: Connection, identity: Identity, agent_id: str) -> Refused | None:
    """An account is one for all platforms: who may not manage it on each of them may not open or close it."""
    return None if reaches_everywhere(connection, identity.agent.id, agent_id) else _SERVES_OTHERS


def _telling(runtime: Runtime, agent_id: str, refused: Refused | None) -> Refused | None:
    if refused is None:
        runtime.hub.publish(agent_topic(agent_id))
    return refused


def _note(
    runtime: Runtime, connection: Connection, platform_id: str, identity: Identity, action: str, **detail: str
) -> None:
    note(runtime, Tenant(connection, platform_id), identity.actor, action, runtime.clock(), **detail)

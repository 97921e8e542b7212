"""Who may do what: an agent's role on a platform, and the rights that come with it (docs/agents.md, "Roles")."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an agent is on one platform; written from the most to the least that it may do."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"


class Right(StrEnum):
    """Something that an agent may or may not do on a platform."""

    SERVE = "serve"  # read, reply, note, assign, tag, resolve, snooze, move to spam, block a person
    EDIT_REPLIES = "edit_replies"  # canned replies that the team shares, and the names of its tags
    BLOCK_NETWORKS = "block_networks"  # ranges of addresses, where others may live as well
    UNDO_MERGE = "undo_merge"  # adoptions and merges of records
    REDACT = "redact"  # take the content of a message or a file away for good
    SEE_TEAM = "see_team"  # the team's page, and mail that waits to be sent
    MANAGE_TEAM = "manage_team"  # invite, change roles, remove, make links to new passwords: up to the own role
    MANAGE_PLATFORM = "manage_platform"  # policy, keys, appearance, abuse limits
    MANAGE_OWNERS = "manage_owners"  # make somebody an owner, or an owner something else


_OF_AGENTS = frozenset({Right.SERVE, Right.EDIT_REPLIES})
_OF_ADMINS = _OF_AGENTS | {
    Right.BLOCK_NETWORKS,
    Right.UNDO_MERGE,
    Right.REDACT,
    Right.SEE_TEAM,
    Right.MANAGE_TEAM,
    Right.MANAGE_PLATFORM,
}
_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: _OF_ADMINS,
    Role.AGENT: _OF_AGENTS,
}
_ORDER = tuple(Role)


def may(role: Role | str, right: Right) -> bool:
    """Whether `role` has `right`; a role that is not known has none."""
    return right in _RIGHTS.get(Role(role), frozenset()) if role in set(Role) else False


def reaches(role: Role | str, other: Role | str) -> bool:
    """Whether who has `role` may give or take `other`: never one above their own."""
    if role not in set(Role) or other not in set(Role) or not may(role, Right.MANAGE_TEAM):
        return False
    return _ORDER.index(Role(role)) <= _ORDER.index(Role(other))


class Scope(StrEnum):
    """What a personal access token is good for, within what its agent may do."""

    READ = "read"
    WRITE = "write"

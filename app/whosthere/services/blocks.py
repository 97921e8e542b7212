"""Who may not write to a platform: people, and ranges of addresses (docs/agents.md, "Unwanted visitors").

Every change is in the audit log. Whoever is blocked is refused at the next boot; their sessions end at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from whosthere.core.abuse import NETWORKS_MAX, REASON_LENGTH_MAX, Abuse, BlockedNetwork, read_network
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right
from whosthere.realtime.hub import access_topic, platform_topic, record_topic
from whosthere.services.agents import Identity
from whosthere.services.journal import note
from whosthere.services.runtime import Runtime
from whosthere.storage import blocks, platforms, users
from whosthere.storage.blocks import Blocked
from whosthere.storage.errors import Conflict
from whosthere.storage.platforms import Platform
from whosthere.storage.tenancy import Tenant

LISTED_MAX = 500

NO_PERSON = Refused(Reason.NOT_FOUND, "There is no such person.")
_NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.")
_NOT_YOURS = Refused(Reason.FORBIDDEN, "Admins and owners do that.")
_FULL = Refused(Reason.LIMIT_REACHED, f"At most {NETWORKS_MAX} ranges are blocked at a time.", "network")
_TWICE = Refused(Reason.ALREADY_EXISTS, "This range is blocked already.", "network")
_NO_NETWORK = Refused(Reason.NOT_FOUND, "This range is not blocked.")
_BAD_REASON = Refused(
    Reason.INVALID_FIELD, f"A reason is one line of at most {REASON_LENGTH_MAX} printable characters.", "reason"
)


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Who may not write to a platform."""

    platform: Platform
    people: list[Blocked]


def set_blocked(runtime: Runtime, identity: Identity, record_id: str, blocked: bool) -> Refused | None:
    """Block a person of one of the agent's platforms, or let them write again; repeating it changes nothing."""
    platform_id = _platform_of(runtime, identity, record_id)
    if platform_id is None:
        return NO_PERSON
    now = runtime.clock()

    def change(tenant: Tenant) -> bool:
        done = blocks.block(tenant, record_id, now) if blocked else blocks.unblock(tenant, record_id)
        if done:
            if blocked:
                users.end_sessions(tenant, record_id)
            note(runtime, tenant, identity.actor, f"user.{'' if blocked else 'un'}blocked", now, user=record_id)
        return done

    if runtime.writing(platform_id, change):
        runtime.hub.publish(platform_topic(platform_id))
        if blocked:
            runtime.hub.publish(record_topic(platform_id, record_id))
            runtime.hub.publish(access_topic(platform_id))
    return None


def blocked_since(runtime: Runtime, identity: Identity, record_id: str) -> int | Refused | None:
    """Return since when a person is blocked, `None` for one who is not."""
    platform_id = _platform_of(runtime, identity, record_id)
    if platform_id is None:
        return NO_PERSON
    with runtime.reading(platform_id) as tenant:
        return blocks.since(tenant, record_id)


def listed(runtime: Runtime, identity: Identity, platform_id: str) -> Unwanted | Refused:
    """Return who may not write to a platform, for those who manage it."""
    refused = gate(identity, platform_id)
    if refused is not None:
        return refused
    with runtime.reading(platform_id) as tenant:
        platform = platforms.find(tenant.connection, platform_id)
        return _NO_PLATFORM if platform is None else Unwanted(platform, blocks.listed(tenant, LISTED_MAX))


def block_network(
    runtime: Runtime, identity: Identity, platform_id: str, text: str, reason: str = ""
) -> BlockedNetwork | Refused:
    """Block a range of addresses."""
    refused = gate(identity, platform_id)
    if refused is not None:
        return refused
    found, why = read_network(text), reason.strip()
    if isinstance(found, str):
        return Refused(Reason.INVALID_FIELD, found, "network")
    if len(why) > REASON_LENGTH_MAX or not why.isprintable():
        return _BAD_REASON
    one = BlockedNetwork(str(found), why, identity.agent.id, runtime.clock())

    def add(abuse: Abuse) -> Abuse | Refused:
        if any(each.network == one.network for each in abuse.blocked):
            return _TWICE
        return _FULL if len(abuse.blocked) >= NETWORKS_MAX else replace(abuse, blocked=(*abuse.blocked, one))

    return _change(runtime, identity, platform_id, add, "network.blocked", one.network) or one


def unblock_network(runtime: Runtime, identity: Identity, platform_id: str, network: str) -> Refused | None:
    """Let a range of addresses write again."""
    refused = gate(identity, platform_id)
    if refused is not None:
        return refused

    def remove(abuse: Abuse) -> Abuse | Refused:
        left = tuple(each for each in abuse.blocked if each.network != network)
        return _NO_NETWORK if len(left) == len(abuse.blocked) else replace(abuse, blocked=left)

    return _change(runtime, identity, platform_id, remove, "network.unblocked", network)


def gate(identity: Identity, platform_id: str) -> Refused | None:
    """Return why an agent may not manage what is unwanted on a platform; one they do not serve is none."""
    if identity.role_on(platform_id) is None:
        return _NO_PLATFORM
    return None if identity.may(platform_id, Right.BLOCK_NETWORKS) else _NOT_YOURS


def _change(
    runtime: Runtime,
    identity: Identity,
    platform_id: str,
    change: Callable[[Abuse], Abuse | Refused],
    action: str,
    network: str,
) -> Refused | None:
    now = runtime.clock()

    def store(tenant: Tenant) -> Refused | None:
        platform = platforms.find(tenant.connection, platform_id)
        if platform is None:
            return _NO_PLATFORM
        abuse = change(platform.abuse)
        if isinstance(abuse, Refused):
            return abuse
        if not platforms.save(tenant.connection, replace(platform, abuse=abuse)):
            raise Conflict("the platform changed meanwhile")
        note(runtime, tenant, identity.actor, action, now, network=network)
        return None

    refused = runtime.writing(platform_id, store)
    if refused is None:
        runtime.hub.publish(access_topic(platform_id))
    return refused


def _platform_of(runtime: Runtime, identity: Identity, record_id: str) -> str | None:
    """Return which of the agent's platforms a person belongs to."""
    for platform_id in identity.platform_ids:
        with runtime.reading(platform_id) as tenant:
            if users.find(tenant, record_id) is not None:
                return platform_id
    return None

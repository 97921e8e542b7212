"""Canned replies: what a team writes again and again, by a name that is typed after a slash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from whosthere.core.canned import fill, refuse_body, refuse_name
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right, may
from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.storage import canned
from whosthere.storage.canned import CannedReply
from whosthere.storage.inbox import Case
from whosthere.storage.tenancy import Tenant

REPLIES_MAX = 500

NOT_FOUND = Refused(Reason.NOT_FOUND, "There is no such canned reply.")
_NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.", "platformId")
_TAKEN = Refused(Reason.ALREADY_EXISTS, "Another canned reply has this name.", "name")
_FULL = Refused(Reason.LIMIT_REACHED, f"A platform has at most {REPLIES_MAX} canned replies.")
_FORBIDDEN = Refused(Reason.FORBIDDEN, "Your role on this platform does not include canned replies.")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a canned reply is called and what it says."""

    name: str
    body: str


def listed(runtime: Runtime, identity: Identity, platform_id: str) -> list[CannedReply] | Refused:
    """Return the canned replies of one of the agent's platforms, by name."""
    if platform_id not in identity.platform_ids:
        return _NO_PLATFORM
    with runtime.reading(platform_id) as tenant:
        return canned.all_of(tenant)


def for_case(runtime: Runtime, identity: Identity, case: Case) -> list[CannedReply]:
    """Return the canned replies for a conversation, filled in with what its visitor and the agent are called."""
    name = case.user.record.name or case.user.contact.name or ""
    with runtime.reading(case.platform_id) as tenant:
        found = canned.all_of(tenant)
    return [replace(one, body=fill(one.body, name=name, agent=identity.agent.name)) for one in found]


def create(runtime: Runtime, identity: Identity, platform_id: str, wording: Wording | Refused) -> CannedReply | Refused:
    """Give a platform one more canned reply; its name is kept in lower case."""
    refused = _refused(identity, platform_id)
    if refused is not None:
        return refused
    checked = _checked(wording)
    if isinstance(checked, Refused):
        return checked
    now = runtime.clock()

    def work(tenant: Tenant) -> CannedReply | Refused:
        if canned.named(tenant, checked.name) is not None:
            return _TAKEN
        if canned.number(tenant) >= REPLIES_MAX:
            return _FULL
        own = identity.agent.id
        reply = CannedReply(runtime.new_id(), platform_id, checked.name, checked.body, own, now, now)
        canned.add(tenant, reply)
        return reply

    return runtime.writing(platform_id, work)


def change(runtime: Runtime, identity: Identity, reply_id: str, wording: Wording | Refused) -> CannedReply | Refused:
    """Replace the name and the body of a canned reply."""
    now = runtime.clock()

    def work(tenant: Tenant, reply: CannedReply) -> CannedReply | Refused:
        checked = _checked(wording)
        if isinstance(checked, Refused):
            return checked
        other = canned.named(tenant, checked.name)
        if other is not None and other.id != reply.id:
            return _TAKEN
        canned.change(tenant, reply.id, checked.name, checked.body, now)
        return replace(reply, name=checked.name, body=checked.body, updated_at=now)

    return _with(runtime, identity, reply_id, work)


def delete(runtime: Runtime, identity: Identity, reply_id: str) -> Refused | None:
    """Delete a canned reply."""

    def work(tenant: Tenant, reply: CannedReply) -> CannedReply | Refused:
        canned.delete(tenant, reply.id)
        return reply

    outcome = _with(runtime, identity, reply_id, work)
    return outcome if isinstance(outcome, Refused) else None


def _with(
    runtime: Runtime,
    identity: Identity,
    reply_id: str,
    work: Callable[[Tenant, CannedReply], CannedReply | Refused],
) -> CannedReply | Refused:
    """Find the canned reply on one of the agent's platforms, and do something with it in one transaction."""
    for platform_id in identity.platform_ids:
        with runtime.reading(platform_id) as tenant:
            if canned.find(tenant, reply_id) is None:
                continue
        refused = _refused(identity, platform_id)
        if refused is not None:
            return refused

        def act(tenant: Tenant) -> CannedReply | Refused:
            present = canned.find(tenant, reply_id)
            return NOT_FOUND if present is None else work(tenant, present)

        return runtime.writing(platform_id, act)
    return NOT_FOUND


def _refused(identity: Identity, platform_id: str) -> Refused | None:
    role = next((one.role for one in identity.memberships if one.platform_id == platform_id), None)
    if role is None:
        return _NO_PLATFORM
    return None if may(role, Right.EDIT_REPLIES) else _FORBIDDEN


def _checked(wording: Wording | Refused) -> Wording | Refused:
    if isinstance(wording, Refused):
        return wording
    refused = refuse_name(wording.name) or refuse_body(wording.body)
    return refused or Wording(wording.name.lower(), wording.body)

"""The offer to add what was begun without logging in, and the visitor's answer (docs/identity.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whosthere.core.anonymous import Anonymous, has_ended
from whosthere.core.assurance import Assurance
from whosthere.core.history import Beside, may_offer
from whosthere.core.policy import Policy
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import platform_topic, record_topic
from whosthere.services.access import Caller, Credential, authorize
from whosthere.services.journal import VISITOR, note
from whosthere.services.runtime import Runtime
from whosthere.storage import history, ledger, sessions, users
from whosthere.storage.history import Begun
from whosthere.storage.tenancy import Tenant

NO_OFFER = Refused(Reason.NOT_FOUND, "There is nothing to add.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the visitor says to the offer; the token is of any JSON type."""

    anonymous_token: object
    accept: bool


@dataclass(frozen=True, slots=True)
class _Offered:
    anonymous: Anonymous
    beside: Beside
    ids: Sequence[str]


def offer(tenant: Tenant, policy: Policy, assurance: Assurance, anonymous_id: str, beside: Beside) -> Begun | None:
    """Return what a visitor who has just logged in may add, `None` for nothing."""
    return history.begun(tenant, anonymous_id, beside.since) if may_offer(policy, assurance) else None


def answer(runtime: Runtime, credential: Credential, given: Answer | Refused) -> Sequence[str] | Refused:
    """Add what was offered, or never offer it again; return the ids of the conversations that moved."""
    now = runtime.clock()
    platform_id = credential.session.platform_id
    ended: list[str] = []

    def work(tenant: Tenant) -> Sequence[str] | Refused:
        ended.clear()
        caller = authorize(tenant, credential, now)
        if isinstance(caller, Refused):
            return caller
        if isinstance(given, Refused):
            return given
        found = _offered(runtime, tenant, caller, given.anonymous_token, now)
        if found is None:
            return NO_OFFER
        if not given.accept:
            users.put_beside(tenant, found.anonymous.id, found.beside, Beside(caller.record_id, now))
            return ()
        ended.append(found.anonymous.id)
        return _add(runtime, tenant, caller, found, now)

    outcome = runtime.writing(platform_id, work)
    if ended:
        for record_id in (credential.session.record_id, *ended):
            runtime.hub.publish(record_topic(platform_id, record_id))
        runtime.hub.publish(platform_topic(platform_id))
    return outcome


def _offered(runtime: Runtime, tenant: Tenant, caller: Caller, token: object, now: int) -> _Offered | None:
    """Return what this caller was offered about the anonymous user of the token, if that still stands."""
    policy = caller.platform.policy
    anonymous = runtime.signer.read_anonymous(token, tenant.platform_id)
    if anonymous is None or anonymous.tab_scoped or not may_offer(policy, caller.session.assurance):
        return None
    state = sessions.anonymous_state(tenant, anonymous.id)
    if state.ended or has_ended(anonymous, policy, now, state.last_active_at):
        return None
    if state.beside.record_id != caller.record_id:
        return None  # somebody else has logged in beside it since
    ids = history.begun_ids(tenant, anonymous.id, state.beside.since)
    return _Offered(anonymous, state.beside, ids) if ids else None


def _add(runtime: Runtime, tenant: Tenant, caller: Caller, found: _Offered, now: int) -> Sequence[str]:
    history.move(tenant, found.ids, from_id=found.anonymous.id, to_id=caller.record_id)
    sessions.end_anonymous(tenant, found.anonymous.id, now)
    entry_id = runtime.new_id()
    ledger.add_history(tenant, entry_id, caller.record_id, found.anonymous.id, found.ids, now)
    about = {"record": caller.record_id, "entry": entry_id, "conversations": len(found.ids)}
    note(runtime, tenant, VISITOR, "merge.history_added", now, **about)
    return found.ids

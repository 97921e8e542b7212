"""Storing what resolution decides about a record: for a boot, and for a site's backend that says who somebody is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whosthere.core.resolution import ActAs, Create, Record, detached
from whosthere.services.journal import VISITOR, Actor, note
from whosthere.services.runtime import Runtime
from whosthere.storage import ledger, users
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Found, Visit


def settle(
    runtime: Runtime,
    tenant: Tenant,
    decision: ActAs | Create,
    found: Found,
    visit: Visit,
    *,
    present: bool = True,
    actor: Actor = VISITOR,
    writing: Callable[[], None] = lambda: None,
) -> Record:
    """Store what was decided about a person; return the record as it is then.

    Args:
        found: the facts of the decision.
        visit: when and where this happens.
        present: whether the person themselves are here.
        actor: who says so, for the security log.
        writing: called before anything is stored.

    Raises:
        Conflict: somebody else was faster; gather the facts again.
    """
    if decision.displaced is not None:
        writing()
        users.store(tenant, decision.displaced, detached(decision.displaced), visit=None)
    if isinstance(decision, Create):
        writing()
        record = replace(decision.record, id=runtime.new_id())
        users.add(tenant, record, visit)
        return record
    before, after = decision.before, decision.after
    if after != before:
        writing()
        _change(runtime, tenant, decision, visit, present=present, actor=actor)
    elif present and found.last_seen_at[before.id] < visit.now - users.LAST_SEEN_RESOLUTION_MS:
        writing()
        users.mark_seen(tenant, before.id, visit)
    return after


def _change(runtime: Runtime, tenant: Tenant, decision: ActAs, visit: Visit, *, present: bool, actor: Actor) -> None:
    before, after = decision.before, decision.after
    users.store(tenant, before, after, visit if present else None)
    if decision.adopts:
        entry_id = runtime.new_id()
        ledger.add_adoption(tenant, entry_id, before, after, visit.now)
        note(runtime, tenant, actor, "merge.adopted", visit.now, record=before.id, entry=entry_id)
    if decision.takes_over:
        users.forget_contact(tenant, before.id)

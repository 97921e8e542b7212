"""What was merged into a person's record, and how an admin undoes it (docs/agents.md, "Merges").

Each undoing is one transaction, with a line in the audit log. What has happened since may make it impossible; then
nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whosthere.core.emails import lookup_key
from whosthere.core.provenance import Record
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right, may
from whosthere.realtime.hub import platform_topic, record_topic
from whosthere.services.agents import Identity
from whosthere.services.journal import Actor, note
from whosthere.services.runtime import Runtime
from whosthere.storage import blocks, history, ledger, users
from whosthere.storage.inbox import Case
from whosthere.storage.ledger import Entry
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User, Visit

ENTRIES_MAX = 50

NOT_FOUND = Refused(Reason.NOT_FOUND, "There is no such entry.")
NO_PERSON = Refused(Reason.NOT_FOUND, "There is no such person.")
_FORBIDDEN = Refused(Reason.FORBIDDEN, "Only admins and owners of the platform undo merges.")
_CONTINUED = Refused(Reason.UNDO_NOT_POSSIBLE, "The person has gone on writing in what was added.")
_MOVED_ON = Refused(Reason.UNDO_NOT_POSSIBLE, "The record or its conversations have changed too much since.")
_LATER_FIRST = Refused(Reason.UNDO_NOT_POSSIBLE, "Something was merged into this record later. Undo that first.")
_TAKEN = Refused(Reason.UNDO_NOT_POSSIBLE, "There is another record of this email address by now.")


def ledger_of(runtime: Runtime, identity: Identity, record_id: str) -> list[Entry] | Refused:
    """Return what was merged into a person's record, newest first."""
    for platform_id in identity.platform_ids:
        with runtime.reading(platform_id) as tenant:
            if users.find(tenant, record_id) is not None:
                return ledger.of_record(tenant, record_id, ENTRIES_MAX)
    return NO_PERSON


def ledger_for(runtime: Runtime, case: Case) -> list[Entry]:
    """Return the same for the person behind a conversation."""
    with runtime.reading(case.platform_id) as tenant:
        return ledger.of_record(tenant, case.conversation.record_id, ENTRIES_MAX)


def entry_of(runtime: Runtime, identity: Identity, entry_id: str) -> Entry | Refused:
    """Return one merge of the agent's platforms."""
    for platform_id in identity.platform_ids:
        with runtime.reading(platform_id) as tenant:
            found = ledger.find(tenant, entry_id)
        if found is not None:
            return found
    return NOT_FOUND


def may_undo(identity: Identity, platform_id: str) -> bool:
    """Whether the agent's role on the platform includes undoing merges."""
    roles = [one.role for one in identity.memberships if one.platform_id == platform_id]
    return any(may(role, Right.UNDO_MERGE) for role in roles)


def undo(runtime: Runtime, identity: Identity, entry_id: str) -> Entry | Refused:
    """Undo a merge; one that is undone already stays so."""
    for platform_id in identity.platform_ids:
        with runtime.reading(platform_id) as tenant:
            if ledger.find(tenant, entry_id) is None:
                continue
        if not may_undo(identity, platform_id):
            return _FORBIDDEN
        return undo_on(runtime, platform_id, entry_id, actor=Actor(f"agent:{identity.agent.id}"))
    return NOT_FOUND


def undo_on(runtime: Runtime, platform_id: str, entry_id: str, *, actor: Actor) -> Entry | Refused:
    """Undo a merge of a platform, for somebody who may; one that is undone already stays so."""
    now = runtime.clock()
    outcome = runtime.writing(platform_id, lambda tenant: _undo(runtime, tenant, actor, entry_id, now))
    if isinstance(outcome, Entry):
        for record_id in {outcome.record_id, outcome.other_id or outcome.record_id}:
            runtime.hub.publish(record_topic(platform_id, record_id))
        runtime.hub.publish(platform_topic(platform_id))
    return outcome


def merge(runtime: Runtime, platform_id: str, entry_id: str) -> Entry | Refused:
    """Return one merge of a platform."""
    with runtime.reading(platform_id) as tenant:
        return ledger.find(tenant, entry_id) or NOT_FOUND


def merges(runtime: Runtime, platform_id: str, before_id: str, count: int) -> list[Entry]:
    """Return the merges of a platform before an id, newest first."""
    with runtime.reading(platform_id) as tenant:
        return ledger.newest(tenant, before_id, count)


def _undo(runtime: Runtime, tenant: Tenant, actor: Actor, entry_id: str, now: int) -> Entry | Refused:
    entry = ledger.find(tenant, entry_id)
    if entry is None or entry.undone_at is not None:
        return entry or NOT_FOUND
    undoing = {ledger.HISTORY: _undo_history, ledger.ADOPTION: _undo_adoption}[entry.kind]
    refused = undoing(runtime, tenant, entry, now)
    if refused is not None:
        return refused
    ledger.mark_undone(tenant, entry.id, now)
    note(runtime, tenant, actor, "merge.undone", now, entry=entry.id, kind=entry.kind, record=entry.record_id)
    return replace(entry, undone_at=now)


def _undo_history(runtime: Runtime, tenant: Tenant, entry: Entry, now: int) -> Refused | None:
    """Give the conversations back to the anonymous user, who has ended: from now on only agents read them."""
    ids, anonymous_id = entry.conversation_ids, entry.other_id
    if anonymous_id is None or not ids or not ledger.holds(tenant, entry.record_id, ids):
        return _MOVED_ON
    if ledger.continued(tenant, entry.record_id, ids):
        return _CONTINUED
    if users.find(tenant, anonymous_id) is None:
        if ledger.has_row(tenant, anonymous_id):
            return _MOVED_ON
        # It had nothing left, so a purge forgot it.
        users.add(tenant, Record(id=anonymous_id), Visit(entry.created_at), anonymous=True)
    history.move(tenant, ids, from_id=entry.record_id, to_id=anonymous_id)
    return None


def _undo_adoption(runtime: Runtime, tenant: Tenant, entry: Entry, now: int) -> Refused | None:
    """Let the record be known by its email alone again; the userId gets a record of its own, with what it began since.

    Without one, the next login would adopt the old record again.
    """
    present = users.find(tenant, entry.record_id)
    refused = _MOVED_ON if present is None else _refuse_split(tenant, entry, present)
    if present is None or refused is not None:
        return refused
    joined = present.record
    # Sealed it stays: its conversations hold what a verified person wrote since (docs/identity.md §4).
    before = replace(joined, user_id=None, user_id_proven=False, **(dict(entry.before) | {"sealed": joined.sealed}))
    split = Record(
        id=runtime.new_id(),
        user_id=joined.user_id,
        user_id_proven=joined.user_id_proven,
        name=joined.name,
        name_proven=joined.name_proven,
        claimed_email=joined.email,
        sealed=joined.sealed,
        shadow=joined.shadow,
    )
    users.store(tenant, joined, before, None)
    users.add(tenant, split, Visit(now, present.language, present.page_url))
    blocked_at = blocks.since(tenant, joined.id)
    if blocked_at is not None:  # whichever of the two it was for
        blocks.block(tenant, split.id, blocked_at)
    begun = ledger.begun_since(tenant, joined.id, entry.created_at)
    if begun:
        history.move(tenant, begun, from_id=joined.id, to_id=split.id)
    users.end_sessions(tenant, joined.id)
    return None


def _refuse_split(tenant: Tenant, entry: Entry, present: User) -> Refused | None:
    record, email = present.record, entry.email
    if record.user_id != entry.user_id or email is None or record.email_key != lookup_key(email) or not entry.before:
        return _MOVED_ON
    if _has_later(ledger.of_record(tenant, record.id, ENTRIES_MAX), entry):
        return _LATER_FIRST
    others = users.facts(tenant, user_id=None, email=email).facts.by_email
    taken = any(one.id != record.id and one.user_id is None and one.shadow == record.shadow for one in others)
    return _TAKEN if taken else None


def _has_later(entries: Sequence[Entry], entry: Entry) -> bool:
    later = [one for one in entries if (one.created_at, one.id) > (entry.created_at, entry.id)]
    return any(one.undone_at is None for one in later)

"""Unsealing: once verification is not enforced any more, an admin may open records to claimed visitors again.

A record that was opened verified under `enforced` is sealed, and stays so whatever the policy becomes
(docs/identity.md §4): until then whoever only claims to be its person gets a record of their own.
"""

from __future__ import annotations

from whosthere.core.policy import Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.services.journal import Actor, note
from whosthere.services.people import NOT_FOUND
from whosthere.services.runtime import Runtime
from whosthere.storage import platforms, sealing, users
from whosthere.storage.tenancy import Tenant

COUNTED_MAX = 1_000
BATCH = 500
BATCHES_MAX = 200
"""How many batches one call opens; who calls again goes on."""
_FIRST = "00000000-0000-0000-0000-000000000000"

ENFORCED = Refused(
    Reason.INVALID_FIELD,
    "Verification is enforced: claimed visitors are refused, and a verified visit seals again. Choose report or off"
    " first.",
    "unseal",
)


def number(runtime: Runtime, platform_id: str) -> int:
    """Return how many records are sealed; `COUNTED_MAX + 1` stands for any more than that."""
    with runtime.reading(platform_id) as tenant:
        return sealing.number_up_to(tenant, COUNTED_MAX + 1)


def unseal(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> bool | Refused:
    """Open one record to claimed visitors.

    Returns:
        Whether it was sealed until now; only then the security log has an entry.
    """
    now = runtime.clock()

    def work(tenant: Tenant) -> bool | Refused:
        if users.find(tenant, record_id) is None:
            return NOT_FOUND
        if _is_enforced(tenant):
            return ENFORCED
        opened = sealing.unseal(tenant, [record_id]) == 1
        if opened:
            note(runtime, tenant, actor, "user.unsealed", now, user=record_id)
        return opened

    return runtime.writing(platform_id, work)


def unseal_all(runtime: Runtime, platform_id: str, *, actor: Actor) -> int | Refused:
    """Open every sealed record, in batches that let others write between them.

    The log has its entry, with the number found, before the first record is open: whoever breaks this off, or enforces
    again meanwhile, leaves none open without a word.

    Returns:
        How many it were.
    """
    now, after, opened = runtime.clock(), _FIRST, 0
    with runtime.reading(platform_id) as tenant:
        found = sealing.number(tenant)

    for turn in range(BATCHES_MAX):
        with runtime.reading(platform_id) as tenant:
            ids = sealing.some(tenant, after, BATCH)
        if not ids:
            break

        def work(tenant: Tenant, ids: list[str] = ids, first: bool = turn == 0) -> int | Refused:
            if _is_enforced(tenant):
                return ENFORCED
            if first:
                note(runtime, tenant, actor, "platform.unsealed", now, records=found)
            return sealing.unseal(tenant, ids)

        done = runtime.writing(platform_id, work)
        if isinstance(done, Refused):
            return done
        after, opened = ids[-1], opened + done
    return opened


def _is_enforced(tenant: Tenant) -> bool:
    """Tell whether the policy enforces; it stays as it is until the transaction ends."""
    platforms.lock(tenant.connection, tenant.platform_id)
    platform = platforms.find(tenant.connection, tenant.platform_id)
    return platform is None or platform.policy.verification is Verification.ENFORCED

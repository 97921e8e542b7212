"""The merge ledger: every time two histories became one, so that it can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from whosthere.core.resolution import Record
from whosthere.storage.tables import merge_ledger
from whosthere.storage.tenancy import Tenant


def add_adoption(tenant: Tenant, entry_id: str, before: Record, after: Record, now: int) -> None:
    """Note that a record known by email only was given a userId."""
    tenant.add(
        merge_ledger,
        id=entry_id,
        kind="adoption",
        record_id=after.id,
        detail={"userId": after.user_id, "email": before.email, "emailProven": before.email_proven},
        created_at=now,
    )


def add_history(
    tenant: Tenant, entry_id: str, record_id: str, anonymous_id: str, conversation_ids: Sequence[str], now: int
) -> None:
    """Note that a person added what they had begun without logging in."""
    tenant.add(
        merge_ledger,
        id=entry_id,
        kind="anonymous_history",
        record_id=record_id,
        other_id=anonymous_id,
        detail={"conversations": list(conversation_ids)},
        created_at=now,
    )

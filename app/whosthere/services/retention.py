"""Closed conversations are deleted when a platform's `retention_days` are over (docs/privacy.md, "Retention")."""

from __future__ import annotations

from whosthere.core.anonymous import DAY_MS
from whosthere.services.runtime import Runtime
from whosthere.storage import retention
from whosthere.storage.platforms import Platform

_TOGETHER = 50


def old_number(runtime: Runtime, platform: Platform, now: int) -> int:
    """Return how many conversations are to go."""
    if platform.retention_days is None:
        return 0
    with runtime.reading(platform.id) as tenant:
        return retention.number(tenant, now - platform.retention_days * DAY_MS)


def delete_old(runtime: Runtime, platform: Platform, now: int, batch: int) -> tuple[int, bool]:
    """Delete a part of them; return how many conversations are gone now, and whether there is more to do."""
    if platform.retention_days is None:
        return 0, False
    before = now - platform.retention_days * DAY_MS
    together = min(batch, _TOGETHER)
    ids = runtime.writing(platform.id, lambda tenant: retention.end_oldest(tenant, before, together))
    if not ids:
        return 0, False
    with runtime.reading(platform.id) as tenant:
        files = retention.files(tenant, ids, batch)
    for one in files:  # before the rows, which say what is still to be removed
        runtime.files.remove(platform.id, one)
    if files:
        runtime.writing(platform.id, lambda tenant: retention.remove_files(tenant, files))
    return runtime.writing(platform.id, lambda tenant: retention.delete_some(tenant, ids, batch)), True

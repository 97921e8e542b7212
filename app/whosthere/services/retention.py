"""Closed conversations are deleted when a platform's `retention_days` are over (docs/privacy.md, "Retention")."""

from __future__ import annotations

from collections.abc import Sequence

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


def delete_old(runtime: Runtime, platform: Platform, now: int, batch: int, after: str) -> tuple[int, str | None]:
    """Delete a part of them after an id; return how many are gone, and after which id to go on, `None` at the end."""
    if platform.retention_days is None:
        return 0, None
    before = now - platform.retention_days * DAY_MS
    with runtime.reading(platform.id) as tenant:  # looking for them may take long, and holds up nobody here
        some = retention.some(tenant, before, after, min(batch, _TOGETHER))
    if not some:
        return 0, None
    ids = runtime.writing(platform.id, lambda tenant: retention.end(tenant, some, before))
    deleted = _delete(runtime, platform, ids, batch) if ids else 0
    return deleted, some[-1] if deleted == len(ids) else after


def _delete(runtime: Runtime, platform: Platform, ids: Sequence[str], batch: int) -> int:
    """Delete a part of what is in these conversations, and those that are empty then; return how many these were."""
    with runtime.reading(platform.id) as tenant:
        files = retention.files(tenant, ids, batch)
    for one in files:  # before the rows, which say what is still to be removed
        runtime.files.remove(platform.id, one)
    if files:
        runtime.writing(platform.id, lambda tenant: retention.remove_files(tenant, files))
    return runtime.writing(platform.id, lambda tenant: retention.delete_some(tenant, ids, batch))

"""Attachments that belong to nothing any more: uploaded and never sent, or a file that no row names."""

from __future__ import annotations

from collections.abc import Iterator

from whosthere.core.anonymous import DAY_MS
from whosthere.core.attachments import UNSENT_DAYS
from whosthere.services.runtime import Runtime
from whosthere.storage import attachments

_TOGETHER = 500


def unsent_number(runtime: Runtime, platform_id: str, now: int) -> int:
    """Return how many uploads are a day old and part of no message."""
    with runtime.reading(platform_id) as tenant:
        return attachments.unsent_number(tenant, _until(now))


def remove_unsent(runtime: Runtime, platform_id: str, now: int, count: int) -> int:
    """Remove at most `count` of them; return how many it were."""
    ids = runtime.writing(platform_id, lambda tenant: attachments.delete_unsent(tenant, _until(now), count))
    for one in ids:  # after the rows: a row never lacks its file
        runtime.files.remove(platform_id, one)
    return len(ids)


def strays(runtime: Runtime, platform_id: str, now: int) -> Iterator[str]:
    """Yield the ids of files that no row names; one that is younger than a day may be about to get its row."""
    together: list[str] = []
    for kept in runtime.files.listed(platform_id):
        if kept.kept_at < _until(now):
            together.append(kept.id)
        if len(together) >= _TOGETHER:
            yield from _unknown(runtime, platform_id, together)
            together = []
    yield from _unknown(runtime, platform_id, together)


def remove_strays(runtime: Runtime, platform_id: str, now: int) -> int:
    """Remove those files; return how many it were."""
    removed = 0
    for one in strays(runtime, platform_id, now):
        runtime.files.remove(platform_id, one)
        removed += 1
    return removed


def _unknown(runtime: Runtime, platform_id: str, ids: list[str]) -> list[str]:
    with runtime.reading(platform_id) as tenant:
        return attachments.unknown(tenant, ids)


def _until(now: int) -> int:
    return now - UNSENT_DAYS * DAY_MS

"""Tries at a door, counted in the database: what throttles guessing where several processes have no Redis."""

from __future__ import annotations

from whosthere.services.digests import digest_of
from whosthere.services.runtime import Runtime
from whosthere.storage import tries
from whosthere.storage.connection import Connection


def passes(runtime: Runtime, door: str, who: str, *, most: int, window_ms: int) -> bool:
    """Count one try of `who` at `door`; `False` when there were more than `most` within the window.

    Raises:
        Unavailable: it cannot be counted, so nobody passes.
    """
    digest, now = _digest(door, who), runtime.clock()
    ends_at = now + window_ms
    with runtime.database.read() as connection:
        if tries.counted(connection, digest, now, ends_at) >= most:
            return False  # without writing: who hammers at the door costs the database little
    return runtime.database.transact(lambda connection: tries.count(connection, digest, now, ends_at)) <= most


def counted(runtime: Runtime, door: str, who: str, number: int, *, window_ms: int) -> int:
    """Count `number` tries of `who` at `door`, and return how many that makes within the window."""
    digest, now = _digest(door, who), runtime.clock()
    return runtime.database.transact(lambda connection: tries.count(connection, digest, now, now + window_ms, number))


def forgive(runtime: Runtime, door: str, who: str) -> None:
    """Forget what was counted."""

    def forget(connection: Connection) -> None:
        tries.forget(connection, _digest(door, who))

    runtime.database.transact(forget)


def _digest(door: str, who: str) -> bytes:
    """Return what is stored: counters need not know who knocks."""
    return digest_of(f"{door}\0{who}")

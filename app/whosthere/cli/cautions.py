"""What works, and is still worth knowing before it hurts."""

from __future__ import annotations

from whosthere.settings import Settings
from whosthere.storage.writer_lock import SQLITE_WHOLE, dated_library


def of_limits(settings: Settings, workers: int | None) -> list[str]:
    """Warn about rate limits, sign-in's included, that several processes count alone.

    Args:
        workers: how many processes there will be; `None` when nobody knows yet.
    """
    if settings.redis_url is not None or workers == 1:
        return []
    if workers is None:
        return ["WHOSTHERE_REDIS_URL is not set: with several workers, rate limits count in each process alone."]
    return [
        "rate limits count in each process alone, those on signing in too: "
        f"{workers} workers let through {workers} times as much. Set WHOSTHERE_REDIS_URL to count together."
    ]


def of_sqlite(settings: Settings) -> list[str]:
    """Warn about a SQLite library that only our own lock keeps from damaging the file."""
    version = dated_library()
    if version is None or not settings.database_url.get_secret_value().startswith("sqlite"):
        return []
    return [
        f"SQLite {version} can damage a database when two connections checkpoint at once (the WAL-reset "
        "bug). Here all writes and checkpoints go through one lock, so the file is safe as long as no other program "
        f"writes to it. SQLite {'.'.join(map(str, SQLITE_WHOLE))} is without that bug; upgrade when you can."
    ]

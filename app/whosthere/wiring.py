"""Settings in, running parts out: the one place where the installation is put together."""

from __future__ import annotations

import time
from collections.abc import Callable

from whosthere.realtime.hub import Bus, Hub
from whosthere.realtime.spool import SpoolBus
from whosthere.services.runtime import Runtime
from whosthere.services.signer import Signer
from whosthere.services.smtp import Smtp
from whosthere.services.watch import AccessWatch
from whosthere.settings import Settings
from whosthere.storage.database import Database
from whosthere.storage.files import OPEN_MAX, LocalFiles
from whosthere.storage.vault import Vault

STREAMS_MAX = 200
MEGABYTE = 1_000_000


def system_clock() -> int:
    """Return the present time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def build_runtime(
    settings: Settings,
    *,
    clock: Callable[[], int] | None = None,
    streams_max: int = STREAMS_MAX,
    downloads_max: int = OPEN_MAX,
) -> Runtime:
    """Make the parts that `settings` ask for; nothing is connected before it is used.

    Args:
        clock: returns epoch milliseconds; the system's by default.
        streams_max: how many live streams this process holds before it asks clients to poll.
        downloads_max: how many attachments it sends at once.
    """
    database = Database(settings.database_url.get_secret_value())
    clock = clock or system_clock
    attachments = settings.instance_path / "attachments"
    return Runtime(
        database=database,
        vault=Vault([key.get_secret_value() for key in settings.encryption_keys]),
        signer=Signer(settings.secret_key.get_secret_value()),
        hub=Hub(_bus(settings, database), streams_max=streams_max),
        watch=AccessWatch(database, clock),
        clock=clock,
        files=LocalFiles(attachments, open_max=downloads_max),
        exports=attachments / "exports",
        attachment_bytes_max=settings.attachment_megabytes * MEGABYTE,
        mailer=_mailer(settings),
        public_url=settings.public_url,
    )


def _mailer(settings: Settings) -> Smtp | None:
    url = settings.smtp_url
    return None if url is None else Smtp(url.get_secret_value(), settings.public_url)


def _bus(settings: Settings, database: Database) -> Bus:
    """Return what carries wake-ups between the processes that share this database."""
    if settings.redis_url is not None:
        from whosthere.realtime.redis import RedisBus  # an extra: only who has a Redis needs its driver

        return RedisBus(settings.redis_url.get_secret_value())
    if database.is_sqlite:
        return SpoolBus(f"{database.url.database}.wakeups")
    from whosthere.realtime.postgres import PostgresBus  # an extra, too

    return PostgresBus(database.url.set(drivername="postgresql").render_as_string(hide_password=False))

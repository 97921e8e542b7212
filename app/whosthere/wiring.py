"""Settings in, running parts out: the one place where the installation is put together."""

from __future__ import annotations

import time
from collections.abc import Callable

from whosthere.realtime.hub import Bus, Hub
from whosthere.realtime.local import LocalBus
from whosthere.services.runtime import Runtime
from whosthere.services.signer import Signer
from whosthere.settings import Settings
from whosthere.storage.database import Database
from whosthere.storage.vault import Vault

STREAMS_MAX = 200


def system_clock() -> int:
    """Return the present time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def build_runtime(
    settings: Settings, *, clock: Callable[[], int] | None = None, streams_max: int = STREAMS_MAX
) -> Runtime:
    """Make the parts that `settings` ask for; nothing is connected before it is used.

    Args:
        clock: returns epoch milliseconds; the system's by default.
        streams_max: how many live streams this process holds before it asks clients to poll.
    """
    database = Database(settings.database_url.get_secret_value())
    return Runtime(
        database=database,
        vault=Vault([key.get_secret_value() for key in settings.encryption_keys]),
        signer=Signer(settings.secret_key.get_secret_value()),
        hub=Hub(_bus(), streams_max=streams_max),
        clock=clock or system_clock,
    )


def _bus() -> Bus:
    return LocalBus()

"""Whether an installation can serve, asked of every part of it; all problems are found at once."""

from __future__ import annotations

from whosthere.services.runtime import Runtime
from whosthere.storage import keys, platforms
from whosthere.storage.errors import Unavailable
from whosthere.storage.migrate import status
from whosthere.storage.tenancy import Tenant
from whosthere.storage.vault import VaultError


def problems(runtime: Runtime) -> list[str]:
    """Return one sentence for each part that does not work; none of them shows a secret."""
    return [*_of_database(runtime), *_of_bus(runtime)]


def _of_database(runtime: Runtime) -> list[str]:
    try:
        schema = status(runtime.database)
        if not schema.at_head:
            return [
                f"The schema of the database is {schema.current or 'not there yet'}, this release needs "
                f"{schema.head}; run: whosthere db upgrade"
            ]
        return _of_secrets(runtime)
    except Unavailable as error:
        return [f"The database (WHOSTHERE_DATABASE_URL) cannot be used: {error}"]


def _of_secrets(runtime: Runtime) -> list[str]:
    """Find the platforms whose secret keys the configured encryption keys do not open."""
    closed: list[str] = []
    with runtime.database.read() as connection:
        for platform in platforms.all_of(connection):
            try:
                keys.keyring(Tenant(connection, platform.id), runtime.vault)
            except VaultError:
                closed.append(platform.name)
    if not closed:
        return []
    names = ", ".join(closed)
    return [f"WHOSTHERE_ENCRYPTION_KEYS lacks the key that secrets of these platforms were encrypted with: {names}."]


def _of_bus(runtime: Runtime) -> list[str]:
    waiter = runtime.hub.enter(())  # what a stream does: from now on wake-ups of other processes should arrive
    healthy = runtime.hub.bus_healthy()
    if waiter is not None:
        runtime.hub.leave(waiter)
    return [] if healthy else ["Wake-ups between processes do not arrive: the bus (WHOSTHERE_REDIS_URL) is silent."]

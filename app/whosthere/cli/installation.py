"""The installation a command works on: its settings and its running parts, opened and closed around the work."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from whosthere.cli.failures import Failure, failing_clearly
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.settings import load_settings
from whosthere.storage.database import Database
from whosthere.storage.migrate import SchemaStatus, status
from whosthere.wiring import build_runtime


@contextmanager
def installation(*, any_schema: bool = False) -> Iterator[Runtime]:
    """Open the installation that the environment describes.

    Args:
        any_schema: do not insist on a database whose schema is at head.

    Raises:
        Failure: whatever is wrong with it, in words for the person at the keyboard.
    """
    with failing_clearly():
        runtime = build_runtime(load_settings())
        try:
            if not any_schema:
                require_head(runtime.database)
            yield runtime
        finally:
            runtime.hub.close()
            runtime.database.close()


def require_head(database: Database, *, hint: str = "run: whosthere db upgrade") -> None:
    """Insist that this release can work with the database.

    Raises:
        Failure: its schema is older or newer than this release's; `hint` says what to do.
    """
    schema = status(database)
    if not schema.at_head:
        raise Failure(f"{in_words(schema)}; {hint}")


def in_words(schema: SchemaStatus) -> str:
    """Say where a schema stands."""
    if schema.at_head:
        return f"The database has the schema of this release ({schema.head})."
    if schema.current is None:
        return "The database is empty"
    return f"The schema of the database is {schema.current}, this release needs {schema.head}"


def whoever_types() -> Actor:
    """Return who is at the keyboard, for the audit log."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        name = "unknown"
    return Actor(f"cli:{name}")

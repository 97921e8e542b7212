"""Bring a database to the schema of this release, and say where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from whosthere.storage.database import Database
from whosthere.storage.errors import Unavailable

VERSION_TABLE = "whosthere_schema"  # our own, so that a host's Alembic in the same database never meets it
_LOCK = 0x77686F73  # any constant: PostgreSQL's advisory lock that lets one process migrate at a time


class MigrationError(Exception):
    """A migration would leave the database broken; it was rolled back."""


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """The revision a database is at (`None` when empty) and the one this release needs."""

    current: str | None
    head: str

    @property
    def at_head(self) -> bool:
        """Whether this release can serve from this database."""
        return self.current == self.head


def status(database: Database) -> SchemaStatus:
    """Return where the schema of `database` stands.

    Raises:
        Unavailable: the database cannot be reached.
    """
    with database.inspect() as connection:
        return SchemaStatus(_current(connection), _head())


def upgrade(database: Database, *, backup: bool = True) -> SchemaStatus:
    """Bring the schema to head, in one transaction, and return the new status.

    On SQLite a populated file is first copied beside itself (`<file>.before-<revision>`), unless `backup` is false.

    Raises:
        MigrationError: a foreign key would dangle afterwards; nothing was changed.
        Unavailable: the database cannot be reached or written.
    """
    before = status(database)
    if before.at_head:
        return before
    with _exclusive(database, backup and before.current is not None) as connection:
        command.upgrade(_config(connection), "head")
    return status(database)


@contextmanager
def _exclusive(database: Database, backup: bool) -> Iterator[Connection]:
    if not database.is_sqlite:
        with database.inspect() as connection, connection.begin():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
        return
    with database.alone() as (connection, driver):
        if backup:
            _back_up(database, driver)
        # Alembic rebuilds tables on SQLite; with the foreign keys on, a rebuild would delete their children.
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise MigrationError(f"{len(broken)} rows would lose the row they refer to")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _back_up(database: Database, driver: Any) -> None:
    source = Path(str(database.url.database))
    target = source.with_name(f"{source.name}.before-{_head()}")
    target.unlink(missing_ok=True)
    try:
        driver.execute("VACUUM INTO ?", (str(target),))
    except Exception as error:
        raise Unavailable(f"the backup before the migration failed: {error}") from error
    target.chmod(0o600)


def _current(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _head() -> str:
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    if head is None:
        raise MigrationError("this installation holds no migrations")
    return head


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

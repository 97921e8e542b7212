"""Migrations lead to the schema that the code expects, lose nothing on the way, and keep to their own corner."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Engine, Integer, inspect, text

from tests.servers import spare_port
from tests.shop import open_shop
from whosthere.services.runtime import Runtime
from whosthere.storage import migrate
from whosthere.storage.database import Database
from whosthere.storage.errors import Unavailable
from whosthere.storage.migrate import VERSION_TABLE, MigrationError
from whosthere.storage.tables import metadata

SEARCH = {"search_index", *(f"search_index_{part}" for part in ("config", "data", "idx"))}
"""FTS5's own tables on SQLite, which no metadata describes."""
SEARCH_INDEXES = {"uq_search_entries_rowid", "ix_search_entries_words"}


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    """A database without any table."""
    opened = Database(empty_database_url)
    yield opened
    opened.close()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_an_empty_database_gets_the_schema_of_this_release(empty: Database) -> None:
    assert migrate.status(empty).current is None
    assert not migrate.status(empty).at_head
    after = migrate.upgrade(empty)
    assert after.at_head
    assert after == migrate.status(empty) == migrate.upgrade(empty)
    searching = SEARCH if empty.is_sqlite else set()
    assert tables(empty.engine) == set(metadata.tables) | {VERSION_TABLE} | searching


def test_the_migrated_schema_is_the_one_in_the_code(empty: Database) -> None:
    """No table, column, type, index or constraint differs, but for what only one of the databases has."""
    migrate.upgrade(empty)
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "include_name": lambda name, *_: name not in SEARCH | SEARCH_INDEXES,
    }
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_way_back_leaves_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    with migrate._exclusive(empty, backup=False) as connection:
        command.downgrade(migrate._config(connection), "base")
    assert tables(empty.engine) == {VERSION_TABLE}
    assert migrate.upgrade(empty).at_head


def test_a_host_with_migrations_of_its_own_is_left_alone(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')"))
        connection.execute(text("CREATE TABLE shop_orders (id INTEGER PRIMARY KEY)"))
    migrate.upgrade(empty)
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "theirs"
    assert "shop_orders" in tables(empty.engine)


def test_several_processes_that_migrate_at_once_do_it_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(4)]
    outcomes: list[object] = []

    def upgrade(database: Database) -> None:
        try:
            outcomes.append(migrate.upgrade(database).at_head)
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=upgrade, args=[database]) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert outcomes == [True] * 4


def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/missing/x.sqlite3", f"postgresql+psycopg://x@127.0.0.1:{spare_port()}/x"):
        with pytest.raises(Unavailable):
            migrate.status(Database(url))


# -- SQLite, where a migration rebuilds tables --------------------------------------------------------------------


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rebuild(database: Database) -> None:
    """What Alembic does on SQLite to change a table that others refer to."""
    with migrate._exclusive(database, backup=False) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("platforms", recreate="always") as batch:
            batch.add_column(Column("added", Integer))


def keys_of(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM keys")).scalar_one())


@pytest.fixture
def populated(runtime: Runtime) -> Database:
    """A SQLite database with a platform and its key."""
    open_shop(runtime)
    return runtime.database


@on_sqlite
def test_a_rebuilt_table_keeps_its_children(populated: Database) -> None:
    rebuild(populated)
    assert keys_of(populated) == 1
    with populated.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_no_foreign_key_cascades() -> None:
    """Or a rebuild, or a forgotten condition, would delete children silently."""
    rules = [
        f"{table.name}.{key.name}"
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.ondelete or key.onupdate
    ]
    assert rules == []


@on_sqlite
def test_a_migration_that_would_orphan_rows_is_rolled_back(populated: Database) -> None:
    with (
        pytest.raises(MigrationError, match="1 rows"),
        migrate._exclusive(populated, backup=False) as connection,
    ):
        connection.execute(text("DELETE FROM platforms"))
    assert keys_of(populated) == 1
    with populated.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM platforms")).scalar_one() == 1
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


@on_sqlite
def test_a_populated_database_is_copied_before_it_is_changed(populated: Database) -> None:
    with migrate._exclusive(populated, backup=True) as connection:
        connection.execute(text("DELETE FROM keys"))
    file = Path(str(populated.url.database))
    (copy,) = file.parent.glob(f"{file.name}.before-*")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM keys").fetchone() == (1,)
    assert keys_of(populated) == 0


def test_a_new_database_needs_no_copy(empty: Database, tmp_path: Path) -> None:
    migrate.upgrade(empty)
    assert not list(tmp_path.glob("*.before-*"))


@on_sqlite
def test_a_copy_that_fails_stops_the_migration(populated: Database) -> None:
    in_the_way = Path(f"{populated.url.database}.before-{migrate.status(populated).head}")
    in_the_way.mkdir()
    with (
        pytest.raises((Unavailable, OSError)),
        migrate._exclusive(populated, backup=True) as connection,
    ):
        connection.execute(text("DELETE FROM keys"))
    assert keys_of(populated) == 1

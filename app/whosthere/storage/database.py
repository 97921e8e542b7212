"""Connections and transactions, alike for SQLite and PostgreSQL.

`read()` and `write()` are the only ways to a connection. A write commits before the block ends, so whoever
acknowledges after it acknowledges something durable.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from whosthere.storage.errors import Conflict, Unavailable
from whosthere.storage.writer_lock import NoLock, WriterLock

T = TypeVar("T")

_WRITES = "whosthere_writes"
_POOL_SECONDS = 10
_RACES_MAX = 12
# serialization_failure, deadlock_detected: the loser starts again from the top.
_RETRIED_SQLSTATES = frozenset({"40001", "40P01"})


class Database:
    """One database, its pool and its transactions."""

    def __init__(self, url: str | URL, *, pool_size: int = 20) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 20, "pool_timeout": _POOL_SECONDS}
        options["hide_parameters"] = True  # an error in a log shows the statement, never what somebody wrote
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 5}
        else:
            options["pool_pre_ping"] = True
            options["connect_args"] = {"connect_timeout": 5}
        self.engine = create_engine(self.url, **options)
        self._writer: WriterLock | NoLock = NoLock()
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", _keep_private)
            event.listen(self.engine, "connect", _configure_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self._writer = WriterLock(self.url.database)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection inside a transaction that only reads.

        Raises:
            Unavailable: the database cannot serve now.
        """
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection inside a transaction that is committed when the block ends well.

        Raises:
            Conflict: a uniqueness constraint or a race stopped it.
            Unavailable: the database cannot serve now.
        """
        with _translated(), self._writer, self.engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                yield writing

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction; the loser of a race runs again from the top."""
        for _ in range(_RACES_MAX):
            try:
                with self.write() as connection:
                    return work(connection)
            except Conflict as conflict:
                lost = conflict
        raise Unavailable("the same race was lost too many times") from lost

    @contextmanager
    def alone(self) -> Iterator[tuple[Connection, Any]]:
        """Give a SQLite connection outside any transaction, with its driver's connection, to the only writer."""
        with _translated(), self._writer, self.engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            yield writing, connection.connection.dbapi_connection

    def close(self) -> None:
        """Close the pool. On SQLite under the writer's lock, because closing the last connection checkpoints."""
        with self._writer:
            self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(str(error.orig)) from error
    except exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _RETRIED_SQLSTATES:
            raise Conflict(str(error.orig)) from error
        if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError):
            raise Unavailable(str(error.orig)) from error
        raise
    except exc.TimeoutError as error:
        raise Unavailable("no free database connection") from error


def _keep_private(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    """Make a new database file readable for its owner only; SQLite gives `-wal` and `-shm` the same mode."""
    with suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _configure_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged message survives power loss
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",  # erased text does not linger in free pages
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

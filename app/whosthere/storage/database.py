"""Connections and transactions, alike for SQLite and PostgreSQL.

`read()` and `write()` are the only ways to a connection (migrations have their own). A write commits before the block
ends, so whoever acknowledges after it acknowledges something durable.

The drivers begin nothing by themselves; what begins, begins here. A read needs no transaction: each statement has a
view of its own, on PostgreSQL by its isolation level (read committed), on SQLite alike. Whatever decides about a write
is read again inside the transaction that writes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy import create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import PoolProxiedConnection

from whosthere.storage import segments
from whosthere.storage.connection import Connection, Speller
from whosthere.storage.errors import Conflict, TooSlow, Unavailable
from whosthere.storage.writer_lock import NoLock, WriterLock

T = TypeVar("T")

_WRITES = "whosthere_writes"
_FAREWELL = "whosthere_farewell"
_POOL_SECONDS = 10
_RACES_MAX = 12
# Until the transaction ends. What is looked for decides about the plan, so no plan is kept for the next values.
_LIMITED = (
    "SELECT set_config('statement_timeout', '{}', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
)
_CANCELED_SQLSTATE = "57014"
_LOOK_EVERY = 1_000  # steps of SQLite's machine between two looks at the clock
# serialization_failure, deadlock_detected: the loser starts again from the top.
_RETRIED_SQLSTATES = frozenset({"40001", "40P01"})


class Database:
    """One database, its pool and its transactions."""

    def __init__(self, url: str | URL, *, pool_size: int = 20) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 20, "pool_timeout": _POOL_SECONDS}
        options["pool_reset_on_return"] = None  # `_transaction` leaves nothing open
        options["hide_parameters"] = True  # an error in a log shows the statement, never what somebody wrote
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 5}
        else:
            options["connect_args"] = {"connect_timeout": 5}
        self.engine = create_engine(self.url, **options)
        self._speller = Speller(self.engine.dialect)
        self._driver: Any = self.engine.dialect.loaded_dbapi
        self._writer: WriterLock | NoLock = NoLock()
        self._closed = threading.Event()
        self._takes_writes = False  # until one was taken
        event.listen(self.engine, "begin", _begin)
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", _keep_private)
            event.listen(self.engine, "connect", _configure_sqlite)
            self._writer = WriterLock(self.url.database)
        else:
            event.listen(self.engine, "connect", _configure_postgres)
            event.listen(self.engine, "checkout", self._look_whether_it_is_there)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that only reads, each statement what was committed when it ran.

        Raises:
            Unavailable: the database cannot serve now.
        """
        with self._transaction(None) as connection:
            yield connection

    @contextmanager
    def read_within(self, milliseconds: int) -> Iterator[Connection]:
        """Give a connection that only reads, and stops reading when its time is over.

        Raises:
            TooSlow: it was stopped.
            Unavailable: the database cannot serve now.
        """
        with self._transaction(None if self.is_sqlite else "BEGIN") as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(_LIMITED.format(milliseconds))
                yield connection
                return
            ends_at = time.monotonic() + milliseconds / 1000
            with connection.watched(lambda: time.monotonic() > ends_at, _LOOK_EVERY):
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection inside a transaction that is committed when the block ends well.

        Raises:
            Conflict: a uniqueness constraint or a race stopped it.
            Unavailable: the database cannot serve now.
        """
        try:
            with self._writer, self._transaction("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN") as connection:
                yield connection
        except Unavailable:
            self._takes_writes = False
            raise
        self._takes_writes = True

    def check_writing(self) -> None:
        """Insist that the database takes writes; tries one that changes nothing if the last one failed.

        Raises:
            Unavailable: it does not.
        """
        if self._takes_writes:
            return
        with self.write() as connection:
            if self.is_sqlite:
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                connection.exec_driver_sql(f"PRAGMA user_version={version}")  # written, though it stays the same
            elif connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() != "off":
                raise Unavailable("it takes no writes")

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
    def inspect(self) -> Iterator[sqlalchemy.Connection]:
        """Give a connection of SQLAlchemy's own kind, which migrations need."""
        with self._translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[tuple[sqlalchemy.Connection, Any]]:
        """Give a SQLite connection outside any transaction, with its driver's connection, to the only writer."""
        with self._writer, self.inspect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            yield writing, connection.connection.dbapi_connection

    def scrub(self) -> None:
        """Have what was erased leave the files of the database, as far as that is possible while others read.

        SQLite overwrites what is deleted, but its search index only notes what is gone until its parts are merged, and
        the write-ahead log holds former pages until it begins anew. PostgreSQL does this by itself, when it vacuums.
        """
        if self.is_sqlite:
            segments.merge(self.write)
            with self._writer, self._transaction(None) as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout=500")
                try:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    connection.exec_driver_sql("PRAGMA busy_timeout=5000")

    def disconnect(self) -> None:
        """Close the idle connections. On SQLite under the writer's lock, because closing the last one checkpoints."""
        with self._writer:
            self.engine.dispose()

    def close(self) -> None:
        """Close the idle connections, and every other as soon as it is given back; nobody gets one any more."""
        self._closed.set()
        self.disconnect()

    @contextmanager
    def _transaction(self, begin: str | None) -> Iterator[Connection]:
        """Lend a connection; what was begun is committed when the block ends well, and undone otherwise."""
        with self._translated():
            if self._closed.is_set():
                raise Unavailable("the database is closed")
            lent = self.engine.raw_connection()
            driver: Any = lent.dbapi_connection
            try:
                if begin is not None:
                    driver.execute(begin)
                yield Connection(driver, self._speller)
                if begin is not None:
                    driver.commit()
            except BaseException as error:
                self._undo(lent, error)
                raise
            finally:
                if lent.is_valid and self._closed.is_set():
                    lent.invalidate()  # nobody would close this one any more
                elif lent.is_valid:
                    lent.close()

    def _undo(self, lent: PoolProxiedConnection, error: BaseException) -> None:
        """Roll back; a connection that cannot do that, or has lost its database, is thrown away."""
        driver: Any = lent.dbapi_connection
        try:
            driver.rollback()
        except self._driver.Error:
            lent.invalidate(error)
        else:
            if isinstance(error, self._driver.Error) and self.engine.dialect.is_disconnect(error, driver, None):
                lent.invalidate(error)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            meaning = self._meaning(error.orig)
            if meaning is None:
                raise
            raise meaning from error
        except exc.TimeoutError as error:
            raise Unavailable("no free database connection") from error
        except self._driver.Error as error:
            meaning = self._meaning(error)
            if meaning is None:
                raise
            raise meaning from error

    def _meaning(self, error: BaseException | None) -> Conflict | TooSlow | Unavailable | None:
        """Return what an error of the driver means to a service; `None` for a mistake of ours."""
        driver = self._driver
        if isinstance(error, driver.IntegrityError) or getattr(error, "sqlstate", None) in _RETRIED_SQLSTATES:
            return Conflict(str(error))
        if (
            getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
            or getattr(error, "sqlstate", "") == _CANCELED_SQLSTATE
        ):
            return TooSlow(str(error))
        if isinstance(error, (driver.OperationalError, driver.InterfaceError, driver.InternalError)):
            return Unavailable(str(error))
        return None

    def _look_whether_it_is_there(self, driver: Any, record: Any, _lent: Any) -> None:
        """Take a new connection instead of one that PostgreSQL has closed, without asking it across the network."""
        try:
            driver.pgconn.consume_input()
            driver.pgconn.is_busy()  # reads what came; nobody asked anything, so it can only be a notice
        except self._driver.OperationalError as error:
            raise exc.DisconnectionError from error
        if _FAREWELL in record.info:
            raise exc.DisconnectionError


def _keep_private(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    """Make a new database file readable for its owner only; SQLite gives `-wal` and `-shm` the same mode.

    A file that is there must never be opened: closing it would take away the locks of every connection of this process
    (https://www.sqlite.org/howtocorrupt.html, 2.2), and the next process to leave would delete the log under them.
    """
    with suppress(OSError):  # it is there, or SQLite says better what is wrong
        os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _configure_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # transactions are begun here, not by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged message survives power loss
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",  # erased text does not linger in free pages
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _configure_postgres(dbapi_connection: Any, record: Any) -> None:
    def notice(said: Any) -> None:
        if said.severity_nonlocalized == "FATAL":
            record.info[_FAREWELL] = said.message_primary

    dbapi_connection.add_notice_handler(notice)
    dbapi_connection.autocommit = True  # transactions are begun here, not by the driver
    from psycopg.types.string import TextLoader  # an extra: who has this connection has it

    dbapi_connection.adapters.register_loader("uuid", TextLoader)  # ids are text in Python


def _begin(connection: sqlalchemy.Connection) -> None:
    writes = connection.dialect.name == "sqlite" and connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""Many rows at once, straight through each driver: what a million inserts through an ORM would take minutes for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

Row = dict[str, Any]
_CHUNK = 10_000


class Bulk(Protocol):
    """Writes rows that all have the same columns."""

    def write(self, table: str, rows: Iterator[Row]) -> None:
        """Store `rows` in `table`."""


@contextmanager
def bulk(url: str) -> Iterator[Bulk]:
    """Open a database for bulk writing; the planner learns in the end what there is."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            yield _Sqlite(connection)
            connection.commit()
            connection.execute("ANALYZE")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as copying:
            yield _Postgres(copying)
            copying.execute("VACUUM ANALYZE")


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def write(self, table: str, rows: Iterator[Row]) -> None:
        first = next(rows)
        marks = ", ".join("?" * len(first))
        statement = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({marks})"
        values = (tuple(row.values()) for row in chain([first], rows))
        while chunk := list(islice(values, _CHUNK)):
            self._connection.executemany(statement, chunk)


class _Postgres:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def write(self, table: str, rows: Iterator[Row]) -> None:
        first = next(rows)
        columns = sql.SQL(", ").join(map(sql.Identifier, first))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in chain([first], rows):
                copy.write_row(tuple(row.values()))

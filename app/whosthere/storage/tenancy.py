"""The one place that puts the platform into a query.

Statements are built once at module level with these functions and run through a `Tenant`, which supplies the value. A
statement that forgets the platform cannot be built with them, and a test reads every statement of this package to see
that none was built without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Executable,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from whosthere.storage.connection import Connection, Rows

# Not named like the column: SQLAlchemy keeps column names for the SET and VALUES of its own.
PLATFORM: BindParameter[Any] = bindparam("tenant", required=True)


def in_platform(*tables: Table) -> ColumnElement[bool]:
    """The condition that every one of `tables` is read within the tenant's platform only."""
    return and_(*(table.c.platform_id == PLATFORM for table in tables))


def select_in(*tables: Table, columns: Sequence[Any] | None = None) -> Select[Any]:
    """`SELECT` over `tables`, within the tenant's platform."""
    wanted = columns if columns is not None else tables
    return select(*wanted).where(in_platform(*tables))


def update_in(table: Table) -> Update:
    """`UPDATE` within the tenant's platform."""
    return update(table).where(table.c.platform_id == PLATFORM)


def delete_in(table: Table) -> Delete:
    """`DELETE` within the tenant's platform."""
    return delete(table).where(table.c.platform_id == PLATFORM)


class Tenant:
    """A connection that speaks for one platform."""

    __slots__ = ("connection", "platform_id")

    def __init__(self, connection: Connection, platform_id: str) -> None:
        self.connection = connection
        self.platform_id = platform_id

    def run(self, statement: Executable, /, **values: Any) -> Rows:
        """Execute `statement` with this tenant's platform and `values`."""
        return self.connection.execute(statement, {"tenant": self.platform_id, **values})

    def add(self, table: Table, **row: Any) -> None:
        """Insert one row of this platform."""
        self.connection.execute(_insert(table), {**row, "platform_id": self.platform_id})


@cache
def _insert(table: Table) -> Insert:
    return insert(table)

"""What is stored of one platform, read by the tests themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, func, select

from whosthere.storage.database import Database
from whosthere.storage.tables import metadata, refusal_counts

TENANT_TABLES = tuple(table for table in metadata.sorted_tables if table.info.get("tenant"))
PEOPLE = ("users", "conversations", "messages", "merge_ledger", "revoked_sessions", "ended_anonymous")
"""The tables that a refusal must not touch."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one platform."""

    database: Database
    platform_id: str

    def counts(self, *names: str) -> dict[str, int]:
        """Return how many rows there are in each tenant table, or in those named."""
        wanted = [table for table in TENANT_TABLES if not names or table.name in names]
        numbers = [
            select(func.count())
            .select_from(table)
            .where(table.c.platform_id == self.platform_id)
            .scalar_subquery()
            .label(table.name)
            for table in wanted
        ]
        with self.database.engine.connect() as connection:
            return dict(connection.execute(select(*numbers)).one()._mapping)

    def people(self) -> dict[str, int]:
        """Return how many rows there are of visitors and what they said."""
        return self.counts(*PEOPLE)

    def all(self, table: Table) -> list[Row[Any]]:
        """Return the platform's rows of a table in the order of their ids."""
        statement = select(table).where(table.c.platform_id == self.platform_id).order_by(table.c.id)
        with self.database.engine.connect() as connection:
            return list(connection.execute(statement))

    def one(self, table: Table) -> Row[Any]:
        """Return the only row of a table."""
        (row,) = self.all(table)
        return row

    def reasons(self) -> dict[tuple[str, bool], int]:
        """Return how often each exact reason was counted, by reason and whether the visitor was refused."""
        found: dict[tuple[str, bool], int] = {}
        for row in self.all(refusal_counts):
            found[row.reason, row.enforced] = found.get((row.reason, row.enforced), 0) + row.count
        return found

"""What the tables are made of: the column types, and the shape that every platform's table has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Uuid,
    text,
)

# Text in Python; PostgreSQL's own type there, and text in SQLite, where a conversion per value would cost more.
ID = Uuid(as_uuid=False).with_variant(String(36), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identifier(name: str = "id", **options: Any) -> Column[str]:
    """A UUID."""
    return Column(name, ID, **options)


def flag(name: str, default: bool = False) -> Column[bool]:
    """A boolean that is always known."""
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def count(name: str) -> Column[int]:
    """A whole number that begins at zero."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def instant(name: str, *, nullable: bool = False) -> Column[int]:
    """Epoch milliseconds."""
    return Column(name, BigInteger, nullable=nullable)


def tenant_table(name: str, *items: Any) -> Table:
    """Declare a table that belongs to platforms."""
    return Table(
        name,
        metadata,
        Column("platform_id", ID, ForeignKey("platforms.id"), nullable=False),
        identifier(nullable=False),
        *items,
        PrimaryKeyConstraint("platform_id", "id"),
        info={"tenant": True},
    )


def within(column: str, target: str) -> ForeignKeyConstraint:
    """A reference to a row of the same platform."""
    return ForeignKeyConstraint(["platform_id", column], [f"{target}.platform_id", f"{target}.id"])

"""The table behind search: of every message, note and person, the words it is found by.

Each word begins with the key of its platform, so that no search reads what belongs to another one. What makes the
words searchable stands in the migration: on SQLite an FTS5 index that triggers keep up, on PostgreSQL a GIN index.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from whosthere.storage.columns import tenant_table

search_entries = tenant_table(
    "search_entries",  # its ids are those of the messages, notes and users
    Column("n", BigInteger),  # given by the database, rising: newest first is descending
    Column("kind", String(8), nullable=False),  # message, note, user
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    Index("ix_search_entries_n", "platform_id", "n"),
)

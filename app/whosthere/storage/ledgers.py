"""The tables that remember what happened to a platform: merges, refusals, and what people changed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Text

from whosthere.storage.columns import count, identifier, instant, tenant_table, within

merge_ledger = tenant_table(
    "merge_ledger",
    Column("kind", String(32), nullable=False),
    identifier("record_id", nullable=False),
    identifier("other_id", nullable=True),
    Column("detail", JSON, nullable=False),
    instant("created_at"),
    instant("undone_at", nullable=True),
    within("record_id", "users"),
    Index("ix_merge_ledger_of_record", "platform_id", "record_id", "created_at"),
)

refusal_counts = tenant_table(
    "refusal_counts",  # `id` is derived from minute and reason, so that counting is one upsert
    Column("minute", BigInteger, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("enforced", Boolean, nullable=False),
    count("count"),
    Index("ix_refusal_counts_minute", "platform_id", "minute"),
)

refusal_samples = tenant_table(
    "refusal_samples",
    Column("day", Integer, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("page_url", Text),
    Column("detail", JSON, nullable=False),
    instant("created_at"),
    Index("ix_refusal_samples_day", "platform_id", "day", "id"),
)

audit_log = tenant_table(
    "audit_log",
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
    instant("created_at"),
    Index("ix_audit_log_newest", "platform_id", "created_at", "id"),
)

"""The tables of agents' accounts: few rows, and of no platform, since an agent may serve several."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text

from whosthere.storage.columns import ID, identifier, instant, metadata

agents = Table(
    "agents",
    metadata,
    identifier(primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("name", String(255), nullable=False),
    Column("password_hash", Text, nullable=False),
    instant("created_at"),
    instant("disabled_at", nullable=True),
    Index("uq_agents_email_key", "email_key", unique=True),
)

memberships = Table(
    "memberships",
    metadata,
    Column("platform_id", ID, ForeignKey("platforms.id"), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("role", String(16), nullable=False),
    Index("ix_memberships_agent_id", "agent_id"),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("user_agent", String(255), nullable=False),
    instant("created_at"),
    instant("last_seen_at"),
    instant("expires_at"),
    Index("ix_agent_sessions_agent_id", "agent_id"),
)

personal_tokens = Table(
    "personal_tokens",
    metadata,
    identifier(primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    instant("expires_at", nullable=True),
    instant("revoked_at", nullable=True),
    Index("uq_personal_tokens_digest", "digest", unique=True),
    Index("ix_personal_tokens_agent_id", "agent_id"),
)

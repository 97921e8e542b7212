"""The tables of agents' accounts: few rows, and of no platform, since an agent may serve several."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from whosthere.storage.columns import ID, flag, identifier, instant, metadata

agents = Table(
    "agents",
    metadata,
    identifier(primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("name", String(255), nullable=False),
    Column("password_hash", Text, nullable=False),
    flag("available", default=True),
    Column("preferences", JSON, nullable=False, server_default=text("'{}'")),
    Column("totp_secret", Text),  # encrypted; empty without a second factor
    Column("totp_last_step", BigInteger),  # of the code used last: no code works twice (RFC 6238 §5.2)
    Column("recovery_codes", JSON, nullable=False, server_default=text("'[]'")),  # digests
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
    identifier(nullable=False),  # what a list of them names
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("user_agent", String(255), nullable=False),
    instant("created_at"),
    instant("last_seen_at"),
    instant("expires_at"),
    instant("confirmed_at", nullable=True),  # when the password was last given again, for what needs it
    Index("ix_agent_sessions_agent_id", "agent_id"),
)

personal_tokens = Table(
    "personal_tokens",
    metadata,
    identifier(primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("scopes", JSON, nullable=False, server_default=text('\'["read", "write"]\'')),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    instant("expires_at", nullable=True),
    instant("revoked_at", nullable=True),
    Index("uq_personal_tokens_digest", "digest", unique=True),
    Index("ix_personal_tokens_agent_id", "agent_id"),
)

agent_links = Table(
    "agent_links",  # invitations, and ways back in after a forgotten password
    metadata,
    identifier(primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("email", Text, nullable=False),
    Column("agent_id", ID, ForeignKey("agents.id")),
    Column("platform_id", ID, ForeignKey("platforms.id")),
    Column("role", String(16)),
    Column("invited_by", ID, ForeignKey("agents.id")),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
    Index("uq_agent_links_digest", "digest", unique=True),
    Index("ix_agent_links_agent_id", "agent_id"),
    Index("ix_agent_links_platform_id", "platform_id"),
)

agent_mails = Table(
    "agent_mails",  # mail that holds a credential: encrypted, shown to nobody, gone once it is sent
    metadata,
    identifier(primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("content", Text, nullable=False),
    instant("created_at"),
    instant("due_at"),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Index("ix_agent_mails_due_at", "due_at"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # of what is counted: an account, or an address
    instant("window_ends_at"),
    Column("count", Integer, nullable=False),
    Index("ix_sign_in_tries_window_ends_at", "window_ends_at"),
)

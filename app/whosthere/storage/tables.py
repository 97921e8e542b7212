"""The schema. Instants are epoch milliseconds in UTC; ids are UUIDs as text.

Every table that holds a platform's data is made by `tenant_table`: its primary key is `(platform_id, id)` and its
foreign keys carry both columns, so rows of two platforms can never be joined by mistake. Nothing cascades: services
delete explicitly (SQLite rebuilds tables during migrations, and a cascade would delete children silently).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from whosthere.storage.accounts import (
    agent_links,
    agent_mails,
    agent_sessions,
    agents,
    memberships,
    personal_tokens,
    sign_in_tries,
)
from whosthere.storage.columns import count, flag, identifier, instant, metadata, tenant_table, within
from whosthere.storage.ledgers import audit_log, merge_ledger, refusal_counts, refusal_samples
from whosthere.storage.lexicon import search_entries
from whosthere.storage.team import canned_replies, mentions, notes, outbox, taggings

__all__ = [
    "agent_links",
    "agent_mails",
    "agent_sessions",
    "agents",
    "attachments",
    "audit_log",
    "canned_replies",
    "conversations",
    "ended_anonymous",
    "keys",
    "memberships",
    "mentions",
    "merge_ledger",
    "messages",
    "metadata",
    "notes",
    "outbox",
    "personal_tokens",
    "platforms",
    "refusal_counts",
    "refusal_samples",
    "revoked_sessions",
    "search_entries",
    "server_keys",
    "sign_in_tries",
    "taggings",
    "users",
]


def _where_known(column: str, *more: str, name: str | None = None) -> Index:
    """An index of the few rows in which `column` has a value."""
    known = text(f"{column} IS NOT NULL")
    columns = ("platform_id", *(more or (column,)))
    return Index(name or f"ix_conversations_{column}", *columns, sqlite_where=known, postgresql_where=known)


platforms = Table(
    "platforms",
    metadata,
    identifier(primary_key=True),
    Column("name", String(255), nullable=False),
    Column("verification", String(16), nullable=False),
    Column("user_id_pattern", Text),
    flag("email_adoption", default=True),
    Column("anonymous_days", Integer, nullable=False),
    Column("anonymous_idle_days", Integer),
    Column("anonymous_history", String(8), nullable=False),
    Column("retention_days", Integer),  # how long closed conversations are kept; for ever without
    Column("origins", JSON, nullable=False),
    Column("appearance", JSON, nullable=False),
    Column("availability", JSON, nullable=False, server_default=text("'{}'")),  # working hours, promised reply time
    Column("abuse", JSON, nullable=False, server_default=text("'{}'")),  # blocked networks, limits, proof of work
    instant("created_at"),
    instant("first_boot_at", nullable=True),  # when the first page of the site reached us
    count("version"),
    # raised by whatever may end sessions other than one by one: keys, policy, origins, an end of all sessions
    count("access_version"),
)

keys = tenant_table(
    "keys",
    Column("name", String(100), nullable=False),
    Column("scheme", String(16), nullable=False),
    Column("secret", Text, nullable=False),  # encrypted; emptied when the key is deleted
    Column("weak", Boolean, nullable=False, server_default=text("false")),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    instant("ends_at", nullable=True),
    instant("deleted_at", nullable=True),
)

users = tenant_table(
    "users",
    flag("anonymous"),
    Column("user_id", Text),
    # 750 four-byte characters exceed what a B-tree entry holds: uniqueness is over the digest.
    Column("user_id_digest", LargeBinary(32)),
    flag("user_id_proven"),
    Column("email", Text),
    Column("email_key", Text),
    flag("email_proven"),
    Column("name", Text),
    flag("name_proven"),
    Column("claimed_user_id", Text),
    Column("claimed_email", Text),
    Column("contact_name", Text),  # what the visitor left in the chat: never looked up, proves nothing
    Column("contact_email", Text),
    # Of an anonymous user: who is logged in beside it in its browser, and since when its history may be offered.
    identifier("logged_in_id", nullable=True),
    instant("history_since", nullable=True),
    flag("sealed"),
    flag("shadow"),
    count("last_record_seq"),
    Column("language", String(35)),
    Column("page_url", Text),
    Column("events", JSON(none_as_null=True)),  # the newest of what the site's backend told
    instant("created_at"),
    instant("last_seen_at"),
    count("session_generation"),  # raised to end all sessions of the record: no clock has a say in it
    instant("blocked_at", nullable=True),
    instant("deleted_at", nullable=True),
    instant("erased_at", nullable=True),  # when the last of a deleted person was gone
    instant("erasure_stopped_at", nullable=True),  # since when somebody has the rest wait
    Index("uq_users_user_id", "platform_id", "user_id_digest", "shadow", unique=True),
    Index(
        "uq_users_email_only",
        "platform_id",
        "shadow",
        "email_key",
        unique=True,
        sqlite_where=text("user_id_digest IS NULL AND email_key IS NOT NULL"),
        postgresql_where=text("user_id_digest IS NULL AND email_key IS NOT NULL"),
    ),
    Index("ix_users_email_key", "platform_id", "email_key"),
    Index("ix_users_newest", "platform_id", "created_at", "id"),
    Index(
        "ix_users_deleted_at",
        "platform_id",
        "deleted_at",
        sqlite_where=text("deleted_at IS NOT NULL"),
        postgresql_where=text("deleted_at IS NOT NULL"),
    ),
)

conversations = tenant_table(
    "conversations",
    identifier("record_id", nullable=False),
    Column("state", String(16), nullable=False),
    Column("place", String(8), nullable=False, server_default=text("'inbox'")),  # or snoozed, or spam
    Column("title", String(120), nullable=False),
    Column("assurance", String(16), nullable=False),  # of the visitor's newest message
    count("last_seq"),
    count("user_read_seq"),
    count("agent_read_seq"),
    count("user_unread"),
    count("agent_unread"),
    Column("last_author_kind", String(8), nullable=False),
    Column("last_body", String(200), nullable=False),
    instant("last_message_at"),
    identifier("assignee_id", nullable=True),
    Column("tags", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("page_url", Text),
    # the clientMessageId that started it: repeating the start finds the same conversation
    Column("start_id", String(128)),
    Column("rating", Integer),
    Column("rating_comment", Text),
    instant("rated_at", nullable=True),
    instant("waiting_since", nullable=True),  # since when the visitor has had no answer
    instant("snoozed_until", nullable=True),
    instant("first_reply_at", nullable=True),
    instant("resolved_at", nullable=True),
    instant("visitor_notice_at", nullable=True),  # when an unseen answer is mailed to the visitor
    instant("agents_notice_at", nullable=True),  # when the team is told of an unanswered message
    instant("created_at"),
    instant("updated_at"),
    within("record_id", "users"),
    Index("uq_conversations_start", "platform_id", "record_id", "start_id", unique=True),
    Index("ix_conversations_of_record", "platform_id", "record_id", "updated_at", "id"),
    Index("ix_conversations_newest", "platform_id", "updated_at", "id"),
    Index("ix_conversations_by_state", "platform_id", "place", "state", "updated_at", "id"),
    Index("ix_conversations_by_assignee", "platform_id", "assignee_id", "place", "state", "updated_at", "id"),
    _where_known("waiting_since", "place", "updated_at", "id", name="ix_conversations_waiting"),
    _where_known("snoozed_until"),
    _where_known("visitor_notice_at"),
    _where_known("agents_notice_at"),
    Index(
        "ix_conversations_unread",
        "platform_id",
        "record_id",
        "user_unread",
        sqlite_where=text("user_unread > 0"),
        postgresql_where=text("user_unread > 0"),
    ),
)

messages = tenant_table(
    "messages",
    identifier("conversation_id", nullable=False),
    Column("seq", BigInteger, nullable=False),
    identifier("record_id", nullable=False),
    Column("record_seq", BigInteger, nullable=False),
    Column("author_kind", String(8), nullable=False),
    identifier("author_id", nullable=True),
    Column("author_name", Text),
    Column("body", Text, nullable=False),
    # what is shown of them, beside the text: no second query for every page of a log
    Column("attachments", JSON(none_as_null=True)),
    Column("event", String(16)),  # of a system message: resolved, reopened, rejected
    Column("assurance", String(16)),  # of a visitor's message: what was known when it was written
    Column("key_name", String(100)),
    Column("client_message_id", String(128)),
    instant("created_at"),
    within("conversation_id", "conversations"),
    within("record_id", "users"),
    Index("uq_messages_seq", "platform_id", "conversation_id", "seq", unique=True),
    Index("uq_messages_record_seq", "platform_id", "record_id", "record_seq", unique=True),
    Index(
        "uq_messages_client_id",
        "platform_id",
        "conversation_id",
        "author_id",
        "client_message_id",
        unique=True,
    ),
)

attachments = tenant_table(
    "attachments",  # the bytes are files (storage/files.py), named by these ids
    identifier("record_id", nullable=False),
    identifier("conversation_id", nullable=True),  # of an agent's from the start, of a visitor's once it is sent
    identifier("message_id", nullable=True),  # empty until it is sent
    Column("author_kind", String(8), nullable=False),
    identifier("author_id", nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    instant("created_at"),
    within("record_id", "users"),
    within("conversation_id", "conversations"),
    Index("ix_attachments_of_author", "platform_id", "author_id", "created_at"),
    Index("ix_attachments_of_record", "platform_id", "record_id"),
    Index("ix_attachments_of_conversation", "platform_id", "conversation_id"),
    Index(
        "ix_attachments_unsent",
        "platform_id",
        "created_at",
        "id",
        sqlite_where=text("message_id IS NULL"),
        postgresql_where=text("message_id IS NULL"),
    ),
)

revoked_sessions = tenant_table(
    "revoked_sessions",
    instant("revoked_at"),
    instant("expires_at"),
    Index("ix_revoked_sessions_expires_at", "platform_id", "expires_at"),
    Index("ix_revoked_sessions_revoked_at", "platform_id", "revoked_at"),
)

ended_anonymous = tenant_table(
    "ended_anonymous",  # tombstones: written even for an anonymous user that never had a row
    instant("ended_at"),
    Index("ix_ended_anonymous_ended_at", "platform_id", "ended_at"),
)

server_keys = tenant_table(
    "server_keys",
    Column("name", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    instant("revoked_at", nullable=True),
)

"""The tables of the team's work on a platform: notes, tags, canned replies, mentions, mail to be sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text, text

from whosthere.storage.columns import identifier, instant, tenant_table, within

notes = tenant_table(
    "notes",  # a table of their own: no query of the widget can ever return one
    identifier("conversation_id", nullable=False),
    Column("after_seq", BigInteger, nullable=False),
    identifier("agent_id", nullable=False),
    Column("author_name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("client_message_id", String(128)),
    instant("created_at"),
    within("conversation_id", "conversations"),
    Index("ix_notes_of_conversation", "platform_id", "conversation_id", "after_seq", "id"),
    Index("uq_notes_client_id", "platform_id", "conversation_id", "agent_id", "client_message_id", unique=True),
)

taggings = tenant_table(
    "taggings",  # what finds conversations by tag; what is shown of them stands in `conversations.tags`
    identifier("conversation_id", nullable=False),
    Column("tag", String(100), nullable=False),
    within("conversation_id", "conversations"),
    Index("uq_taggings_conversation", "platform_id", "conversation_id", "tag", unique=True),
    Index("ix_taggings_tag", "platform_id", "tag", "conversation_id"),
)

canned_replies = tenant_table(
    "canned_replies",
    Column("name", String(50), nullable=False),  # what is typed after the slash
    Column("body", Text, nullable=False),
    identifier("agent_id", nullable=False),  # who wrote it
    instant("created_at"),
    instant("updated_at"),
    Index("uq_canned_replies_name", "platform_id", "name", unique=True),
)

mentions = tenant_table(
    "mentions",
    identifier("conversation_id", nullable=False),
    identifier("note_id", nullable=False),
    identifier("agent_id", nullable=False),  # who is called
    instant("created_at"),
    instant("read_at", nullable=True),
    instant("notice_at", nullable=True),  # when they are told by mail; empty once that is settled, one way or another
    within("conversation_id", "conversations"),
    within("note_id", "notes"),
    Index("uq_mentions_agent", "platform_id", "note_id", "agent_id", unique=True),
    Index("ix_mentions_of_agent", "platform_id", "agent_id", "created_at", "id"),
    Index("ix_mentions_of_conversation", "platform_id", "conversation_id"),
    Index(
        "ix_mentions_notice_at",
        "platform_id",
        "notice_at",
        sqlite_where=text("notice_at IS NOT NULL"),
        postgresql_where=text("notice_at IS NOT NULL"),
    ),
)

outbox = tenant_table(
    "outbox",  # never holds a credential: admins read it
    Column("kind", String(16), nullable=False),  # reply, waiting, mention
    identifier("conversation_id", nullable=True),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    instant("created_at"),
    instant("due_at", nullable=True),  # empty once it is sent, or given up
    instant("sent_at", nullable=True),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("error", Text),
    within("conversation_id", "conversations"),
    Index("ix_outbox_newest", "platform_id", "created_at", "id"),
    Index("ix_outbox_of_conversation", "platform_id", "conversation_id"),
    Index(
        "ix_outbox_due",
        "platform_id",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
)

"""the first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_mails",
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_mails")),
    )
    with op.batch_alter_table("agent_mails", schema=None) as batch_op:
        batch_op.create_index("ix_agent_mails_due_at", ["due_at"], unique=False)

    op.create_table(
        "agents",
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("available", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("preferences", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("recovery_codes", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.create_index("uq_agents_email_key", ["email_key"], unique=True)

    op.create_table(
        "platforms",
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("verification", sa.String(length=16), nullable=False),
        sa.Column("user_id_pattern", sa.Text(), nullable=True),
        sa.Column("email_adoption", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("anonymous_days", sa.Integer(), nullable=False),
        sa.Column("anonymous_idle_days", sa.Integer(), nullable=True),
        sa.Column("anonymous_history", sa.String(length=8), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("appearance", sa.JSON(), nullable=False),
        sa.Column("availability", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("abuse", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("first_boot_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("access_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("window_ends_at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_tries")),
    )
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_tries_window_ends_at", ["window_ends_at"], unique=False)

    op.create_table(
        "agent_links",
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("invited_by", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_links_agent_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["agents.id"], name=op.f("fk_agent_links_invited_by")),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_agent_links_platform_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_links")),
    )
    with op.batch_alter_table("agent_links", schema=None) as batch_op:
        batch_op.create_index("ix_agent_links_agent_id", ["agent_id"], unique=False)
        batch_op.create_index("ix_agent_links_platform_id", ["platform_id"], unique=False)
        batch_op.create_index("uq_agent_links_digest", ["digest"], unique=True)

    op.create_table(
        "agent_sessions",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_sessions_agent_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agent_sessions")),
    )
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_agent_sessions_agent_id", ["agent_id"], unique=False)

    op.create_table(
        "audit_log",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_audit_log_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_audit_log")),
        info={"tenant": True},
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index("ix_audit_log_newest", ["platform_id", "created_at", "id"], unique=False)

    op.create_table(
        "canned_replies",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_canned_replies_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_canned_replies")),
        info={"tenant": True},
    )
    with op.batch_alter_table("canned_replies", schema=None) as batch_op:
        batch_op.create_index("uq_canned_replies_name", ["platform_id", "name"], unique=True)

    op.create_table(
        "ended_anonymous",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_ended_anonymous_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_ended_anonymous")),
        info={"tenant": True},
    )
    with op.batch_alter_table("ended_anonymous", schema=None) as batch_op:
        batch_op.create_index("ix_ended_anonymous_ended_at", ["platform_id", "ended_at"], unique=False)

    op.create_table(
        "keys",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("weak", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_keys_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_keys")),
        info={"tenant": True},
    )
    op.create_table(
        "memberships",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_memberships_agent_id")),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_memberships_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "agent_id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index("ix_memberships_agent_id", ["agent_id"], unique=False)

    op.create_table(
        "personal_tokens",
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.JSON(), server_default=sa.text('\'["read", "write"]\''), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_personal_tokens_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_tokens")),
    )
    with op.batch_alter_table("personal_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_personal_tokens_agent_id", ["agent_id"], unique=False)
        batch_op.create_index("uq_personal_tokens_digest", ["digest"], unique=True)

    op.create_table(
        "refusal_counts",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("enforced", sa.Boolean(), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_refusal_counts_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_refusal_counts")),
        info={"tenant": True},
    )
    with op.batch_alter_table("refusal_counts", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_counts_minute", ["platform_id", "minute"], unique=False)

    op.create_table(
        "refusal_samples",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_refusal_samples_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_refusal_samples")),
        info={"tenant": True},
    )
    with op.batch_alter_table("refusal_samples", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_samples_day", ["platform_id", "day", "id"], unique=False)

    op.create_table(
        "revoked_sessions",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_revoked_sessions_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_revoked_sessions")),
        info={"tenant": True},
    )
    with op.batch_alter_table("revoked_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_revoked_sessions_expires_at", ["platform_id", "expires_at"], unique=False)
        batch_op.create_index("ix_revoked_sessions_revoked_at", ["platform_id", "revoked_at"], unique=False)

    op.create_table(
        "search_entries",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_search_entries_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_search_entries")),
        info={"tenant": True},
    )
    with op.batch_alter_table("search_entries", schema=None) as batch_op:
        batch_op.create_index("ix_search_entries_n", ["platform_id", "n"], unique=False)

    op.create_table(
        "server_keys",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_server_keys_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_server_keys")),
        info={"tenant": True},
    )
    op.create_table(
        "users",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("user_id_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("user_id_proven", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("email_proven", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_proven", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("claimed_user_id", sa.Text(), nullable=True),
        sa.Column("claimed_email", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("logged_in_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("history_since", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("shadow", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("last_record_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("events", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("session_generation", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("blocked_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("erasure_stopped_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_users_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_users")),
        info={"tenant": True},
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(
            "ix_users_deleted_at",
            ["platform_id", "deleted_at"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_users_email_key", ["platform_id", "email_key"], unique=False)
        batch_op.create_index("ix_users_newest", ["platform_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "uq_users_email_only",
            ["platform_id", "shadow", "email_key"],
            unique=True,
            sqlite_where=sa.text("user_id_digest IS NULL AND email_key IS NOT NULL"),
            postgresql_where=sa.text("user_id_digest IS NULL AND email_key IS NOT NULL"),
        )
        batch_op.create_index("uq_users_user_id", ["platform_id", "user_id_digest", "shadow"], unique=True)

    op.create_table(
        "conversations",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=8), server_default=sa.text("'inbox'"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("assurance", sa.String(length=16), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("user_read_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("agent_read_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("user_unread", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("agent_unread", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_author_kind", sa.String(length=8), nullable=False),
        sa.Column("last_body", sa.String(length=200), nullable=False),
        sa.Column("last_message_at", sa.BigInteger(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.Column("start_id", sa.String(length=128), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_comment", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.BigInteger(), nullable=True),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("first_reply_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("visitor_notice_at", sa.BigInteger(), nullable=True),
        sa.Column("agents_notice_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id", "record_id"],
            ["users.platform_id", "users.id"],
            name=op.f("fk_conversations_platform_id_record_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_conversations_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_conversations")),
        info={"tenant": True},
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversations_agents_notice_at",
            ["platform_id", "agents_notice_at"],
            unique=False,
            sqlite_where=sa.text("agents_notice_at IS NOT NULL"),
            postgresql_where=sa.text("agents_notice_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_by_assignee",
            ["platform_id", "assignee_id", "place", "state", "updated_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_conversations_by_state", ["platform_id", "place", "state", "updated_at", "id"], unique=False
        )
        batch_op.create_index("ix_conversations_newest", ["platform_id", "updated_at", "id"], unique=False)
        batch_op.create_index(
            "ix_conversations_of_record", ["platform_id", "record_id", "updated_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_conversations_snoozed_until",
            ["platform_id", "snoozed_until"],
            unique=False,
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_unread",
            ["platform_id", "record_id", "user_unread"],
            unique=False,
            sqlite_where=sa.text("user_unread > 0"),
            postgresql_where=sa.text("user_unread > 0"),
        )
        batch_op.create_index(
            "ix_conversations_visitor_notice_at",
            ["platform_id", "visitor_notice_at"],
            unique=False,
            sqlite_where=sa.text("visitor_notice_at IS NOT NULL"),
            postgresql_where=sa.text("visitor_notice_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_waiting",
            ["platform_id", "place", "updated_at", "id"],
            unique=False,
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        )
        batch_op.create_index("uq_conversations_start", ["platform_id", "record_id", "start_id"], unique=True)

    op.create_table(
        "merge_ledger",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("other_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id", "record_id"],
            ["users.platform_id", "users.id"],
            name=op.f("fk_merge_ledger_platform_id_record_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_merge_ledger_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_merge_ledger")),
        info={"tenant": True},
    )
    with op.batch_alter_table("merge_ledger", schema=None) as batch_op:
        batch_op.create_index("ix_merge_ledger_of_record", ["platform_id", "record_id", "created_at"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True
        ),
        sa.Column("message_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("author_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id", "conversation_id"],
            ["conversations.platform_id", "conversations.id"],
            name=op.f("fk_attachments_platform_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["platform_id", "record_id"],
            ["users.platform_id", "users.id"],
            name=op.f("fk_attachments_platform_id_record_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_attachments_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_attachments")),
        info={"tenant": True},
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index("ix_attachments_of_author", ["platform_id", "author_id", "created_at"], unique=False)
        batch_op.create_index("ix_attachments_of_conversation", ["platform_id", "conversation_id"], unique=False)
        batch_op.create_index("ix_attachments_of_record", ["platform_id", "record_id"], unique=False)
        batch_op.create_index(
            "ix_attachments_unsent",
            ["platform_id", "created_at", "id"],
            unique=False,
            sqlite_where=sa.text("message_id IS NULL"),
            postgresql_where=sa.text("message_id IS NULL"),
        )

    op.create_table(
        "messages",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("record_seq", sa.BigInteger(), nullable=False),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("author_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("event", sa.String(length=16), nullable=True),
        sa.Column("assurance", sa.String(length=16), nullable=True),
        sa.Column("key_name", sa.String(length=100), nullable=True),
        sa.Column("client_message_id", sa.String(length=128), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id", "conversation_id"],
            ["conversations.platform_id", "conversations.id"],
            name=op.f("fk_messages_platform_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["platform_id", "record_id"],
            ["users.platform_id", "users.id"],
            name=op.f("fk_messages_platform_id_record_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_messages_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_messages")),
        info={"tenant": True},
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            "uq_messages_client_id", ["platform_id", "conversation_id", "author_id", "client_message_id"], unique=True
        )
        batch_op.create_index("uq_messages_record_seq", ["platform_id", "record_id", "record_seq"], unique=True)
        batch_op.create_index("uq_messages_seq", ["platform_id", "conversation_id", "seq"], unique=True)

    op.create_table(
        "notes",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False
        ),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("client_message_id", sa.String(length=128), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id", "conversation_id"],
            ["conversations.platform_id", "conversations.id"],
            name=op.f("fk_notes_platform_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_notes_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_notes")),
        info={"tenant": True},
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notes_of_conversation", ["platform_id", "conversation_id", "after_seq", "id"], unique=False
        )
        batch_op.create_index(
            "uq_notes_client_id", ["platform_id", "conversation_id", "agent_id", "client_message_id"], unique=True
        )

    op.create_table(
        "outbox",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column(
            "conversation_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=True
        ),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id", "conversation_id"],
            ["conversations.platform_id", "conversations.id"],
            name=op.f("fk_outbox_platform_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_outbox_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_outbox")),
        info={"tenant": True},
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["platform_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_outbox_newest", ["platform_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_outbox_of_conversation", ["platform_id", "conversation_id"], unique=False)

    op.create_table(
        "taggings",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False
        ),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id", "conversation_id"],
            ["conversations.platform_id", "conversations.id"],
            name=op.f("fk_taggings_platform_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_taggings_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_taggings")),
        info={"tenant": True},
    )
    with op.batch_alter_table("taggings", schema=None) as batch_op:
        batch_op.create_index("ix_taggings_tag", ["platform_id", "tag", "conversation_id"], unique=False)
        batch_op.create_index("uq_taggings_conversation", ["platform_id", "conversation_id", "tag"], unique=True)

    op.create_table(
        "mentions",
        sa.Column("platform_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column(
            "conversation_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False
        ),
        sa.Column("note_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("notice_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id", "conversation_id"],
            ["conversations.platform_id", "conversations.id"],
            name=op.f("fk_mentions_platform_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["platform_id", "note_id"], ["notes.platform_id", "notes.id"], name=op.f("fk_mentions_platform_id_note_id")
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["platforms.id"], name=op.f("fk_mentions_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "id", name=op.f("pk_mentions")),
        info={"tenant": True},
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mentions_notice_at",
            ["platform_id", "notice_at"],
            unique=False,
            sqlite_where=sa.text("notice_at IS NOT NULL"),
            postgresql_where=sa.text("notice_at IS NOT NULL"),
        )
        batch_op.create_index("ix_mentions_of_agent", ["platform_id", "agent_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_mentions_of_conversation", ["platform_id", "conversation_id"], unique=False)
        batch_op.create_index("uq_mentions_agent", ["platform_id", "note_id", "agent_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index("uq_mentions_agent")
        batch_op.drop_index("ix_mentions_of_conversation")
        batch_op.drop_index("ix_mentions_of_agent")
        batch_op.drop_index(
            "ix_mentions_notice_at",
            sqlite_where=sa.text("notice_at IS NOT NULL"),
            postgresql_where=sa.text("notice_at IS NOT NULL"),
        )

    op.drop_table("mentions")
    with op.batch_alter_table("taggings", schema=None) as batch_op:
        batch_op.drop_index("uq_taggings_conversation")
        batch_op.drop_index("ix_taggings_tag")

    op.drop_table("taggings")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_of_conversation")
        batch_op.drop_index("ix_outbox_newest")
        batch_op.drop_index(
            "ix_outbox_due", sqlite_where=sa.text("due_at IS NOT NULL"), postgresql_where=sa.text("due_at IS NOT NULL")
        )

    op.drop_table("outbox")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index("uq_notes_client_id")
        batch_op.drop_index("ix_notes_of_conversation")

    op.drop_table("notes")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("uq_messages_seq")
        batch_op.drop_index("uq_messages_record_seq")
        batch_op.drop_index("uq_messages_client_id")

    op.drop_table("messages")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_attachments_unsent",
            sqlite_where=sa.text("message_id IS NULL"),
            postgresql_where=sa.text("message_id IS NULL"),
        )
        batch_op.drop_index("ix_attachments_of_record")
        batch_op.drop_index("ix_attachments_of_conversation")
        batch_op.drop_index("ix_attachments_of_author")

    op.drop_table("attachments")
    with op.batch_alter_table("merge_ledger", schema=None) as batch_op:
        batch_op.drop_index("ix_merge_ledger_of_record")

    op.drop_table("merge_ledger")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index("uq_conversations_start")
        batch_op.drop_index(
            "ix_conversations_waiting",
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_visitor_notice_at",
            sqlite_where=sa.text("visitor_notice_at IS NOT NULL"),
            postgresql_where=sa.text("visitor_notice_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_unread",
            sqlite_where=sa.text("user_unread > 0"),
            postgresql_where=sa.text("user_unread > 0"),
        )
        batch_op.drop_index(
            "ix_conversations_snoozed_until",
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        )
        batch_op.drop_index("ix_conversations_of_record")
        batch_op.drop_index("ix_conversations_newest")
        batch_op.drop_index("ix_conversations_by_state")
        batch_op.drop_index("ix_conversations_by_assignee")
        batch_op.drop_index(
            "ix_conversations_agents_notice_at",
            sqlite_where=sa.text("agents_notice_at IS NOT NULL"),
            postgresql_where=sa.text("agents_notice_at IS NOT NULL"),
        )

    op.drop_table("conversations")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index("uq_users_user_id")
        batch_op.drop_index(
            "uq_users_email_only",
            sqlite_where=sa.text("user_id_digest IS NULL AND email_key IS NOT NULL"),
            postgresql_where=sa.text("user_id_digest IS NULL AND email_key IS NOT NULL"),
        )
        batch_op.drop_index("ix_users_newest")
        batch_op.drop_index("ix_users_email_key")
        batch_op.drop_index(
            "ix_users_deleted_at",
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )

    op.drop_table("users")
    op.drop_table("server_keys")
    with op.batch_alter_table("search_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_search_entries_n")

    op.drop_table("search_entries")
    with op.batch_alter_table("revoked_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_revoked_sessions_revoked_at")
        batch_op.drop_index("ix_revoked_sessions_expires_at")

    op.drop_table("revoked_sessions")
    with op.batch_alter_table("refusal_samples", schema=None) as batch_op:
        batch_op.drop_index("ix_refusal_samples_day")

    op.drop_table("refusal_samples")
    with op.batch_alter_table("refusal_counts", schema=None) as batch_op:
        batch_op.drop_index("ix_refusal_counts_minute")

    op.drop_table("refusal_counts")
    with op.batch_alter_table("personal_tokens", schema=None) as batch_op:
        batch_op.drop_index("uq_personal_tokens_digest")
        batch_op.drop_index("ix_personal_tokens_agent_id")

    op.drop_table("personal_tokens")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index("ix_memberships_agent_id")

    op.drop_table("memberships")
    op.drop_table("keys")
    with op.batch_alter_table("ended_anonymous", schema=None) as batch_op:
        batch_op.drop_index("ix_ended_anonymous_ended_at")

    op.drop_table("ended_anonymous")
    with op.batch_alter_table("canned_replies", schema=None) as batch_op:
        batch_op.drop_index("uq_canned_replies_name")

    op.drop_table("canned_replies")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_newest")

    op.drop_table("audit_log")
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_agent_sessions_agent_id")

    op.drop_table("agent_sessions")
    with op.batch_alter_table("agent_links", schema=None) as batch_op:
        batch_op.drop_index("uq_agent_links_digest")
        batch_op.drop_index("ix_agent_links_platform_id")
        batch_op.drop_index("ix_agent_links_agent_id")

    op.drop_table("agent_links")
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_tries_window_ends_at")

    op.drop_table("sign_in_tries")
    op.drop_table("platforms")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_index("uq_agents_email_key")

    op.drop_table("agents")
    with op.batch_alter_table("agent_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_agent_mails_due_at")

    op.drop_table("agent_mails")

"""Alembic's entry point: runs migrations on the connection that `storage.migrate` hands in."""

from __future__ import annotations

from alembic import context

from whosthere.storage.migrate import VERSION_TABLE
from whosthere.storage.tables import platforms

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=platforms.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""What makes the words of `search_entries` searchable, in each database's own way."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The prefixes that an index of their own finds: the platform's key of 5 characters, and 3 to 10 of the word.
_PREFIXES = " ".join(str(5 + length) for length in range(3, 11))
_OUT = "INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.n, old.words);"
_THE_ROW = "WHERE platform_id = new.platform_id AND id = new.id;"
_NUMBER = f"UPDATE search_entries SET n = (SELECT coalesce(max(n), 0) + 1 FROM search_entries) {_THE_ROW}"  # noqa: S608 - of constants
_IN = f"INSERT INTO search_index(rowid, words) SELECT n, words FROM search_entries {_THE_ROW}"  # noqa: S608
_SQLITE = (
    "CREATE UNIQUE INDEX uq_search_entries_rowid ON search_entries (n)",
    # The words are stored once, in the table; the index holds which rows they lead to, and nothing else of them.
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_entries', content_rowid='n', columnsize=0, "
    f"detail=none, tokenize='ascii', prefix='{_PREFIXES}')",
    f"CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN {_NUMBER} {_IN} END",
    f"CREATE TRIGGER search_entries_removed AFTER DELETE ON search_entries BEGIN {_OUT} END",
    f"CREATE TRIGGER search_entries_changed AFTER UPDATE OF words ON search_entries BEGIN {_OUT} {_IN} END",
)
_POSTGRESQL = (
    "CREATE SEQUENCE search_entries_n OWNED BY search_entries.n",
    "ALTER TABLE search_entries ALTER n SET DEFAULT nextval('search_entries_n')",
    "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)",
)


def upgrade() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER search_entries_{name}")
        op.execute("DROP TABLE search_index")
        op.execute("DROP INDEX uq_search_entries_rowid")
    else:
        op.execute("DROP INDEX ix_search_entries_words")
        op.execute("ALTER TABLE search_entries ALTER n DROP DEFAULT")
        op.execute("DROP SEQUENCE search_entries_n")

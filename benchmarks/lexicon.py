"""The search index of a filled database, written at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.bulk import Row, bulk
from benchmarks.seed import Seeded
from whosthere.storage.search import stored_words

_MESSAGES = "SELECT id, body FROM messages ORDER BY id"
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'search_entries'"


def index(seeded: Seeded) -> None:
    """Write the entries of all messages; on SQLite the index is made from them in one go."""
    if seeded.url.startswith("sqlite"):
        _index_sqlite(seeded)
    else:
        with (
            psycopg.connect(seeded.url.replace("+psycopg", "")) as reading,
            reading.cursor("messages") as cursor,
            bulk(seeded.url) as into,
        ):
            into.write(
                "search_entries", _entries(seeded, ((str(id_), body) for id_, body in cursor.execute(_MESSAGES)))
            )


def _index_sqlite(seeded: Seeded) -> None:
    file = str(make_url(seeded.url).database)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        triggers = connection.execute(_TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
    with closing(sqlite3.connect(file)) as reading, bulk(seeded.url) as into:
        numbered = enumerate(_entries(seeded, reading.execute(_MESSAGES)), 1)
        into.write("search_entries", ({**row, "n": n} for n, row in numbered))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("INSERT INTO search_index(search_index) VALUES ('rebuild')")
        for _, statement in triggers:
            connection.execute(statement)


def _entries(seeded: Seeded, messages: Iterator[tuple[str, str]]) -> Iterator[Row]:
    for message_id, body in messages:
        words = stored_words(seeded.platform_id, body)
        yield {"platform_id": seeded.platform_id, "id": message_id, "kind": "message", "words": words}

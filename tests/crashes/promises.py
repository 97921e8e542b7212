"""What has to be true of the database when everything is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from typing import Any

from sqlalchemy import text

from tests.crashes.traffic import WRITERS, Traffic
from tests.races.crowd import dense
from tests.rows import Rows
from whosthere.storage.database import Database
from whosthere.storage.tables import conversations, merge_ledger, messages, users


def kept(database_url: str, traffic: Traffic) -> None:
    """Assert that every promise was kept, and that the database is whole."""
    with closing(Database(database_url, pool_size=1)) as database:
        whole(database)
        rows = Rows(database, traffic.platform_id)
        log = rows.all(messages)
        _nothing_is_lost_or_doubled(log, traffic)
        _numbers_are_dense(rows, log)
        _people_are_consistent(rows, traffic)


def whole(database: Database) -> None:
    """Assert that the database finds no fault with its own files."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            return
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
        # Raises where an index is out of order, or lacks a row of its table.
        connection.execute(
            text(
                "SELECT bt_index_check(pg_class.oid, true) FROM pg_class JOIN pg_am ON pg_am.oid = relam"
                " WHERE amname = 'btree' AND relnamespace = 'public'::regnamespace"
            )
        )


def _nothing_is_lost_or_doubled(log: list[Any], traffic: Traffic) -> None:
    stored = {row.id: row for row in log}
    ordered = defaultdict(list)
    for promise in traffic.promises:
        row = stored[promise.id]
        assert (row.conversation_id, row.client_message_id) == (promise.conversation_id, promise.client_message_id)
        assert (row.seq, row.body) == (promise.seq, promise.text)
        ordered[promise.writer].append(row.seq)
    for seqs in ordered.values():
        assert seqs == sorted(set(seqs))
    sent = Counter((row.conversation_id, row.client_message_id) for row in log)
    assert set(sent.values()) == {1}
    # everybody insisted until the end: beyond what was acknowledged there are only the first messages
    starts = [row for row in log if row.client_message_id == "start"]
    assert len(log) - len(starts) == len(traffic.promises)


def _numbers_are_dense(rows: Rows, log: list[Any]) -> None:
    for conversation in rows.all(conversations):
        seqs = [row.seq for row in log if row.conversation_id == conversation.id]
        assert dense(seqs)
        assert conversation.last_seq == len(seqs)
    for record in rows.all(users):
        seqs = [row.record_seq for row in log if row.record_id == record.id]
        assert dense(seqs)
        assert record.last_record_seq == len(seqs)


def _people_are_consistent(rows: Rows, traffic: Traffic) -> None:
    records = {row.user_id: row for row in rows.all(users)}
    assert len(records) == len(rows.all(users))
    expected = [*WRITERS, *traffic.adopted]
    assert {user_id: row.email for user_id, row in records.items()} == {one.user_id: one.email for one in expected}
    adoptions = Counter(row.record_id for row in rows.all(merge_ledger))
    assert adoptions == dict.fromkeys((records[person.user_id].id for person in traffic.adopted), 1)
    owners = Counter(row.record_id for row in rows.all(conversations))
    assert owners == dict.fromkeys((row.id for row in records.values()), 1)

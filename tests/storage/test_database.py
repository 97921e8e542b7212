"""Connections and transactions: durable, isolated, given back, and failing in two words only."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, bindparam, func, insert, select, text, update

from tests.servers import Postgres, until
from whosthere.storage.database import Database
from whosthere.storage.errors import Conflict, Unavailable

NOTES = Table("test_notes", MetaData(), Column("id", String, primary_key=True), Column("body", String))
ALL = select(NOTES.c.id).order_by(NOTES.c.id)
ADD = insert(NOTES)
CHANGE = update(NOTES).where(NOTES.c.id == bindparam("one")).values(body=bindparam("new_body"))


@pytest.fixture
def notes(database: Database) -> Database:
    """A database of each kind with one more table."""
    NOTES.create(database.engine)
    return database


def add(database: Database, note_id: str) -> None:
    with database.write() as connection:
        connection.execute(ADD, {"id": note_id, "body": note_id})


def stored(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(ALL).scalars())


def checked_out(database: Database) -> int:
    return int(database.engine.pool.checkedout())  # type: ignore[attr-defined]


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}


def test_every_pooled_sqlite_connection_is_durable_and_keeps_foreign_keys(sqlite_url: str) -> None:
    """`synchronous=2` is FULL: an acknowledged message survives power loss, which killing a process cannot show."""
    database = Database(sqlite_url)
    with ExitStack() as stack:
        connections = [stack.enter_context(database.read()) for _ in range(6)]
        connections.append(stack.enter_context(database.write()))
        for connection in connections:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
            assert found == PRAGMAS
    database.close()


def test_a_new_sqlite_file_is_for_its_owner_only(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE x (y)")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    database.close()
    assert {"new.sqlite3", "new.sqlite3-wal", "new.sqlite3-shm", "new.sqlite3.writer"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_what_was_written_is_there_for_everybody_when_the_block_has_ended(notes: Database) -> None:
    with notes.write() as connection:
        connection.execute(ADD, {"id": "a", "body": ""})
        assert stored(notes) == []
    assert stored(notes) == ["a"]


def write_and_fail(database: Database, error: BaseException) -> None:
    with database.write() as connection:
        connection.execute(ADD, {"id": "a", "body": ""})
        raise error


@pytest.mark.parametrize("error", [RuntimeError(), KeyboardInterrupt(), GeneratorExit()], ids=repr)
def test_a_block_that_fails_leaves_nothing(notes: Database, error: BaseException) -> None:
    with pytest.raises(type(error)):
        write_and_fail(notes, error)
    assert stored(notes) == []
    add(notes, "b")  # and the lock was given back
    assert stored(notes) == ["b"]


def test_a_broken_constraint_is_a_conflict_and_undoes_the_whole_block(notes: Database) -> None:
    add(notes, "a")

    def add_two() -> None:
        with notes.write() as connection:
            connection.execute(ADD, {"id": "b", "body": ""})
            connection.execute(ADD, {"id": "a", "body": ""})

    with pytest.raises(Conflict):
        add_two()
    assert stored(notes) == ["a"]


def test_what_the_database_cannot_do_is_unavailable(notes: Database) -> None:
    NOTES.drop(notes.engine)
    if notes.is_sqlite:
        with pytest.raises(Unavailable), notes.read() as connection:
            connection.execute(ALL)
    else:  # a missing table is a mistake of ours to PostgreSQL, no trouble
        with pytest.raises(Exception, match="does not exist"), notes.read() as connection:
            connection.execute(ALL)
    assert checked_out(notes) == 0


def test_every_connection_is_given_back(notes: Database) -> None:
    for _ in range(60):  # more than the pool holds
        with pytest.raises(RuntimeError):
            write_and_fail(notes, RuntimeError())
        with pytest.raises(RuntimeError), notes.read():
            raise RuntimeError
    assert checked_out(notes) == 0
    assert stored(notes) == []


def test_the_loser_of_a_race_runs_again_from_the_top(notes: Database) -> None:
    tries: list[int] = []

    def work(connection: object) -> str:
        tries.append(len(tries))
        if len(tries) < 4:
            raise Conflict("lost")
        return "won"

    assert notes.transact(work) == "won"
    assert len(tries) == 4


def test_a_race_that_is_always_lost_ends_as_unavailable(notes: Database) -> None:
    add(notes, "a")
    tries: list[int] = []

    def work(connection: object) -> None:
        tries.append(1)
        connection.execute(ADD, {"id": "a", "body": ""})  # type: ignore[attr-defined]

    with pytest.raises(Unavailable):
        notes.transact(work)
    assert 5 < len(tries) < 50


def test_a_value_is_never_a_statement(notes: Database) -> None:
    hostile = "'; DROP TABLE test_notes; -- %s %(x)s ? :x \\"
    with notes.write() as connection:
        connection.execute(ADD, {"id": hostile, "body": hostile})
    assert stored(notes) == [hostile]


def test_an_error_shows_neither_values_nor_itself_as_its_cause(notes: Database) -> None:
    """Values would end up in logs; a circle of causes would hang whoever follows it."""
    add(notes, "a")
    wrong = update(NOTES).where(NOTES.c.id == bindparam("one")).values(body=func.no_such_function(bindparam("words")))
    with pytest.raises(Exception, match="no_such_function") as caught, notes.write() as connection:
        connection.execute(wrong, {"one": "a", "words": "somebody's words"})
    error: BaseException | None = caught.value
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__
    assert error is None
    assert "somebody's words" not in repr([(str(one), one.args) for one in seen])


def test_two_writers_of_one_row_wait_for_each_other(notes: Database) -> None:
    add(notes, "a")
    order: list[str] = []

    def second() -> None:
        with notes.write() as connection:
            connection.execute(CHANGE, {"one": "a", "new_body": "second"})
            order.append("second")

    with notes.write() as connection:
        connection.execute(CHANGE, {"one": "a", "new_body": "first"})
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_readers_never_wait_for_a_writer(notes: Database) -> None:
    with notes.write() as connection:
        connection.execute(ADD, {"id": "a", "body": ""})
        assert [stored(notes) for _ in range(5)] == [[]] * 5


def test_a_reader_sees_what_is_committed_when_it_asks(empty_database_url: str) -> None:
    """The same on both: nothing may rely on two statements of a read seeing one moment."""
    database = Database(empty_database_url)
    NOTES.create(database.engine)
    with database.read() as connection:
        assert connection.execute(ALL).all() == []
        add(database, "a")
        assert len(connection.execute(ALL).all()) == 1
    database.close()


# -- PostgreSQL, across a network ---------------------------------------------------------------------------------


@pytest.fixture
def remote(postgres_url: str) -> Iterator[Database]:
    """PostgreSQL, through a pool of one connection."""
    database = Database(postgres_url, pool_size=1)
    yield database
    database.close()


def backend(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def kill(postgres: Postgres, pid: int) -> None:
    with postgres.connect() as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %s"
        until(lambda: (connection.execute(gone, [pid]).fetchone() or [False])[0])


def test_a_connection_that_was_cut_is_replaced(postgres: Postgres, remote: Database) -> None:
    before = backend(remote)
    kill(postgres, before)
    assert backend(remote) != before


def test_a_connection_that_is_cut_during_a_transaction_is_unavailable_once(
    postgres: Postgres, remote: Database
) -> None:

    def go_on_without() -> None:
        with remote.write() as connection:
            kill(postgres, int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()))
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(Unavailable):
        go_on_without()
    assert backend(remote)
    assert checked_out(remote) == 0


def test_a_deadlock_is_a_conflict(remote: Database, postgres_url: str) -> None:
    NOTES.create(remote.engine)
    for note_id in "ab":
        add(remote, note_id)
    meet = threading.Barrier(2, timeout=20)
    outcomes: list[str] = []

    def work(first: str, second: str) -> None:
        try:
            with remote.write() as connection:
                connection.execute(CHANGE, {"one": first, "new_body": first})
                meet.wait()
                connection.execute(CHANGE, {"one": second, "new_body": first})
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=work, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["conflict", "done"]


BLOBS = Table("test_blobs", MetaData(), Column("id", String, primary_key=True), Column("body", LargeBinary))


def test_text_and_bytes_come_back_as_they_went(database: Database) -> None:
    BLOBS.create(database.engine)
    body = bytes(range(256))
    with database.write() as connection:
        connection.execute(insert(BLOBS), {"id": "é\U0010ffff\u202e", "body": body})
    with database.read() as connection:
        row = connection.execute(select(BLOBS)).one()
    assert (row.id, bytes(row.body)) == ("é\U0010ffff\u202e", body)


def test_a_statement_in_the_drivers_own_words_reads_rows(database: Database) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1

"""Several connections and several processes share one SQLite file, and none takes it from another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from whosthere.storage.database import Database

NEIGHBOUR = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM words").fetchone()[0])
connection.close()
"""


def count_elsewhere(file: Path) -> int:
    """What another process reads, which comes, looks and leaves, as a command does beside a server."""
    done = subprocess.run(
        [sys.executable, "-c", NEIGHBOUR, str(file)], check=True, capture_output=True, text=True, timeout=60
    )
    return int(done.stdout)


def test_what_is_acknowledged_is_kept_when_another_process_has_come_and_gone(tmp_path: Path) -> None:
    """Who closes the last connection removes the log: nobody may take himself for the last while others are here."""
    file = tmp_path / "whosthere.sqlite3"
    database = Database(f"sqlite:///{file}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE words (word)")
    with database.read() as one, database.read() as other:  # the second one is opened beside the first
        assert [each.exec_driver_sql("SELECT count(*) FROM words").scalar_one() for each in (one, other)] == [0, 0]
    assert count_elsewhere(file) == 0
    assert file.with_name(f"{file.name}-wal").exists()
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO words VALUES ('Ahoy')")
    assert count_elsewhere(file) == 1
    database.close()

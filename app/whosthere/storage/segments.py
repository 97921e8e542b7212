"""The parts of SQLite's search index, and making one of them.

What is deleted is first noted in a newer part; it leaves the file when the parts are merged (SQLite, "FTS5 Extension",
on the commands `merge` and `optimize`). PostgreSQL needs nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from whosthere.storage.connection import Connection

_PAGES = 500
_MERGE = "INSERT INTO search_index(search_index, rank) VALUES ('merge', {})"
_CHANGES = "SELECT total_changes()"


def merge(write: Callable[[], AbstractContextManager[Connection]]) -> None:
    """Make one of all parts, some pages in each transaction, so that other writers get through."""
    pages = -_PAGES  # negative: begin with all parts
    went_on = True
    while went_on:
        with write() as connection:
            before = connection.exec_driver_sql(_CHANGES).scalar_one()
            connection.exec_driver_sql(_MERGE.format(pages))
            # Less than two changes say that there was nothing left to merge.
            changes = connection.exec_driver_sql(_CHANGES).scalar_one() - before
        went_on, pages = changes >= 2 or pages < 0, _PAGES

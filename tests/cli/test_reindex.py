"""`db reindex` finds again what was said, says how far it is, and can be stopped and begun anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.cli.conftest import CommandLine
from tests.rows import Rows
from tests.services.talks import Talks
from whosthere.cli import db
from whosthere.cli.progress import Told
from whosthere.services.runtime import Runtime
from whosthere.settings import load_settings
from whosthere.storage import reindex, search
from whosthere.storage.tables import search_entries
from whosthere.storage.tenancy import Tenant
from whosthere.wiring import build_runtime

SAID = ("parcel one", "parcel two", "parcel three")


@pytest.fixture
def runtime(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The installation's own parts; the index is written in small steps."""
    monkeypatch.setattr(reindex, "BATCH", 2)
    built = build_runtime(load_settings(dict(cli.environ)))
    with closing(built.hub), closing(built.database):
        yield built


@pytest.fixture
def rows(cli: CommandLine, runtime: Runtime) -> Rows:
    """A platform to which three people have said something, and whose index knows none of it."""
    platform_id = str(cli.json("platform", "create", "Harbour Shop")["platformId"])
    for text in SAID:
        Talks(runtime, platform_id).start(text)
    while runtime.writing(platform_id, lambda tenant: tenant.run(reindex._CLEAR, count=100).rowcount):
        pass
    return Rows(runtime.database, platform_id)


def found(runtime: Runtime, rows: Rows) -> int:
    """How much the index leads to for a word that everybody said."""
    with runtime.reading(rows.platform_id) as tenant:
        return len(search.find(tenant, [search.Term("parcel")], search.FIRST_N, 10))


def test_it_finds_everything_again_and_repeating_it_changes_nothing(
    cli: CommandLine, runtime: Runtime, rows: Rows
) -> None:
    assert found(runtime, rows) == 0
    assert cli.json("db", "reindex") == {"entries": 6}  # what three people said, and the three
    assert found(runtime, rows) == len(SAID)
    assert cli.done("db", "reindex") == "The search index is made anew, of 6 messages, notes and people.\n"
    assert found(runtime, rows) == len(SAID)


def test_it_says_how_far_it_is(cli: CommandLine, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int, int]] = []

    @contextmanager
    def bar(*, quiet: bool) -> Iterator[Told]:
        assert not quiet
        yield lambda name, done, total: told.append((name, done, total))

    monkeypatch.setattr(db, "bar", bar)
    cli.done("db", "reindex")
    assert told == [("searchEntries", done, 6) for done in (2, 4, 6)]


def test_one_that_was_stopped_is_begun_anew(
    cli: CommandLine, runtime: Runtime, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, batches = reindex._write, []

    def stopped(tenant: Tenant, batch: Any) -> None:
        batches.append(batch)
        write(tenant, batch)
        if len(batches) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reindex, "_write", stopped)
        result = cli.run("db", "reindex")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Aborted" in result.stderr
    assert len(rows.all(search_entries)) == 1  # what the second step wrote was undone; nothing is known of the people
    cli.done("db", "reindex")
    assert found(runtime, rows) == len(SAID)


def test_it_refuses_a_database_without_the_schema_of_this_release(empty: CommandLine) -> None:
    assert "run: whosthere db upgrade" in empty.refused("db", "reindex")

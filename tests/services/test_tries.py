"""Tries are counted in the database, for all processes together, and never pass uncounted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.clock import Clock
from whosthere.services import tries
from whosthere.services.runtime import Runtime
from whosthere.storage.errors import Unavailable
from whosthere.storage.tables import sign_in_tries

WINDOW_MS = 300_000


def passes(runtime: Runtime, who: str = "ada", door: str = "sign-in") -> bool:
    return tries.passes(runtime, door, who, most=3, window_ms=WINDOW_MS)


def test_so_many_pass_within_the_window_and_then_nobody_until_it_ends(runtime: Runtime, clock: Clock) -> None:
    assert [passes(runtime) for _ in range(5)] == [True, True, True, False, False]
    assert passes(runtime, "bob")
    assert passes(runtime, door="code")
    clock.advance(ms=WINDOW_MS - 1)
    assert not passes(runtime)
    clock.advance(ms=1)
    assert [passes(runtime) for _ in range(4)] == [True, True, True, False]


def test_processes_count_together(runtime: Runtime) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: passes(runtime), range(12))) == 3


def test_a_clock_that_is_put_back_locks_nobody_out_for_longer(runtime: Runtime, clock: Clock) -> None:
    clock.advance(days=30)
    assert [passes(runtime) for _ in range(4)] == [True, True, True, False]
    clock.advance(days=-30)
    assert passes(runtime)


def test_who_is_forgiven_begins_anew(runtime: Runtime) -> None:
    for _ in range(3):
        passes(runtime)
    tries.forgive(runtime, "sign-in", "ada")
    assert passes(runtime)


def test_the_table_does_not_know_who_knocks(runtime: Runtime) -> None:
    passes(runtime, "ada@example.com")
    with runtime.database.engine.connect() as connection:
        (row,) = connection.execute(select(sign_in_tries)).all()
    assert "ada" not in str(row)


def test_nobody_passes_while_nothing_can_be_counted(runtime: Runtime) -> None:
    runtime.database.close()
    with pytest.raises(Unavailable):
        passes(runtime)

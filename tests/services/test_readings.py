"""Streams that are told together read once, and never something older than what they were told."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from whosthere.services.readings import Readings

KEY = ("shop", "conversation")


def test_who_is_told_together_reads_once() -> None:
    """Fifty agents hear of one message; the conversation is read by the first of them."""
    readings, reads, together = Readings[str](), list[int](), threading.Barrier(8)

    def read() -> str:
        reads.append(1)
        return "a conversation"

    def hear(moment: float) -> str | None:
        together.wait()
        return readings.since(KEY, moment, read)

    with ThreadPoolExecutor(8) as pool:
        moment = time.monotonic()
        found = list(pool.map(hear, [moment] * 8))
    assert found == ["a conversation"] * 8
    assert len(reads) == 1


def test_a_reading_that_began_before_the_news_is_not_used_for_it() -> None:
    """It may have missed the very message that the news is about; and no conversation is taken for another one."""
    readings, log = Readings[str](), iter(["old", "new", "other"])
    assert readings.since(KEY, time.monotonic() - 1, lambda: next(log)) == "old"
    assert readings.since(KEY, time.monotonic(), lambda: next(log)) == "new"
    assert readings.since(("shop", "another"), time.monotonic() - 1, lambda: next(log)) == "other"


def test_a_reading_that_failed_is_nobodys_answer() -> None:
    """The next one reads for itself."""
    readings, moment = Readings[str](), time.monotonic() - 1

    def fail() -> str:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        readings.since(KEY, moment, fail)
    assert readings.since(KEY, moment, lambda: "found") == "found"


def test_that_nothing_is_there_is_an_answer_too() -> None:
    """A conversation of another platform is looked for once."""
    readings, moment = Readings[str](), time.monotonic() - 1
    assert readings.since(KEY, moment, lambda: None) is None
    assert readings.since(KEY, moment, lambda: "found") is None

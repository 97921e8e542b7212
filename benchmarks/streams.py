"""Idle live streams: what they weigh, whom they slow down, how fast news reaches all of them."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.results import Result


def streams(bench: Bench, kind: str) -> Iterator[Result]:
    """Hold idle streams on two gevent workers."""
    yield from ()

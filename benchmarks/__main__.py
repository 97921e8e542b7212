"""`python -m benchmarks`: measure the hot path and show one table; exit code 0, whatever it says."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import growth, inbox, requests, results, sizes, streams, tokens
from benchmarks.bench import POSTGRESQL, SQLITE, Bench, workshop
from benchmarks.results import Result
from benchmarks.rounds import FULL, QUICK
from tests.servers import Missing

Measurement = Callable[[Bench, str], Iterator[Result]]

_BOTH = (SQLITE, POSTGRESQL)
MEASUREMENTS: dict[str, tuple[Measurement, tuple[str, ...]]] = {
    "sizes": (sizes.sizes, ("–",)),
    "tokens": (lambda bench, kind: tokens.measure(bench.effort), ("–",)),
    "boot": (requests.boot, _BOTH),
    "poll": (requests.poll, _BOTH),
    "post": (requests.post, _BOTH),
    "growth": (growth.growth, _BOTH),
    "streams": (streams.streams, (POSTGRESQL,)),
    "inbox": (inbox.inbox, _BOTH),
    "desk": (inbox.news, (POSTGRESQL,)),
}


def main() -> None:
    """Measure what was asked for, line by line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller databases: a first impression")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--database", choices=_BOTH, help="one kind of database only")
    wanted = parser.parse_args()
    effort = QUICK if wanted.quick else FULL
    cores = f"{os.cpu_count()} cores" if os.cpu_count() != 1 else "1 core"
    print(f"Python {platform.python_version()}, {cores}, {effort.rounds} rounds of {effort.seconds} s, medians\n")
    print(results.heading(), flush=True)
    with workshop(effort) as bench:
        for name in wanted.only or MEASUREMENTS:
            measurement, kinds = MEASUREMENTS[name]
            for kind in kinds:
                if wanted.database in (None, kind):
                    _show(partial(measurement, bench, kind), name, kind)


def _show(measurement: Callable[[], Iterator[Result]], name: str, kind: str) -> None:
    try:
        for result in measurement():
            print(results.line(result), flush=True)
    except Missing as missing:
        print(f"{name} on {kind} is not measured: this machine has no {missing}", flush=True)


if __name__ == "__main__":
    main()

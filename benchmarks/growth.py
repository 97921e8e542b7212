"""Whether a call costs the same in a large database as in a small one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.bench import Bench
from benchmarks.load import Request, Sample
from benchmarks.results import Result
from benchmarks.rounds import alternate, median_ratio
from benchmarks.seed import Size
from benchmarks.visitor import arrive

# A tenth of all messages is the caller's, and a page of conversations is full in both.
SMALL = Size(conversations=500, each=2, own_every=10)
_EACH = 100
_AIM = 0.9
CALLS = ("boot", "listing", "poll", "post")  # a poll after posts would find something new


def growth(bench: Bench, kind: str) -> Iterator[Result]:
    """Measure every call of the hot path on both databases in turns."""
    large = Size(conversations=bench.effort.messages // _EACH, each=_EACH, own_every=10)
    filled = [bench.fill(kind, size) for size in (large, SMALL)]
    with ExitStack() as stack:
        servers = [stack.enter_context(bench.serve(seeded)) for seeded in filled]
        visitors = [arrive(server.port, seeded) for server, seeded in zip(servers, filled, strict=True)]

        def turn(side: int, call: str) -> Sample:
            request: Request = getattr(visitors[side], call)
            return bench.client.measure(servers[side].port, request, bench.effort.seconds)

        for call in CALLS:
            pairs = alternate(bench.effort.rounds, lambda: turn(0, call), lambda: turn(1, call))  # noqa: B023
            ratio = median_ratio([(one.per_second, other.per_second) for one, other in pairs])
            rates = [median(sample.per_second for sample in side) for side in zip(*pairs, strict=True)]
            detail = "{:,.0f}/s against {:,.0f}/s".format(*rates) + f" with {SMALL.messages:,}"
            yield Result(f"{call}, {large.messages:,} messages", kind, ratio, _AIM, detail=detail)

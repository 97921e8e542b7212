"""Boot, poll and post, against the trivial view on the same server."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.bench import SQLITE, Bench
from benchmarks.load import CONNECTIONS, Request, Sample
from benchmarks.results import Result
from benchmarks.rounds import alternate, median_ratio
from benchmarks.seed import Size
from benchmarks.serving import Server
from benchmarks.visitor import TRIVIAL, arrive, crowd

SIZE = Size(conversations=20, each=5)
_POST_WORKERS = 2


def boot(bench: Bench, kind: str) -> Iterator[Result]:
    """Measure the boot of a known user with 20 conversations."""
    seeded = bench.fill(kind, SIZE)
    with bench.serve(seeded) as server:
        pairs = _pairs(bench, server, arrive(server.port, seeded).boot)
        yield _ratio("boot, 20 conversations", kind, pairs, aim=0.5 if kind == SQLITE else 0.25)


def poll(bench: Bench, kind: str) -> Iterator[Result]:
    """Measure a poll that finds nothing new."""
    seeded = bench.fill(kind, SIZE)
    with bench.serve(seeded) as server:
        pairs = _pairs(bench, server, arrive(server.port, seeded).poll)
        yield _ratio("poll, nothing new", kind, pairs, aim=0.6)


def post(bench: Bench, kind: str) -> Iterator[Result]:
    """Measure posts that are on the disk when they are answered, by as many visitors as there are connections."""
    seeded = bench.fill(kind, SIZE)
    with bench.serve(seeded, workers=_POST_WORKERS) as server:
        pairs = _pairs(bench, server, crowd(server.port, seeded, CONNECTIONS))
    yield _ratio(f"post, durable, {_POST_WORKERS} processes", kind, pairs, aim=0.2)
    p50, p99 = (1000 * median(ours.percentile(share) for ours, _ in pairs) for share in (0.5, 0.99))
    detail = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    yield Result("post, p99 in terms of p50", kind, p99 / p50, aim=4.0, at_most=True, detail=detail)


def _pairs(bench: Bench, server: Server, wanted: Request) -> list[tuple[Sample, Sample]]:
    def turn(request: Request) -> Sample:
        return bench.client.measure(server.port, request, bench.effort.seconds)

    return alternate(bench.effort.rounds, lambda: turn(wanted), lambda: turn(TRIVIAL))


def _ratio(quantity: str, kind: str, pairs: list[tuple[Sample, Sample]], aim: float) -> Result:
    ours, trivial = (median(sample.per_second for sample in side) for side in zip(*pairs, strict=True))
    ratio = median_ratio([(one.per_second, other.per_second) for one, other in pairs])
    return Result(quantity, kind, ratio, aim, detail=f"{ours:,.0f}/s against {trivial:,.0f}/s for a trivial view")

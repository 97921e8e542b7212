"""Idle live streams: what they weigh, whom they slow down, how fast news reaches all of them."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from statistics import median

from benchmarks.audience import Audience, audience
from benchmarks.bench import Bench
from benchmarks.load import NUMBER, Sample, fetch
from benchmarks.results import Result
from benchmarks.rounds import alternate, median_ratio
from benchmarks.seed import Size
from benchmarks.serving import Server
from benchmarks.visitor import Visitor, arrive
from tests.servers import redis

SIZE = Size(conversations=20, each=5)
_WORKERS = 2
_KIB_MAX = 32
_MESSAGES = 5
_KIB = 1024


def streams(bench: Bench, kind: str) -> Iterator[Result]:
    """Hold idle streams on two gevent workers, with each of the buses."""
    _allow_files()
    for bus in ("LISTEN/NOTIFY", "Redis"):
        with redis() if bus == "Redis" else _nothing() as redis_url:
            yield from _measure(bench, kind, bus, redis_url)


def _measure(bench: Bench, kind: str, bus: str, redis_url: str | None) -> Iterator[Result]:
    seeded = bench.fill(kind, SIZE)
    count = bench.effort.streams

    def serve() -> AbstractContextManager[Server]:
        return bench.serve(seeded, workers=_WORKERS, streams_max=count, redis_url=redis_url)

    with serve() as crowded, serve() as empty:
        ada = arrive(crowded.port, seeded)
        before = _memory(crowded)
        with audience(crowded.port, [ada.stream] * count) as listening:
            each = (_memory(crowded) - before) / count / _KIB
            yield Result(f"idle streams held, {bus}", kind, len(listening), aim=count)
            yield Result("memory of each", kind, each, aim=_KIB_MAX, at_most=True, unit="KiB")
            yield _beside(bench, kind, crowded, empty, ada)
            yield _delivery(kind, crowded, ada, listening)


def _beside(bench: Bench, kind: str, crowded: Server, empty: Server, ada: Visitor) -> Result:
    """Compare polls beside the streams with polls at a server without any."""

    def turn(server: Server) -> Sample:
        return bench.client.measure(server.port, ada.poll, bench.effort.seconds)

    pairs = alternate(bench.effort.rounds, lambda: turn(crowded), lambda: turn(empty))
    ratio = median_ratio([(one.percentile(0.5), other.percentile(0.5)) for one, other in pairs])
    p50 = [1000 * median(sample.percentile(0.5) for sample in side) for side in zip(*pairs, strict=True)]
    detail = "p50 {:.1f} ms against {:.1f} ms without streams".format(*p50)
    return Result("p50 of polls beside them", kind, ratio, aim=1.1, at_most=True, detail=detail)


def _delivery(kind: str, server: Server, ada: Visitor, listening: Audience) -> Result:
    """Let everybody hear a few messages; the time runs from sending one."""
    took: list[float] = []
    for number in range(_MESSAGES):
        name = b"news-%07d" % number
        started = time.perf_counter()
        fetch(server.port, ada.post.raw.replace(b"load-" + NUMBER, name.ljust(len(b"load-" + NUMBER), b"-")))
        took += [moment - started for moment in listening.hear(name)]
    took.sort()
    p50, p99 = (1000 * took[min(len(took) - 1, int(share * len(took)))] for share in (0.5, 0.99))
    detail = f"p50 {p50:.0f} ms, {_MESSAGES} messages to {len(listening):,} streams"
    return Result("delivery to all, p99", kind, p99, unit="ms", detail=detail)


def _memory(server: Server) -> int:
    """Return the bytes of memory that the workers have for themselves."""
    return sum(_private(worker) for worker in server.workers())


def _private(process: int) -> int:
    rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) * _KIB for row in rows if row.startswith(("Private_Clean:", "Private_Dirty:")))


def _allow_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _nothing() -> AbstractContextManager[None]:
    return nullcontext()

"""The agents' inbox: its page, its search, and how fast news reaches the team."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.audience import audience
from benchmarks.bench import SQLITE, Bench
from benchmarks.lexicon import index
from benchmarks.load import NUMBER, fetch, request
from benchmarks.results import Result
from benchmarks.seed import Seeded, Size
from benchmarks.serving import ENCRYPTION_KEY, SECRET_KEY
from benchmarks.visitor import arrive
from tests.team import API, hire
from whosthere.settings import load_settings
from whosthere.wiring import build_runtime

_EACH = 10
_ASKED = 40
_TALKS = Size(conversations=20, each=5)
_WORDS = b"I am still waiting for an answer"
_AGENTS, _VISITORS, _MESSAGES = 50, 500, 10
# Words of every message, of few, of none, beginnings of both, and two that are frequent alone and never together.
_QUERIES = ("waiting", "order", "wai", "4711", "order+4711", "nowhere", "where+has+nobody+told", "99+nobody", "47")


def inbox(bench: Bench, kind: str) -> Iterator[Result]:
    """Measure the list and the search in a large database, one request after the other."""
    size = Size(conversations=bench.effort.messages // _EACH, each=_EACH, own_every=10)
    seeded = bench.fill(kind, size)
    index(seeded)
    bearer = f"Bearer {_token(seeded)}"
    with bench.serve(seeded) as server:

        def p95(paths: list[str]) -> tuple[float, float]:
            for path in paths:
                fetch(server.port, request("GET", path, Authorization=bearer))
            took = []
            for number in range(_ASKED):
                asked = request("GET", paths[number % len(paths)], Authorization=bearer)
                started = time.perf_counter()
                fetch(server.port, asked)
                took.append(1000 * (time.perf_counter() - started))
            took.sort()
            return median(took), took[int(0.95 * len(took))]

        lists = [f"{API}/conversations?view={view}" for view in ("all", "open", "unassigned", "waiting")]
        p50, high = p95(lists)
        aim = 100 if kind == SQLITE else None
        detail = f"p50 {p50:.1f} ms, {size.conversations:,} conversations"
        yield Result("a page of the inbox, p95", kind, high, aim, at_most=True, unit="ms", detail=detail)
        p50, high = p95([f"{API}/search?q={query}" for query in _QUERIES])
        detail = f"p50 {p50:.1f} ms, {len(_QUERIES)} searches in {size.messages:,} messages"
        yield Result("search, p95", kind, high, 150, at_most=True, unit="ms", detail=detail)
        answer = fetch(server.port, request("GET", lists[0], Authorization=bearer))
        yield Result("50 conversations as JSON, gzipped", kind, len(gzip.compress(answer)) / 1000, unit="KB")


def news(bench: Bench, kind: str) -> Iterator[Result]:
    """Let a visitor write while a team and many visitors hold streams; the time runs from sending to the last agent."""
    seeded = bench.fill(kind, _TALKS)
    token = _token(seeded)
    with bench.serve(seeded, workers=2, streams_max=_AGENTS + _VISITORS) as server, ExitStack() as stack:
        ada = arrive(server.port, seeded)
        stack.enter_context(audience(server.port, ada.stream, _VISITORS))
        stream = request("GET", f"{API}/stream", Authorization=f"Bearer {token}")
        team = stack.enter_context(audience(server.port, stream, _AGENTS, ready=b": keep-alive"))
        took: list[float] = []
        for number in range(_MESSAGES):
            name = b"news-%07d" % number
            raw = ada.post.raw.replace(b"load-" + NUMBER, name.ljust(len(b"load-" + NUMBER), b"-"))
            raw = raw.replace(_WORDS, name.ljust(len(_WORDS)))  # the list shows the text, not its idempotency key
            started = time.perf_counter()
            fetch(server.port, raw)
            took += [moment - started for moment in team.hear(name)]
    took.sort()
    p50, p99 = (1000 * took[min(len(took) - 1, int(share * len(took)))] for share in (0.5, 0.99))
    detail = f"p50 {p50:.0f} ms, {_MESSAGES} messages, {_AGENTS} agents, {_VISITORS} visitors"
    yield Result("news to the team, p99", kind, p99, 300, at_most=True, unit="ms", detail=detail)


def _token(seeded: Seeded) -> str:
    """Hire an agent for the platform and return a token of theirs."""
    secrets = {"secret_key": SECRET_KEY, "encryption_keys": ENCRYPTION_KEY}
    runtime = build_runtime(load_settings({}, database_url=seeded.url, instance_path="/nonexistent", **secrets))
    try:
        return hire(runtime, seeded.platform_id).token
    finally:
        runtime.database.close()

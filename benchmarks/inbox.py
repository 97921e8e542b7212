"""The agents' inbox: its page, its search, and how fast news reaches the team."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks.audience import audience
from benchmarks.bench import SQLITE, Bench
from benchmarks.lexicon import index
from benchmarks.load import NUMBER, fetch, request
from benchmarks.results import Result
from benchmarks.seed import Size
from benchmarks.sizes import files_kb
from benchmarks.team import agent_of, sign_in
from benchmarks.visitor import arrive, listeners
from tests.team import API

_EACH = 10
_ASKED = 40
_VIEWS = ("all", "open", "unassigned", "waiting")
_SIGN_OF_LIFE = b": keep-alive"
_TALKS = Size(conversations=20, each=5)
_WORDS = b"I am still waiting for an answer"
_AGENTS, _VISITORS, _MESSAGES = 50, 500, 20
# Words of every message, of few, of none, beginnings of both, and two that are frequent alone and never together.
_QUERIES = ("waiting", "order", "wai", "4711", "order+4711", "nowhere", "where+has+nobody+told", "99+nobody", "47")


def inbox(bench: Bench, kind: str) -> Iterator[Result]:
    """Measure pages and searches in a large database, one request after the other."""
    size = Size(conversations=bench.effort.messages // _EACH, each=_EACH, own_every=10)
    seeded = bench.fill(kind, size)
    index(seeded)
    grace = agent_of(seeded)
    with bench.serve(seeded) as server:
        cookie = sign_in(server.port, grace)
        pages = [request("GET", f"/agent/?view={view}", Cookie=cookie) for view in _VIEWS]
        listed = json.loads(fetch(server.port, grace.call(f"{API}/conversations")))["items"]
        threads = [request("GET", f"/agent/conversations/{one['id']}", Cookie=cookie) for one in listed[:_ASKED]]
        aim = 100 if kind == SQLITE else None
        what = f"{size.conversations:,} conversations"
        p50, p95 = _latency(server.port, pages)
        detail = f"p50 {p50:.1f} ms, lists of {what}"
        yield Result("a page of the inbox, p95", kind, p95, aim, at_most=True, unit="ms", detail=detail)
        p50, p95 = _latency(server.port, threads)
        detail = f"p50 {p50:.1f} ms, a conversation beside the list"
        yield Result("a conversation's page, p95", kind, p95, aim, at_most=True, unit="ms", detail=detail)
        p50, p95 = _latency(server.port, [grace.call(f"{API}/search?q={query}") for query in _QUERIES])
        detail = f"p50 {p50:.1f} ms, {len(_QUERIES)} searches in {size.messages:,} messages"
        yield Result("search, p95", kind, p95, 150, at_most=True, unit="ms", detail=detail)
        page = len(gzip.compress(fetch(server.port, threads[0]))) / 1000
        weight = page + files_kb("tokens.css", "inbox.css", "inbox/*.*")
        detail = f"a conversation's page with all scripts and styles; {page:.1f} KB of it is the page"
        yield Result("weight of the inbox, gzipped", kind, weight, 60, at_most=True, unit="KB", detail=detail)


def _latency(port: int, asked: Sequence[bytes]) -> tuple[float, float]:
    """Return the median and the 95th percentile of answers to these requests, in milliseconds."""
    took = []
    for number in range(-len(asked), _ASKED):  # each once that does not count
        started = time.perf_counter()
        fetch(port, asked[number % len(asked)])
        if number >= 0:
            took.append(1000 * (time.perf_counter() - started))
    took.sort()
    return median(took), took[int(0.95 * len(took))]


def news(bench: Bench, kind: str) -> Iterator[Result]:
    """Let a visitor write while a team and many visitors hold streams; the time runs from sending to the last agent."""
    seeded = bench.fill(kind, _TALKS)
    grace = agent_of(seeded)
    with bench.serve(seeded, workers=2, streams_max=_AGENTS + _VISITORS) as server, ExitStack() as stack:
        ada = arrive(server.port, seeded)
        stack.enter_context(audience(server.port, listeners(server.port, seeded, _VISITORS)))
        team = stack.enter_context(audience(server.port, [grace.call(f"{API}/stream")] * _AGENTS, ready=_SIGN_OF_LIFE))
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

"""`/metrics` in Prometheus' text format, when the setting asks for it.

Each worker process counts for itself and says which it is by the label `worker`; labels hold routes and codes only,
never an address, an id or a name.
"""

from __future__ import annotations

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from whosthere.web.runtime import runtime

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


def register(app: Flask) -> None:
    """Count every request of this app and serve the counts; the registry belongs to this app alone."""
    registry = CollectorRegistry()
    names = ("worker", "endpoint", "method")
    requests = Counter("whosthere_requests", "Answers by status.", (*names, "status"), registry=registry)
    seconds = Histogram(
        "whosthere_request_seconds", "Time to the first byte.", names, registry=registry, buckets=_SECONDS
    )
    streams = Gauge("whosthere_open_streams", "Live streams of this worker.", ("worker",), registry=registry)

    @app.before_request
    def start() -> None:
        g.started_at = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        labels = (str(os.getpid()), request.endpoint or "none", request.method)
        requests.labels(*labels, str(response.status_code)).inc()
        if "started_at" in g:
            seconds.labels(*labels).observe(time.perf_counter() - g.started_at)
        return response

    @app.get("/metrics", endpoint="ops.metrics")
    def show() -> Response:
        streams.labels(str(os.getpid())).set(runtime().hub.open_streams)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

"""What gunicorn serves during a measurement: Whosthere and the baseline, side by side in the same process."""

from __future__ import annotations

import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from benchmarks import baseline
from whosthere.settings import load_settings
from whosthere.web import create_app
from whosthere.wiring import build_runtime

STREAMS_MAX = "BENCHMARK_STREAMS_MAX"


def application() -> WSGIApplication:
    """Make both applications from the environment; the path decides which of them answers."""
    settings = load_settings()
    runtime = build_runtime(settings, streams_max=int(os.environ.get(STREAMS_MAX, "200")))
    product, trivial = create_app(settings, runtime=runtime), baseline.create_baseline()

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        app = trivial if environ["PATH_INFO"] == baseline.PATH else product
        return app(environ, start_response)

    return serve

"""What every page of the inbox and the desk carries: no scripts of others, no frames, no caches, how long to wait."""

from __future__ import annotations

from flask import Response

from whosthere.web.doors import WAIT_SECONDS

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def protect(response: Response) -> Response:
    """Keep a page out of caches and frames, and everything that is not ours out of the page."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)  # that of a file is narrower
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.status_code == 429:
        response.headers.setdefault("Retry-After", str(WAIT_SECONDS))
    return response

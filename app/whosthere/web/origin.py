"""Cross-origin answers (Fetch standard): exact origins, never `*`, never credentials."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from flask import Response, current_app, request

from whosthere.core import origins
from whosthere.core.reasons import Reason
from whosthere.services.runtime import Runtime
from whosthere.storage import platforms

_PREFLIGHT_SECONDS = 7200


def asking() -> str | None:
    """Return the `Origin` header as the browser sent it, `None` without one."""
    origin: str | None = request.environ.get("HTTP_ORIGIN")
    return origin


def is_own(origin: str) -> bool:
    """Whether the origin is this server itself: where the panel's frame lives."""
    public_url: str | None = current_app.config["WHOSTHERE_PUBLIC_URL"]
    published = None if public_url is None else _origin_of(public_url)
    return origin in (published, f"{request.scheme}://{request.host}")


@cache
def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def known_to_any_platform(runtime: Runtime, origin: str) -> bool:
    """Whether any platform may be embedded on this origin; asked only when no platform is known yet."""
    with runtime.database.read() as connection:
        return any(origins.allows(listed, origin) for listed in platforms.all_origins(connection))


def preflight() -> Response:
    """Answer `OPTIONS`. It opens nothing: the request itself is checked against the platform's list."""
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Disposition, Content-Type, Last-Event-ID"
    response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response


def share(response: Response) -> Response:
    """Let the asking origin read the answer, unless it is the answer that it may not."""
    response.headers.add("Vary", "Origin")
    origin = asking()
    refused = response.status_code == 403 and Reason.ORIGIN_NOT_ALLOWED.value.encode() in response.get_data()
    if origin is not None and origins.problem(origin) is None and not refused:
        response.headers.add("Access-Control-Allow-Origin", origin)
        response.headers.add("Access-Control-Expose-Headers", "Retry-After")
    return response

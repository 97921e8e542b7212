"""Flask, without the work that no request of ours needs (docs/performance.md, "Where the time goes")."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import Headers

_ENCODER = json.JSONEncoder(separators=(",", ":"), default=DefaultJSONProvider.default)


class Answer(Response):
    """A complete JSON document, whose headers are right as they stand."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """Return the headers; there is no address to make absolute and no length to find out."""
        return self.headers


class Json(DefaultJSONProvider):
    """Writes compact JSON with one encoder, instead of a new one for every answer."""

    def dumps(self, obj: Any, **options: Any) -> str:
        """Return `obj` as JSON."""
        return super().dumps(obj, **options) if options else _ENCODER.encode(obj)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return the answer of `flask.jsonify`."""
        body = self.dumps(self._prepare_response_obj(args, kwargs)).encode("utf-8")
        return Answer(body, headers=[("Content-Type", "application/json")])


class Application(Flask):
    """The application class."""

    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: no view or hook of ours is a coroutine, and Flask asks for each of them in each request."""
        return func

"""Flask, without the work that no request of ours needs (docs/performance.md, "Where the time goes").

And with a body that whoever sent it answers for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any, cast

from flask import Flask, Request, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.utils import cached_property

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


class _Body:
    """The body of a request on its way in.

    Chunks are read while the request is handled, so that is when a server finds out that they are broken; each has
    exceptions of its own for that. Reading is all that happens here, and whatever ends it, the client is to blame.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except HTTPException:
            raise
        except Exception as error:
            raise BadRequest from error


class Asked(Request):
    """A request."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """Return the body, to be read once."""
        return cast("IO[bytes]", _Body(super().stream))

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """Return the query's parameters.

        Raises:
            BadRequest: the query is not UTF-8. Half a character behind percent signs is left as it is spelled.
        """
        try:
            return super().args
        except UnicodeDecodeError:
            raise BadRequest from None


class Application(Flask):
    """The application class."""

    request_class = Asked

    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: no view or hook of ours is a coroutine, and Flask asks for each of them in each request."""
        return func

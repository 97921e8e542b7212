"""A WSGI server without a socket that keeps the rules of PEP 3333 and remembers everything."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment
from wsgiref.util import FileWrapper, setup_testing_defaults

Headers = list[tuple[str, str]]
BLOCK = re.compile(rb'<script type="application/json" id="whosthere-config">(.*?)</script>', re.DOTALL)
SCRIPT = re.compile(rb'<script async id="whosthere-embed" ([^>]*)></script>')


@dataclass
class Answer:
    """What came of one request.

    Attributes:
        starts: each call of `start_response`: status and headers.
        sent: what the client got, in the pieces in which it went out; empty ones included.
        body: the object the application returned.
    """

    starts: list[tuple[str, Headers]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    body: Iterable[bytes] = ()
    environ: WSGIEnvironment = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The status the client saw."""
        return self.starts[-1][0]

    @property
    def headers(self) -> Headers:
        """The headers the client saw."""
        return self.starts[-1][1]

    def values(self, name: str) -> list[str]:
        """Every value of one header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def content(self) -> bytes:
        """The body the client saw."""
        return b"".join(self.sent)

    @property
    def config(self) -> dict[str, Any] | None:
        """The config in the page, `None` for a page without a chat."""
        found = BLOCK.findall(self.content)
        assert len(found) <= 1, "the snippet is there twice"
        return dict(json.loads(found[0])) if found else None

    @property
    def without_snippet(self) -> bytes:
        """The body as the host made it."""
        return SCRIPT.sub(b"", BLOCK.sub(b"", self.content))

    def start_response(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
        """Take the status and the headers, as PEP 3333 says."""
        if exc_info and any(self.sent):
            raise exc_info[1].with_traceback(exc_info[2])
        assert exc_info or not self.starts, "start_response was called twice without exc_info"
        self.starts.append((status, list(headers)))
        return self.sent.append


def environ(path: str = "/", method: str = "GET", **more: Any) -> WSGIEnvironment:
    """What a server says about a request; `more` are further keys of the environ."""
    made: WSGIEnvironment = {"PATH_INFO": path, "REQUEST_METHOD": method, "SCRIPT_NAME": "", **more}
    setup_testing_defaults(made)
    made.setdefault("wsgi.file_wrapper", FileWrapper)
    made["wsgi.errors"] = io.StringIO()
    return made


def ask(app: WSGIApplication, path: str = "/", method: str = "GET", **more: Any) -> Answer:
    """Serve one request to its end, and close the body as every server does."""
    answer = Answer(environ=environ(path, method, **more))
    answer.body = app(answer.environ, answer.start_response)
    try:
        for chunk in answer.body:
            assert answer.starts, "a body came before start_response"
            answer.sent.append(chunk)
    finally:
        close = getattr(answer.body, "close", None)
        if close is not None:
            close()
    return answer

"""A host that answers in odd ways, for a real server; `?user` in the address makes the page somebody's.

`application` has the chat in it; a request with the header `X-Bare` goes to the host alone.
"""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

from tests.people import ADA
from whosthere import ChatMiddleware

PAGE = b"<!doctype html><html><body><p>Good morning.</p></body></html>\n"
HTML = ("Content-Type", "text/html; charset=utf-8")
LENGTH = ("Content-Length", str(len(PAGE)))

Answer = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


def whole(*headers: tuple[str, str], body: bytes = PAGE, status: str = "200 OK") -> Answer:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [HTML, *headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def stream(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [HTML])
    return (PAGE[place : place + 10] for place in range(0, len(PAGE), 10))


def lazy(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [HTML])
    yield b""
    yield PAGE


def file(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [HTML, LENGTH])
    return environ["wsgi.file_wrapper"](io.BytesIO(PAGE), 16)  # type: ignore[no-any-return]


def written(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    write = start_response("200 OK", [HTML])
    write(PAGE[:20])
    return [PAGE[20:]]


def broken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [HTML])
    yield PAGE[:20]
    raise OSError("the disk is gone")


def mended(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [HTML, LENGTH])
    try:
        raise OSError("the disk is gone")
    except OSError:
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")], sys.exc_info())
    return [b"Come back later.\n"]


ROUTES: dict[str, Answer] = {
    "/page": whole(LENGTH, ("ETag", '"1"'), ("Set-Cookie", "session=1"), ("Set-Cookie", "theme=dark")),
    "/no-length": whole(),
    "/fragment": whole(body=b"<p>A fragment.</p>"),
    "/empty": whole(("Content-Length", "0"), body=b""),
    "/too-short": whole(("Content-Length", "20")),
    "/too-long": whole(("Content-Length", "2000")),
    "/nonsense-length": whole(("X-Length", "many")),
    "/gzip": whole(("Content-Encoding", "gzip"), body=gzip.compress(PAGE, mtime=0)),
    "/public": whole(LENGTH, ("Cache-Control", "public, max-age=60"), ("ETag", '"1"')),
    "/not-modified": whole(("ETag", '"1"'), body=b"", status="304 Not Modified"),
    "/elsewhere": whole(("Location", "/page"), body=b"", status="302 Found"),
    "/missing": whole(body=b"<html><body>404</body></html>", status="404 Not Found"),
    "/nothing": whole(body=b"", status="204 No Content"),
    "/not-latin-1": whole(("X-Odd", "→")),
    "/latin-1": whole(("X-Odd", "é")),
    "/stream": stream,
    "/lazy": lazy,
    "/file": file,
    "/written": written,
    "/broken": broken,
    "/mended": mended,
}


def host(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as the path says."""
    if environ["QUERY_STRING"] == "user":
        environ["whosthere.user"] = {"userId": ADA.user_id, "userEmail": ADA.email}
    return ROUTES[environ["PATH_INFO"]](environ, start_response)


def make() -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """Make the application; the settings come from the environment."""
    chatting = ChatMiddleware(host, "/support", streams=2)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return (host if "HTTP_X_BARE" in environ else chatting)(environ, start_response)

    return application

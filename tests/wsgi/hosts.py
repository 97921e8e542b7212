"""Hosts: plain WSGI applications with a page for somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tests.people import ADA

PAGE = b"<!doctype html><html><body><p>Good morning, Ada.</p></body></html>\n"
HTML = ("Content-Type", "text/html; charset=utf-8")
USER = {"userId": ADA.user_id, "userEmail": ADA.email, "userName": ADA.name}

Body = Callable[[], Iterable[bytes]]


def host(
    *headers: tuple[str, str],
    body: bytes | Body = PAGE,
    status: str = "200 OK",
    user: Any = USER,
    seen: list[WSGIEnvironment] | None = None,
) -> WSGIApplication:
    """A host that says who the page is for, and answers every path alike.

    Args:
        headers: of the answer; an HTML type when there is none.
        body: the whole page, or a function that returns the iterable.
        user: `None` to say nothing.
        seen: gets a copy of every environ as the host got it.
    """

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if seen is not None:
            seen.append(dict(environ))
        if user is not None:
            environ["whosthere.user"] = user
        types = [name for name, _ in headers if name.lower() == "content-type"]
        start_response(status, [*headers, *([] if types else [HTML])])
        return [body] if isinstance(body, bytes) else body()

    return app

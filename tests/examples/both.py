"""An example with its chat, and the same site without: a request with the header `X-Bare` goes to the host alone.

Loaded by a server that runs in the example's folder, where `app` is the example's own module.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def both(chatting: WSGIApplication, host: WSGIApplication) -> WSGIApplication:
    """Let the header choose."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return (host if "HTTP_X_BARE" in environ else chatting)(environ, start_response)

    return application


def flask() -> WSGIApplication:
    """The book shop."""
    app: Any = importlib.import_module("app").app
    return both(app, app.wsgi_app.app)


def other(module: str) -> WSGIApplication:
    """The rowing club (`app.wsgi`) or the documentation (`app`)."""
    application: Any = importlib.import_module(module).application
    return both(application, application.app)

"""Free ports, and a web server on each that needs nothing beyond Flask."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"
_PORTS_TRIED = 100
_PORT_LAST = 65535
_POLL_SECONDS = 0.05


def listen(port: int) -> socket.socket:
    """Return a socket that listens on `port` or, when that is taken, on the next free one; 0 picks any.

    Raises:
        OSError: none of the next hundred ports is free.
    """
    last = min(port + _PORTS_TRIED, _PORT_LAST)
    for candidate in range(port, last + 1):
        listener = socket.socket()
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, candidate))
            listener.listen(128)
        except OSError:
            listener.close()
            if candidate == last:
                raise
        else:
            return listener
    raise OSError(f"there is no port {port}")


def url_of(listener: socket.socket) -> str:
    """Return where a browser finds what listens on the socket."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the demo's terminal is for its visitors."""


@contextmanager
def answering(app: WSGIApplication, listener: socket.socket) -> Iterator[None]:
    """Serve `app` on the socket with one thread a request, until the block ends."""
    server = make_server(
        HOST, listener.getsockname()[1], app, threaded=True, request_handler=_Quiet, fd=listener.fileno()
    )
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""The worker for PostgreSQL: a greenlet for each connection, which may take as long as `intake` allows.

A greenlet costs little, so a slow client stands in nobody's way; it must not stand there for ever, though. How long a
request's head may take is gunicorn's `keepalive`.
"""

from __future__ import annotations

import time
from typing import Any

from gunicorn.workers.ggevent import GeventWorker

from whosthere.cli import intake


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's gevent worker with limits on how long a client may take."""

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Talk to one client until it or we have nothing more to say."""
        intake.bound(client)
        super().handle(listener, client, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """Answer one request."""
        source = intake.Source(sock)
        source.deadline = time.monotonic() + _patience_seconds(req.headers)
        sock.settimeout(intake.WRITE_SECONDS)
        req.unreader.sock = source
        try:
            super().handle_request(listener_name, req, sock, addr)
        except TimeoutError as error:
            self.log.debug("The client takes too long: %s", error)
            raise StopIteration from error
        finally:
            req.unreader.sock = sock


def _patience_seconds(headers: list[tuple[str, str]]) -> float:
    """Return how long the rest of a request may take; gunicorn has found its length to be a number."""
    length = int(dict(headers).get("CONTENT-LENGTH", 0))
    return intake.READ_SECONDS if length <= intake.BODY_BYTES_MAX else intake.LARGE_READ_SECONDS

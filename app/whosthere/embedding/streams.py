"""Live streams inside a host: each occupies a worker thread, so a host decides how many it can spare."""

from __future__ import annotations

import logging

log = logging.getLogger("whosthere.wsgi")


def read_streams(streams: int) -> int:
    """Return how many streams a process may hold.

    Raises:
        TypeError: it is not an integer.
        ValueError: it is negative.
    """
    if type(streams) is not int:
        raise TypeError(f"streams must be an integer, not {type(streams).__name__}")
    if streams < 0:
        raise ValueError("streams must not be negative; 0 makes pages poll")
    return streams


class StreamGate:
    """Whether a request may become a stream here."""

    def __init__(self, streams: int) -> None:
        self._streams = streams
        self._complained = False

    def refusal(self, multithread: bool) -> str | None:
        """Return why a stream is refused, or `None`; refused clients poll.

        Args:
            multithread: `wsgi.multithread` of the request.
        """
        if not self._streams:
            return "Streams are off here. Poll instead."
        if multithread:
            return None
        if not self._complained:
            self._complained = True
            log.error(
                "streams=%d was asked for, but this server handles one request at a time in each process "
                "(wsgi.multithread is false): a single stream would stop everything else, so pages poll",
                self._streams,
            )
        return "This server handles one request at a time. Poll instead."

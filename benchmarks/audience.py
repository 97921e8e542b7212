"""An audience: many browsers that hold a live stream and say nothing."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

_TIMEOUT_SECONDS = 60
_RECEIVE_BYTES = 1 << 16
_READY = b"event: ready"


class Audience:
    """Open streams."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self._sockets = sockets

    def __len__(self) -> int:
        return len(self._sockets)

    def hear(self, wanted: bytes) -> list[float]:
        """Wait until everybody has received these bytes; return the moments, by `time.perf_counter`, in order.

        Raises:
            RuntimeError: somebody was cut off, or did not receive them in time.
        """
        moments: list[float] = []
        received = dict.fromkeys(self._sockets, b"")
        with selectors.DefaultSelector() as selector:
            for each in self._sockets:
                selector.register(each, selectors.EVENT_READ)
            while len(moments) < len(self._sockets):
                ready = selector.select(_TIMEOUT_SECONDS)
                if not ready:
                    raise RuntimeError(f"{len(self._sockets) - len(moments)} streams stay silent")
                for key, _ in ready:
                    each = key.fileobj
                    assert isinstance(each, socket.socket)
                    received[each] += _receive(each)
                    if wanted in received[each]:
                        moments.append(time.perf_counter())
                        selector.unregister(each)
        return moments


@contextmanager
def audience(port: int, requests: Sequence[bytes], *, ready: bytes = _READY) -> Iterator[Audience]:
    """Open a stream with each request, and enter when all of them are there: when each has sent `ready`."""
    with ExitStack() as stack:
        sockets = []
        for request in requests:
            each = stack.enter_context(socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS))
            each.sendall(request)
            sockets.append(each)
        opened = Audience(sockets)
        opened.hear(ready)
        yield opened


def _receive(stream: socket.socket) -> bytes:
    part = stream.recv(_RECEIVE_BYTES)
    if not part:
        raise RuntimeError("a stream was closed")
    return part

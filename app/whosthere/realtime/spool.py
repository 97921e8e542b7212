"""The bus between processes on one machine: a spool file that everybody appends to and watches.

Made for SQLite, which has no notifications of its own. An append of one short line is atomic (POSIX `O_APPEND`), so no
lock is needed to publish; a process reads what others appended since it last looked.
"""

from __future__ import annotations

import itertools
import logging
import os
import threading
import uuid

from whosthere.realtime.hub import Hub

log = logging.getLogger("whosthere.realtime")

WATCH_SECONDS = 0.1
SPOOL_BYTES_MAX = 1 << 20
_HEAD_BYTES = 64


class SpoolBus:
    """Delivers wake-ups to every process that shares the spool file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._own = uuid.uuid4().hex
        self._hub: Hub | None = None
        self._file: int | None = None
        self._opened_by = 0
        self._written = itertools.count()
        self._head = b""
        self._position = 0
        self._opening = threading.Lock()
        self._stop = threading.Event()
        self._watched_by = 0

    def attach(self, hub: Hub) -> None:
        """Start to wake the waiters of `hub`; the watcher runs from the first stream on."""
        self._hub = hub

    def listen(self) -> None:
        """Watch the spool from now on; called when the first stream opens, and harmless afterwards."""
        with self._opening:
            if self._watched_by != os.getpid():  # a fork takes the object along, but not the thread
                self._watched_by = os.getpid()
                if os.fstat(self._open()).st_size == 0:
                    self._append("hello")  # a spool without a head could be cut unseen
                self._head, self._position = self._read_head(), os.fstat(self._open()).st_size
                threading.Thread(target=self._watch, name="whosthere-spool", daemon=True).start()

    def publish(self, topic: str) -> None:
        """Wake everybody who waits for `topic`; a spool that cannot be written costs others time, not messages."""
        if self._hub is not None:
            self._hub.wake(topic)
        try:
            file = self._open()
            if os.fstat(file).st_size > SPOOL_BYTES_MAX:
                os.ftruncate(file, 0)
            self._append(topic)
        except OSError as error:
            log.warning("wake-ups cannot be spooled: %s", error.strerror)

    def healthy(self) -> bool:
        """Whether the spool can be reached."""
        try:
            self._open()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._hub = None

    def _open(self) -> int:
        if self._file is None or self._opened_by != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        return self._file

    def _append(self, topic: str) -> None:
        os.write(self._open(), f"{self._own}.{next(self._written)} {topic}\n".encode())

    def _watch(self) -> None:
        while not self._stop.wait(WATCH_SECONDS):
            try:
                self._deliver()
            except OSError as error:
                log.warning("the spool of wake-ups cannot be read: %s", error.strerror)

    def _deliver(self) -> None:
        hub = self._hub
        head, size = self._read_head(), os.fstat(self._open()).st_size
        if hub is None or (size == self._position and head == self._head):
            return
        if size < self._position or head != self._head:
            # Somebody began the spool anew: what stood in it before is unknown, so everybody looks.
            self._head, self._position = head, size
            hub.wake_all()
            return
        text = os.pread(self._open(), size - self._position, self._position)
        complete = text.rfind(b"\n") + 1
        self._position += complete
        for line in set(text[:complete].decode(errors="replace").splitlines()):
            author, _, topic = line.partition(" ")
            if author.partition(".")[0] != self._own:
                hub.wake(topic)

    def _read_head(self) -> bytes:
        """Return how the first line begins: no two lines begin alike."""
        return os.pread(self._open(), _HEAD_BYTES, 0).partition(b" ")[0]

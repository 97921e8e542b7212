"""Live streams of a visitor: wake up, read the log from the cursor on, check again who may listen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import Waiter, access_topic, record_topic
from whosthere.services.access import Credential, authorize
from whosthere.services.runtime import Runtime
from whosthere.services.watch import LOOK_SECONDS
from whosthere.storage import messages
from whosthere.storage.errors import Unavailable
from whosthere.storage.messages import Message

KEEP_ALIVE_SECONDS = 14.0
BATCH = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream stands: what it sent last, and until when (and under which state of access) it was let in."""

    position: int
    ends_at: int
    access_version: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to send: a message, or nothing but the cursor (keep-alive)."""

    cursor: str
    message: Message | None


class Stream:
    """A stream that was let in; iterate `events` once and `close` it in the end."""

    def __init__(self, runtime: Runtime, credential: Credential, waiter: Waiter, place: Place) -> None:
        self._runtime = runtime
        self._credential = credential
        self._waiter = waiter
        self._place = place
        self._silent_until = 0.0

    def events(self) -> Iterator[Event]:
        """Yield what the record may see from the cursor on, until the session ends or the process does."""
        yield self._event(None)
        while True:
            news = self._news()
            if news is None:
                return
            for message in news:
                self._place = replace(self._place, position=message.record_seq)
                yield self._event(message)
            if len(news) < BATCH and not self._wait():
                yield self._event(None)  # and then look again: a wake-up that was lost costs time, never a message
            if self._runtime.hub.closing:
                return

    def close(self) -> None:
        """Give the stream's place back."""
        self._runtime.hub.leave(self._waiter)

    def _event(self, message: Message | None) -> Event:
        self._silent_until = time.monotonic() + KEEP_ALIVE_SECONDS - LOOK_SECONDS
        return Event(_cursor(self._credential, self._place.position), message)

    def _wait(self) -> bool:
        """Wait until there may be something to do; `False` when it is only time for a sign of life."""
        # Counted from the last event: wake-ups that bring no news must not keep a sign of life from being sent.
        while time.monotonic() < self._silent_until:
            if self._waiter.wait(LOOK_SECONDS) or self._may_have_ended():
                return True
        return False

    def _may_have_ended(self) -> bool:
        session = self._credential.session
        if self._runtime.hub.closing or self._runtime.clock() >= self._place.ends_at:
            return True
        try:
            departures = self._runtime.watch.departures(session.platform_id)
        except Unavailable:
            return False  # nothing is sent meanwhile; the next look tells
        gone = not departures.gone.isdisjoint((session.id, session.record_id))
        return gone or departures.access_version != self._place.access_version

    def _news(self) -> list[Message] | None:
        """Return the messages after the position, or `None` when the session may not listen any more."""
        session = self._credential.session
        with self._runtime.reading(session.platform_id) as tenant:
            # First what there is, then whether it may be seen: so nothing that was written after the end can pass.
            news = messages.of_record_after(tenant, session.record_id, self._place.position, BATCH)
            caller = authorize(tenant, self._credential, self._runtime.clock())
        if isinstance(caller, Refused):
            return None
        self._place = replace(self._place, ends_at=caller.ends_at, access_version=caller.platform.access_version)
        return news


def open_stream(runtime: Runtime, credential: Credential, last_event_id: str | None) -> Stream | Refused:
    """Let a stream in, from `last_event_id` on, or from now on without one."""
    session = credential.session
    # Take the place before reading the log: what is committed in between wakes it.
    waiter = runtime.hub.enter(
        {record_topic(session.platform_id, session.record_id), access_topic(session.platform_id)}
    )
    try:
        with runtime.reading(session.platform_id) as tenant:
            caller = authorize(tenant, credential, runtime.clock())
            newest = messages.last_record_seq(tenant, session.record_id)
    except BaseException:
        if waiter is not None:
            runtime.hub.leave(waiter)
        raise
    if isinstance(caller, Refused) or waiter is None:
        if waiter is not None:
            runtime.hub.leave(waiter)
        full = Refused(Reason.STREAMS_UNAVAILABLE, "All streams are taken. Poll instead.")
        return caller if isinstance(caller, Refused) else full
    position = _position(credential, last_event_id)
    start = newest if position is None or position > newest else position
    return Stream(runtime, credential, waiter, Place(start, caller.ends_at, caller.platform.access_version))


def _cursor(credential: Credential, position: int) -> str:
    return f"{credential.session.record_id[:13]}.{position}"


def _position(credential: Credential, cursor: str | None) -> int | None:
    """Return the position behind a cursor of this record; a foreign or broken one counts as none."""
    if cursor is None or len(cursor) > 64:
        return None
    owner, dot, digits = cursor.partition(".")
    known = dot and owner == credential.session.record_id[:13] and digits.isascii() and digits.isdigit()
    return int(digits) if known else None

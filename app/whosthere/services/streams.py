"""Live streams of a visitor: wake up, read the log from the cursor on, check again who may listen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import Waiter, access_topic, record_topic
from whosthere.services.access import Credential, authorize
from whosthere.services.runtime import Runtime
from whosthere.storage import messages
from whosthere.storage.messages import Message

KEEP_ALIVE_SECONDS = 15.0
RECHECK_SECONDS = 4.0  # a session that ended stops receiving within 5 s, even when a wake-up was lost
BATCH = 100


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to send: a message, or nothing but the cursor (keep-alive)."""

    cursor: str
    message: Message | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that was let in; iterate `events` and close it in the end."""

    runtime: Runtime
    credential: Credential
    waiter: Waiter
    start: int

    def events(self) -> Iterator[Event]:
        """Yield what the record may see from the cursor on, until the session ends or the process does."""
        position = self.start
        yield Event(_cursor(self.credential, position), None)
        quiet_seconds = 0.0
        while not self.runtime.hub.closing:
            news = self._news(position)
            if news is None:
                return
            for message in news:
                position = message.record_seq
                quiet_seconds = 0.0
                yield Event(_cursor(self.credential, position), message)
            if len(news) == BATCH:
                continue
            if not self.waiter.wait(RECHECK_SECONDS):
                quiet_seconds += RECHECK_SECONDS
            if quiet_seconds >= KEEP_ALIVE_SECONDS - RECHECK_SECONDS:
                quiet_seconds = 0.0
                yield Event(_cursor(self.credential, position), None)

    def close(self) -> None:
        """Give the stream's place back."""
        self.runtime.hub.leave(self.waiter)

    def _news(self, position: int) -> list[Message] | None:
        """Return the messages after `position`, or `None` when the session may not listen any more."""
        session = self.credential.session
        with self.runtime.reading(session.platform_id) as tenant:
            if isinstance(authorize(tenant, self.credential, self.runtime.clock()), Refused):
                return None
            return messages.of_record_after(tenant, session.record_id, position, BATCH)


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
    return Stream(runtime, credential, waiter, start)


def _cursor(credential: Credential, position: int) -> str:
    return f"{credential.session.record_id[:13]}.{position}"


def _position(credential: Credential, cursor: str | None) -> int | None:
    """Return the position behind a cursor of this record; a foreign or broken one counts as none."""
    if cursor is None or len(cursor) > 64:
        return None
    owner, dot, digits = cursor.partition(".")
    known = dot and owner == credential.session.record_id[:13] and digits.isascii() and digits.isdigit()
    return int(digits) if known else None

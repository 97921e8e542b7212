"""Live streams of a visitor: wake up, read the log from the cursor on, check again who may listen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import Waiter, access_topic, record_topic
from whosthere.services import reading, redaction
from whosthere.services.access import Credential, authorize
from whosthere.services.conversations import reach
from whosthere.services.reading import Seen
from whosthere.services.runtime import Runtime
from whosthere.services.typing import Typing, heard
from whosthere.storage import messages
from whosthere.storage import redaction as stored
from whosthere.storage.conversations import Conversation
from whosthere.storage.errors import Unavailable
from whosthere.storage.messages import Message
from whosthere.storage.sessions import Departures

KEEP_ALIVE_SECONDS = 12.0
RETRY_SECONDS = 1.0
BATCH = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream stands: what it sent last, and until when (and under which state of access) it was let in."""

    position: int
    ends_at: int
    access_version: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to send: a message, a known one that lost something, a sign of the team, or the cursor alone."""

    cursor: str
    message: Message | None
    typing: Typing | None = None
    seen: Seen | None = None
    changed: Message | None = None


class Stream:
    """A stream that was let in; iterate `events` once and `close` it in the end."""

    def __init__(self, runtime: Runtime, credential: Credential, waiter: Waiter, place: Place) -> None:
        self._runtime = runtime
        self._credential = credential
        self._waiter = waiter
        self._place = place
        self._silent_until = 0.0
        self._behind = False
        self._told: dict[str, int] = {}  # how far the team had read each conversation

    def events(self) -> Iterator[Event]:
        """Yield what the record may see from the cursor on, until the session ends or the process does."""
        yield self._event(None)
        while True:
            signals = self._waiter.signals()
            news = self._news_if_any()
            if news is None:
                return
            for message in news:
                self._place = replace(self._place, position=message.record_seq)
                yield self._event(message)
            for typing in heard(signals, "agent"):
                if self._conversation(typing.conversation_id) is not None:
                    yield self._event(None, typing)
            for seen in self._seen(signals):
                yield self._event(None, seen=seen)
            for changed in self._changed(signals):
                yield self._event(None, changed=changed)
            if len(news) < BATCH and not self._wait():
                yield self._event(None)  # and then look again: a wake-up that was lost costs time, never a message
            if self._runtime.hub.closing:
                return

    def close(self) -> None:
        """Give the stream's place back."""
        self._runtime.watch.leave(self)
        self._runtime.hub.leave(self._waiter)

    @property
    def platform_id(self) -> str:
        """The platform it listens to."""
        return self._credential.session.platform_id

    def may_have_ended(self, departures: Departures | None, now: int) -> bool:
        """Whether it is time to ask again who may listen."""
        session = self._credential.session
        if now >= self._place.ends_at:
            return True
        if departures is None:
            return False
        gone = not departures.gone.isdisjoint((session.id, session.record_id))
        return gone or departures.access_version != self._place.access_version

    def wake(self) -> None:
        """Ask again who may listen."""
        self._waiter.wake()

    def _event(
        self,
        message: Message | None,
        typing: Typing | None = None,
        seen: Seen | None = None,
        changed: Message | None = None,
    ) -> Event:
        self._silent_until = time.monotonic() + KEEP_ALIVE_SECONDS
        return Event(_cursor(self._credential, self._place.position), message, typing, seen, changed)

    def _seen(self, signals: list[str]) -> Iterator[Seen]:
        """Yield how far the team has read, once for each step: on some buses a signal comes back to its process."""
        for conversation_id in reading.heard(signals):
            conversation = self._conversation(conversation_id)
            if conversation is not None and conversation.agent_read_seq > self._told.get(conversation_id, 0):
                self._told[conversation_id] = conversation.agent_read_seq
                yield Seen(conversation_id, conversation.agent_read_seq)

    def _changed(self, signals: list[str]) -> Iterator[Message]:
        """Yield what is left of messages that have lost something, as far as this session may see them."""
        for message_id in redaction.heard(signals):
            try:
                with self._runtime.reading(self.platform_id) as tenant:
                    message = stored.find(tenant, message_id)
            except Unavailable:
                continue  # whoever opens the conversation again reads it without
            if message is not None and self._conversation(message.conversation_id) is not None:
                yield message

    def _conversation(self, conversation_id: str) -> Conversation | None:
        """Return a conversation that a signal named, if this session may see it at this moment."""
        session = self._credential.session
        try:
            with self._runtime.reading(session.platform_id) as tenant:
                found = reach(tenant, self._credential, conversation_id, self._runtime.clock())
        except Unavailable:
            return None
        return None if isinstance(found, Refused) else found[1]

    def _wait(self) -> bool:
        """Wait until there may be something to do; `False` when it is only time for a sign of life."""
        # Counted from the last event: wake-ups that bring no news must not keep a sign of life from being sent.
        left_seconds = self._silent_until - time.monotonic()
        if self._behind and left_seconds > 0:
            self._waiter.wait(min(RETRY_SECONDS, left_seconds))
            return True
        return self._waiter.wait(max(0.0, left_seconds))

    def _news_if_any(self) -> list[Message] | None:
        """Return what is new; while the database is away that is nothing, and the stream looks again soon."""
        try:
            news = self._news()
        except Unavailable:
            self._behind = True
            return None if self._runtime.clock() >= self._place.ends_at else []
        self._behind = False
        return news

    def _news(self) -> list[Message] | None:
        """Return the messages after the position, or `None` when the session may not listen any more."""
        session = self._credential.session
        with self._runtime.hub.turn, self._runtime.reading(session.platform_id) as tenant:
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
    stream = Stream(runtime, credential, waiter, Place(start, caller.ends_at, caller.platform.access_version))
    try:
        runtime.watch.enter(stream)
    except BaseException:
        stream.close()
        raise
    return stream


def _cursor(credential: Credential, position: int) -> str:
    return f"{credential.session.record_id[:13]}.{position}"


def _position(credential: Credential, cursor: str | None) -> int | None:
    """Return the position behind a cursor of this record; a foreign or broken one counts as none."""
    if cursor is None or len(cursor) > 64:
        return None
    owner, dot, digits = cursor.partition(".")
    known = dot and owner == credential.session.record_id[:13] and digits.isascii() and digits.isdigit()
    return int(digits) if known else None

"""Live streams of agents: which conversations changed, so that the page fetches them again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from whosthere.core.reasons import Reason, Refused
from whosthere.core.views import Place
from whosthere.realtime.hub import Waiter, agent_topic, platform_topic
from whosthere.services import inbox, inbox_views, presence
from whosthere.services.agents import Identity
from whosthere.services.inbox_signals import heard_called, heard_changed, heard_said
from whosthere.services.inbox_views import PAGE_SIZE, Wanted
from whosthere.services.presence import Presence
from whosthere.services.runtime import Runtime
from whosthere.services.typing import Typing, heard
from whosthere.services.watch import LOOK_SECONDS
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.errors import Unavailable
from whosthere.storage.inbox import Case

# A browser that went away is noticed by writing to it; until then it holds a place, so write often.
KEEP_ALIVE_SECONDS = 6.0
_READ_ANEW_SECONDS = 15.0  # a wake-up that was lost shows when the newest conversations are compared again

Still = Callable[[], Identity | None]


@dataclass(frozen=True, slots=True)
class News:
    """What an agent is told at once: what changed, who types, which colleagues are where, who calls."""

    changed: Sequence[Case] = ()
    typing: Sequence[Typing] = ()
    present: Sequence[Presence] = ()
    called: Sequence[str] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.changed or self.typing or self.present or self.called)


@dataclass(frozen=True, slots=True)
class InboxStream:
    """An agent's stream; iterate `events` once and `close` it in the end."""

    runtime: Runtime
    identity: Identity
    waiter: Waiter

    def events(self, still: Still) -> Iterator[News]:
        """Yield what happened; nothing at all is a sign of life.

        Args:
            still: asks again who stands behind the credential; `None` when it opens nothing any more.
        """
        known = self._recent(self.identity)
        yield News()
        quiet_since = read_at = time.monotonic()
        while not self.runtime.hub.closing:
            woken = self.waiter.wait(LOOK_SECONDS)
            # A wake-up can be lost, and nobody wakes a stream when a sign-in is too old: so look every time.
            identity = self._look(still)
            if identity is None or self.runtime.hub.closing:
                return
            if identity.platform_ids != self.identity.platform_ids:
                return  # it hears of other platforms than the agent serves by now: the page connects anew
            news, now = News(), time.monotonic()
            if woken:
                # A signal names the conversation to look at. Without one, or when some may be missing, all are read.
                unnamed, changed = self.waiter.unnamed(), dict[str, Case]()
                signals = self.waiter.signals()
                if unnamed or now - read_at >= _READ_ANEW_SECONDS:
                    recent, read_at = self._recent(identity), now
                    changed = {id: case for id, case in recent.items() if id not in known or _differ(known[id], case)}
                    known = recent
                changed |= self._said(identity, signals, known)
                news = self._news(identity, signals, changed)
                known |= {id: case for id, case in changed.items() if case.conversation.place != Place.SPAM}
            if news.any or now - quiet_since >= KEEP_ALIVE_SECONDS:
                quiet_since = now
                yield news

    def close(self) -> None:
        """Give the stream's place back."""
        self.runtime.hub.leave(self.waiter)

    def _look(self, still: Still) -> Identity | None:
        try:
            return still()
        except Unavailable:
            return None  # the page connects again, and is told then

    def _said(self, identity: Identity, signals: list[str], known: dict[str, Case]) -> dict[str, Case]:
        """Return the conversations in which something was said that is not known; a signal may come twice."""
        found = {id: case for id in heard_said(signals) if (case := self._told(identity, id)) is not None}
        return {
            id: case
            for id, case in found.items()
            if case.conversation.place != Place.SPAM and (id not in known or _differ(known[id], case))
        }

    def _news(self, identity: Identity, signals: list[str], changed: dict[str, Case]) -> News:
        """Return what is news in the signals, beside what changed among the newest conversations."""
        for conversation_id in heard_changed(signals):
            case = self._told(identity, conversation_id)
            if case is not None:
                changed[conversation_id] = case
        typing = [one for one in heard(signals, "user") if self._is_told(identity, one)]
        called = [one for one in heard_called(signals) if self._told(identity, one) is not None]
        present = presence.heard(self.runtime, identity, signals, self.waiter.heard_at)
        return News(list(changed.values()), typing, present, called)

    def _is_told(self, identity: Identity, typing: Typing) -> bool:
        case = self._told(identity, typing.conversation_id)
        return case is not None and case.conversation.place != Place.SPAM

    def _told(self, identity: Identity, conversation_id: str) -> Case | None:
        return inbox.told(self.runtime, identity, conversation_id, self.waiter.heard_at)

    def _recent(self, identity: Identity) -> dict[str, Case]:
        """Return the newest conversations; spam is not among them, and its messages are news for nobody."""
        found = inbox_views.listed(self.runtime, identity, FIRST_PAGE, Wanted(), count=PAGE_SIZE)
        return {case.conversation.id: case for case in found.cases}


def open_stream(runtime: Runtime, identity: Identity) -> InboxStream | Refused:
    """Let an agent's stream in, if there is a place for it."""
    topics = {platform_topic(platform_id) for platform_id in identity.platform_ids} | {agent_topic(identity.agent.id)}
    waiter = runtime.hub.enter(topics)
    if waiter is None:
        return Refused(Reason.STREAMS_UNAVAILABLE, "All streams are taken. Poll instead.")
    return InboxStream(runtime, identity, waiter)


def _differ(one: Case, other: Case) -> bool:
    """Whether an agent would see a difference; when somebody was last seen is none."""
    return one.conversation != other.conversation or one.user.record != other.user.record

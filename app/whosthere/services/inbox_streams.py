"""Live streams of agents: which conversations changed, so that the page fetches them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import Waiter, platform_topic
from whosthere.services import inbox
from whosthere.services.agents import Identity
from whosthere.services.inbox import Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.inbox import Case

KEEP_ALIVE_SECONDS = 14.0
WAIT_SECONDS = 2.0
RECENT = 30

Still = Callable[[], Identity | None]


@dataclass(frozen=True, slots=True)
class InboxStream:
    """An agent's stream; iterate `events` once and `close` it in the end."""

    runtime: Runtime
    identity: Identity
    waiter: Waiter

    def events(self, still: Still) -> Iterator[list[Case]]:
        """Yield the conversations that changed; an empty list is a sign of life.

        Args:
            still: asks again who stands behind the credential; `None` when it opens nothing any more.
        """
        known = {case.conversation.id: _state(case) for case in self._recent(self.identity)}
        yield []
        quiet = 0.0
        while not self.runtime.hub.closing:
            woken = self.waiter.wait(WAIT_SECONDS)
            quiet = 0.0 if woken else quiet + WAIT_SECONDS
            if not woken and quiet < KEEP_ALIVE_SECONDS:
                continue
            quiet = 0.0
            identity = still()
            if identity is None or self.runtime.hub.closing:
                return
            recent = self._recent(identity)
            changed = [case for case in recent if known.get(case.conversation.id) != _state(case)]
            known = {case.conversation.id: _state(case) for case in recent}
            yield changed

    def close(self) -> None:
        """Give the stream's place back."""
        self.runtime.hub.leave(self.waiter)

    def _recent(self, identity: Identity) -> list[Case]:
        return inbox.listed(self.runtime, identity, FIRST_PAGE, Wanted(), count=RECENT)


def open_stream(runtime: Runtime, identity: Identity) -> InboxStream | Refused:
    """Let an agent's stream in, if there is a place for it."""
    waiter = runtime.hub.enter(platform_topic(platform_id) for platform_id in identity.platform_ids)
    if waiter is None:
        return Refused(Reason.STREAMS_UNAVAILABLE, "All streams are taken. Poll instead.")
    return InboxStream(runtime, identity, waiter)


def _state(case: Case) -> tuple[object, ...]:
    head = case.conversation
    return head.updated_at, head.last_seq, head.state, head.agent_unread, head.user_read_seq, case.user.record

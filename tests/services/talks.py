"""Conversations of a platform, made without the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whosthere.core.conversation import Actor, State
from whosthere.core.resolution import Record
from whosthere.services.conversations import change_state
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, messages, users
from whosthere.storage.conversations import Conversation
from whosthere.storage.messages import Draft
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit


@dataclass(frozen=True, slots=True)
class Talks:
    """What visitors of one platform say."""

    runtime: Runtime
    platform_id: str

    def start(self, text: str = "Ahoy", *, tags: Sequence[str] = (), assurance: str = "anonymous") -> str:
        """Let somebody new begin a conversation, and return its id."""
        record_id, conversation_id, now = self.runtime.new_id(), self.runtime.new_id(), self.runtime.clock()

        def store(tenant: Tenant) -> None:
            users.add(tenant, Record(id=record_id), Visit(now), anonymous=True)
            draft = Draft(self.runtime.new_id(), "user", text, record_id, assurance=assurance)
            messages.start(
                tenant,
                conversation_id=conversation_id,
                record_id=record_id,
                draft=draft,
                tags=list(tags),
                fields={},
                page_url=None,
                now=now,
            )

        self.runtime.writing(self.platform_id, store)
        return conversation_id

    def say(
        self, conversation_id: str, text: str = "More", *, kind: str = "user", author_id: str | None = None
    ) -> None:
        """Let the visitor go on, or somebody else."""
        head = self.find(conversation_id)
        draft = Draft(self.runtime.new_id(), kind, text, author_id or head.record_id, assurance="anonymous")
        self.runtime.writing(
            self.platform_id,
            lambda tenant: messages.append(
                tenant,
                draft,
                conversation_id=conversation_id,
                record_id=head.record_id,
                was=head.state,
                state=head.state,
                now=self.runtime.clock(),
            ),
        )

    def put(self, conversation_id: str, state: State) -> None:
        """Resolve, reject, reopen or end it."""
        by = Actor.SYSTEM if state is State.ENDED else Actor.AGENT
        self.runtime.writing(
            self.platform_id,
            lambda tenant: change_state(
                self.runtime, tenant, self.find(conversation_id), state, by=by, now=self.runtime.clock()
            ),
        )

    def find(self, conversation_id: str) -> Conversation:
        """The head of a conversation as it is now."""
        with self.runtime.reading(self.platform_id) as tenant:
            found = conversations.find(tenant, conversation_id)
        assert found is not None
        return found

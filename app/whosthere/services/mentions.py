"""Who is called in a note: stored with it, listed for them, read once they open the conversation."""

from __future__ import annotations

import heapq

from whosthere.core.mentions import mentioned
from whosthere.realtime.hub import agent_topic
from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.storage import colleagues, mentions
from whosthere.storage.conversations import Position
from whosthere.storage.inbox import Case, Note
from whosthere.storage.mentions import Mention
from whosthere.storage.tenancy import Tenant

PAGE_SIZE = 50
COUNT_MAX = 99
_LOOK_MAX = 500


def store(runtime: Runtime, tenant: Tenant, note: Note, conversation_id: str) -> list[str]:
    """Store whom of the team a new note calls, and return their ids; nobody calls themselves."""
    called = colleagues.by_email(tenant, mentioned(note.body))
    ids = [member.id for member in called.values() if member.id != note.agent_id]
    fresh = [runtime.new_id() for _ in ids]
    mentions.add(tenant, fresh, ids, conversation_id=conversation_id, note_id=note.id, now=note.created_at)
    return ids


def listed(runtime: Runtime, identity: Identity, before: Position, *, count: int = PAGE_SIZE) -> list[Mention]:
    """Return a page (and one more, if there is more) of what calls the agent, newest first."""
    with runtime.database.read() as connection:
        pages = [
            mentions.newest(Tenant(connection, own), identity.agent.id, before, count + 1)
            for own in identity.platform_ids
        ]
    merged = heapq.merge(*pages, key=lambda one: (one.created_at, one.id), reverse=True)
    return list(merged)[: count + 1]


def unread(runtime: Runtime, identity: Identity) -> int:
    """Return how many mentions the agent has not seen, `COUNT_MAX + 1` for any number above `COUNT_MAX`."""
    with runtime.database.read() as connection:
        numbers = [
            mentions.unread(Tenant(connection, own), identity.agent.id, _LOOK_MAX) for own in identity.platform_ids
        ]
    return min(COUNT_MAX + 1, sum(numbers))


def mark_read(runtime: Runtime, identity: Identity, case: Case) -> None:
    """Note that the agent has opened a conversation; writes only if something there calls them."""
    agent_id, conversation_id = identity.agent.id, case.conversation.id
    with runtime.reading(case.platform_id) as tenant:
        if not mentions.any_unread(tenant, agent_id, conversation_id):
            return
    now = runtime.clock()
    runtime.writing(case.platform_id, lambda tenant: mentions.mark_read(tenant, agent_id, conversation_id, now))
    runtime.hub.publish(agent_topic(agent_id))

"""People of a platform, as a site's backend and the command line reach them: find, look up, end their sessions."""

from __future__ import annotations

from dataclasses import dataclass

from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import access_topic, record_topic
from whosthere.services.attachments import NOT_FOUND as NO_ATTACHMENT
from whosthere.services.attachments import Opened, opened
from whosthere.services.journal import Actor, note
from whosthere.services.runtime import Runtime
from whosthere.storage import attachments, users
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

FOUND_MAX = 100

NOT_FOUND = Refused(Reason.NOT_FOUND, "There is no such user.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody looks for: by exactly one of these."""

    user_id: str | None = None
    email: str | None = None
    id: str | None = None


def find(runtime: Runtime, platform_id: str, record_id: str) -> User | Refused:
    """Return one person; an erased one is not there."""
    with runtime.reading(platform_id) as tenant:
        return users.find(tenant, record_id) or NOT_FOUND


def look_up(runtime: Runtime, platform_id: str, wanted: Wanted) -> list[User]:
    """Return who goes by an identifier: by userId exactly, by email by its lookup key (docs/identity.md §2)."""
    with runtime.reading(platform_id) as tenant:
        if wanted.id is not None:
            found = users.find(tenant, wanted.id)
            return [] if found is None else [found]
        facts = users.facts(tenant, user_id=wanted.user_id, email=wanted.email).facts
        ids = dict.fromkeys(record.id for record in (*facts.by_user_id, *facts.by_email))
        people = (users.find(tenant, one) for one in list(ids)[:FOUND_MAX])
        return [one for one in people if one is not None]


def open_attachment(runtime: Runtime, platform_id: str, record_id: str, attachment_id: str) -> Opened | Refused:
    """Open a file of a person's conversations; close it."""
    with runtime.reading(platform_id) as tenant:
        if users.find(tenant, record_id) is None:
            return NOT_FOUND
        found = attachments.find(tenant, attachment_id)
    if found is None or found.record_id != record_id:
        return NO_ATTACHMENT
    return opened(runtime, platform_id, found)


def end_sessions(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Refused | None:
    """End every session of a person everywhere, from the next request on; open streams end within 5 s."""
    now = runtime.clock()

    def end(tenant: Tenant) -> Refused | None:
        if not users.end_sessions(tenant, record_id):
            return NOT_FOUND
        note(runtime, tenant, actor, "user.sessions_ended", now, user=record_id)
        return None

    refused = runtime.writing(platform_id, end)
    if refused is None:
        runtime.hub.publish(record_topic(platform_id, record_id))
        runtime.hub.publish(access_topic(platform_id))
    return refused

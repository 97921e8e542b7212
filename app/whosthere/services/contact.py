"""A visitor leaves a name or an email address, for the agents to read."""

from __future__ import annotations

from whosthere.core.contact import Contact, refuse_contact
from whosthere.core.reasons import Refused
from whosthere.core.resolution import Record
from whosthere.realtime.hub import platform_topic
from whosthere.services.access import Credential, authorize
from whosthere.services.runtime import Runtime
from whosthere.storage import users
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit


def leave(runtime: Runtime, credential: Credential, contact: Contact | Refused) -> Refused | None:
    """Keep contact details as claimed; nobody is found by them and nothing is proven."""
    now = runtime.clock()

    def store(tenant: Tenant) -> Refused | None:
        caller = authorize(tenant, credential, now)
        if isinstance(caller, Refused):
            return caller
        refused = refuse_contact(caller.session, None if caller.user is None else caller.user.record)
        if refused is not None:
            return refused
        if isinstance(contact, Refused):
            return contact
        if caller.user is None:
            users.add(tenant, Record(id=caller.record_id), Visit(now), anonymous=True)
        users.leave_contact(tenant, caller.record_id, contact)
        return None

    refused = runtime.writing(credential.session.platform_id, store)
    if refused is None:
        runtime.hub.publish(platform_topic(credential.session.platform_id))
    return refused

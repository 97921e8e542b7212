"""What other records claim of a person who is to be erased (docs/privacy.md, "Erasing").

Anybody can write somebody else's address into a page or the chat. Such a record is its own: it may be the same person
before they signed in, or somebody who pretends. So its conversations stay, and only the claim can be taken out of it.
"""

from __future__ import annotations

from dataclasses import replace

from whosthere.core.emails import lookup_key
from whosthere.core.resolution import Record
from whosthere.services.runtime import Runtime
from whosthere.storage import claims, users
from whosthere.storage.departed import FIRST
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

SHOWN_MAX = 20
_BATCH = 200


def of_others(runtime: Runtime, platform_id: str, person: Record) -> list[User]:
    """Return records that claim a person's identifiers and never proved them: at most one more than are shown."""
    found: list[User] = []
    after = FIRST
    with runtime.reading(platform_id) as tenant:
        while batch := claims.claiming(tenant, person, after, _BATCH):
            found += [one for one in batch if _without(one, person) != one]
            after = batch[-1].record.id
            if len(found) > SHOWN_MAX:
                break
    return found[: SHOWN_MAX + 1]


def forget(tenant: Tenant, person: Record) -> int:
    """Take a person's identifiers out of every record that only claims them; return how many those were."""
    number, after = 0, FIRST
    while batch := claims.claiming(tenant, person, after, _BATCH):
        for one in batch:
            number += _forget(tenant, one, _without(one, person))
        after = batch[-1].record.id
    return number


def _forget(tenant: Tenant, before: User, after: User) -> bool:
    if after == before:
        return False
    if after.contact_email != before.contact_email:
        users.forget_contact(tenant, before.record.id)
    if after.record != before.record:
        users.store(tenant, before.record, after.record, None)
    if (after.record.user_id, after.record.email) != (before.record.user_id, before.record.email):
        users.end_sessions(tenant, before.record.id)  # nobody comes back to it by what it claimed
    return True


def _without(one: User, person: Record) -> User:
    """Return a record without what it claims of a person; of one that nobody ever proved, all that came with it."""
    record = one.record
    if record.email_proven and _reaches(record.email, person):
        person = replace(person, email=None)  # an address that two people proved is this one's, too
    left = replace(
        record,
        claimed_user_id=None if _is(record.claimed_user_id, person.user_id) else record.claimed_user_id,
        claimed_email=None if _reaches(record.claimed_email, person) else record.claimed_email,
    )
    if not record.proven and (_is(record.user_id, person.user_id) or _reaches(record.email, person)):
        left = replace(left, user_id=None, email=None, name=None, name_proven=False)
    if _reaches(one.contact_email, person):
        return replace(one, record=left, contact_name=None, contact_email=None)
    return replace(one, record=left)


def _is(claimed: str | None, proven: str | None) -> bool:
    return claimed is not None and claimed == proven


def _reaches(address: str | None, person: Record) -> bool:
    return address is not None and person.email is not None and lookup_key(address) == lookup_key(person.email)

"""A site's backend says who somebody is: as good as a boot with a proof (docs/http-api.md, "Server API").

What the backend gives counts as proven, and goes through the same table as a verified boot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from whosthere.core.assurance import Assurance
from whosthere.core.claims import Notice
from whosthere.core.patterns import matches
from whosthere.core.policy import Policy
from whosthere.core.reasons import Reason, Refused
from whosthere.core.resolution import Create, resolve
from whosthere.core.verdict import Admitted
from whosthere.realtime.hub import platform_topic
from whosthere.services.boot import EMAIL_SHARED
from whosthere.services.journal import Actor, note
from whosthere.services.platforms import NOT_FOUND
from whosthere.services.profiles import settle
from whosthere.services.runtime import Runtime
from whosthere.storage import platforms, users
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User, Visit

_NO_MATCH = Refused(Reason.INVALID_FIELD, "userId does not match the platform's user_id_pattern.", field="userId")


@dataclass(frozen=True, slots=True)
class Named:
    """What the backend calls somebody, checked by the edge: a userId or an email at least."""

    user_id: str | None = None
    email: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """The record of the person, and whether it was made just now."""

    user: User
    created: bool
    warnings: tuple[Notice, ...] = ()


def identify(runtime: Runtime, platform_id: str, named: Named, *, actor: Actor) -> Identified | Refused:
    """Find or make the record of a person; the loser of a race gathers the facts again."""
    now = runtime.clock()
    outcome = runtime.writing(platform_id, lambda tenant: _identify(runtime, tenant, named, actor, now))
    if isinstance(outcome, Identified):
        runtime.hub.publish(platform_topic(platform_id))
    return outcome


def _identify(runtime: Runtime, tenant: Tenant, named: Named, actor: Actor, now: int) -> Identified | Refused:
    platform = platforms.find(tenant.connection, tenant.platform_id)
    if platform is None:
        return NOT_FOUND
    policy: Policy = platform.policy
    if named.user_id is not None and not matches(policy.user_id_pattern, named.user_id):
        return _NO_MATCH
    found = users.facts(tenant, user_id=named.user_id, email=named.email)
    _, decision = resolve(_proven(named), found.facts, policy)
    if isinstance(decision, Refused):
        return replace(decision, private=None)
    record = settle(runtime, tenant, decision, found, Visit(now), present=False, actor=actor)
    user = users.find(tenant, record.id)
    if user is None:
        raise LookupError("a record vanished in the transaction that stored it")
    created = isinstance(decision, Create)
    if created or decision.displaced is not None or (not isinstance(decision, Create) and record != decision.before):
        note(runtime, tenant, actor, "user.identified", now, user=record.id, created=created)
    return Identified(user, created, (EMAIL_SHARED,) if decision.email_shared else ())


def _proven(named: Named) -> Admitted:
    return Admitted(
        Assurance.VERIFIED,
        user_id=named.user_id,
        email=named.email,
        name=named.name,
        user_id_proven=named.user_id is not None,
        email_proven=named.email is not None,
        name_proven=named.name is not None,
    )

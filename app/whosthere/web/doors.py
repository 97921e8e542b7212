"""How often somebody may try at a door: never off, and counted for all processes together.

In Redis where there is one, else in the database. Where neither can count, nobody passes.
"""

from __future__ import annotations

import hashlib

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute

from whosthere.core.emails import lookup_key
from whosthere.core.reasons import Reason, Refused
from whosthere.services import tries
from whosthere.services.agents import EMAIL_LENGTH_MAX
from whosthere.services.failures import Failure, What
from whosthere.web.limits import client_network
from whosthere.web.runtime import limits, runtime

# Whatever WHOSTHERE_RATE_LIMIT says: guessing is what these are against.
PER_ACCOUNT = RateLimitItemPerMinute(10, 5)
PER_ADDRESS = RateLimitItemPerMinute(100, 5)
CODES = RateLimitItemPerMinute(10, 5)
CODES_PER_DAY = RateLimitItemPerDay(50)  # six digits would not last for ever
FORGOTTEN = RateLimitItemPerHour(3)
FORGOTTEN_PER_ADDRESS = RateLimitItemPerHour(20)
INVITATIONS = RateLimitItemPerHour(60)
WAIT_SECONDS = 300

TOO_MANY = Refused(Reason.TOO_MANY_REQUESTS, "Too many tries. Wait five minutes, then try again.")


def passes(item: RateLimitItem, door: str, who: str) -> bool:
    """Count one try; `False` when there were too many."""
    name = _spelled(who)
    shared = limits().hit_shared(item, door, name)
    if shared is not None:
        return shared
    return tries.passes(
        runtime(), f"{door} {item.multiples} {item.GRANULARITY.name}", name, most=item.amount, window_ms=_window(item)
    )


def forgive(item: RateLimitItem, door: str, who: str) -> None:
    """Forget the tries of somebody who got in."""
    limits().forgive(item, door, _spelled(who))
    tries.forgive(runtime(), f"{door} {item.multiples} {item.GRANULARITY.name}", _spelled(who))


def too_many_passwords(email: str) -> Refused | None:
    """Count one password that is tried for an account, from wherever; return the refusal when it is one too many."""
    fine = passes(PER_ADDRESS, "sign-in", client_network()) and passes(PER_ACCOUNT, "sign-in", lookup_key(email))
    if not fine:
        failed(What.THROTTLED, email=email)
    return None if fine else TOO_MANY


def forgive_passwords(email: str) -> None:
    """Forget the tries of an account whose password was just given."""
    forgive(PER_ACCOUNT, "sign-in", lookup_key(email))


def too_many_codes(agent_id: str) -> Refused | None:
    """Count one code that is tried for an account; return the refusal when it is one too many."""
    fine = passes(CODES, "code", agent_id) and passes(CODES_PER_DAY, "code", agent_id)
    if not fine:
        failed(What.THROTTLED, agent_id=agent_id)
    return None if fine else TOO_MANY


def forgive_codes(agent_id: str) -> None:
    """Forget the tries of an account whose code was just given."""
    forgive(CODES, "code", agent_id)
    forgive(CODES_PER_DAY, "code", agent_id)


def failed(what: What, *, email: str = "", agent_id: str = "") -> None:
    """Count a failure for the security log.

    Args:
        email: as it was typed; what no account can be called is forgotten at once.
    """
    known = email if len(email) <= EMAIL_LENGTH_MAX and email.isprintable() else ""
    runtime().failures.add(Failure(what, client_network(), lookup_key(known), agent_id))


def _window(item: RateLimitItem) -> int:
    return int(item.get_expiry()) * 1000


def _spelled(who: str) -> str:
    return hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()  # counters, too, need not know who it is

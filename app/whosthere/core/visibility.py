"""Which conversations a widget session may see (docs/identity.md §7)."""

from __future__ import annotations

from whosthere.core.assurance import Assurance
from whosthere.core.policy import Policy, Verification
from whosthere.core.sessions import Session


def sees(session: Session, *, owner_id: str, policy: Policy) -> bool:
    """Tell whether `session` may see a conversation of the record `owner_id` on the policy's platform.

    A session sees its own record's conversations and no others. Under `enforced` the conversations of an identified
    record are for verified sessions only; an anonymous session's own record is never an identified one.
    """
    if session.platform_id != policy.platform_id or session.record_id != owner_id:
        return False
    return session.assurance is not Assurance.CLAIMED or policy.verification is not Verification.ENFORCED

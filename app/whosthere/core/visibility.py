"""Which conversations a widget session may see (docs/identity.md §7)."""

from __future__ import annotations

from whosthere.core.assurance import Assurance
from whosthere.core.policy import Policy, Verification
from whosthere.core.sessions import Session


def sees_attachment(session: Session, *, sent_to: str | None, uploaded_by: str | None, policy: Policy) -> bool:
    """Tell whether `session` may see an attachment: with the message it is part of; before, if it is its own.

    Args:
        sent_to: the record whose conversation it was sent in, `None` while it has not been sent.
        uploaded_by: the record that uploaded it, `None` for an agent's.
    """
    owner_id = uploaded_by if sent_to is None else sent_to
    return owner_id is not None and sees(session, owner_id=owner_id, policy=policy)


def sees(session: Session, *, owner_id: str, policy: Policy) -> bool:
    """Tell whether `session` may see a conversation of the record `owner_id` on the policy's platform.

    A session sees its own record's conversations and no others. Under `enforced` the conversations of an identified
    record are for verified sessions only; an anonymous session's own record is never an identified one.
    """
    if session.platform_id != policy.platform_id or session.record_id != owner_id:
        return False
    return session.assurance is not Assurance.CLAIMED or policy.verification is not Verification.ENFORCED

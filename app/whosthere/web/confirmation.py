"""The password once more, for what could lock its owner out: it counts for ten minutes in this browser."""

from __future__ import annotations

from collections.abc import Mapping

from whosthere.core.reasons import Reason, Refused
from whosthere.services import agent_sessions
from whosthere.services.agents import Identity
from whosthere.services.failures import What
from whosthere.web import doors
from whosthere.web.runtime import runtime
from whosthere.web.signed_in import cookie_token

NEEDED = Refused(Reason.CONFIRMATION_REQUIRED, "Give your password again for this.", "password")


def confirm_by(identity: Identity, form: Mapping[str, str]) -> Refused | None:
    """Take the password from a form that needs it, unless it was given a short while ago."""
    if identity.confirmed(runtime().clock()):
        return None
    password, token = form.get("password", ""), cookie_token()
    if not password or token is None:
        return NEEDED
    refused = doors.too_many_passwords(identity.agent.email)
    if refused is not None:
        return Refused(refused.reason, refused.detail, "password")
    refused = agent_sessions.confirm(runtime(), identity, token, password)
    if refused is None:
        doors.forgive_passwords(identity.agent.email)
    else:
        doors.failed(What.CONFIRMATION, agent_id=identity.agent.id)
    return refused

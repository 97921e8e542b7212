"""What all calls of the widget API have in common: their blueprint, their credential, what they refuse."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint

from whosthere.core.reasons import Reason, Refused
from whosthere.web.origin import share
from whosthere.web.problems import Problem
from whosthere.web.widget.gate import pass_gate

blueprint = Blueprint("widget", __name__, url_prefix="/api/v1/widget")
blueprint.before_request(pass_gate)
blueprint.after_request(share)

T = TypeVar("T")

SESSION = "widgetSession"
SESSION_REFUSALS = (
    Reason.CREDENTIAL_MISSING,
    Reason.CREDENTIAL_INVALID,
    Reason.SESSION_EXPIRED,
    Reason.SESSION_ENDED,
    Reason.ORIGIN_NOT_ALLOWED,
    Reason.BLOCKED,
)
OWN = (*SESSION_REFUSALS, Reason.NOT_FOUND)
WRITING = (Reason.INVALID_JSON, Reason.INVALID_FIELD, Reason.PAYLOAD_TOO_LARGE, Reason.UNSUPPORTED_MEDIA_TYPE)


def allowed(outcome: T | Refused) -> T:
    """Return what a service answered.

    Raises:
        Problem: it refused.
    """
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    return outcome

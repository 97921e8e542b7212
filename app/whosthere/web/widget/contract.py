"""What all calls of the widget API have in common: their blueprint, their credential, what they refuse."""

from __future__ import annotations

from flask import Blueprint

from whosthere.core.reasons import Reason
from whosthere.web.origin import share
from whosthere.web.widget.gate import pass_gate

blueprint = Blueprint("widget", __name__, url_prefix="/api/v1/widget")
blueprint.before_request(pass_gate)
blueprint.after_request(share)


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

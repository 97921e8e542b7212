"""What all calls of the agent API have in common: their blueprint, their gate, their credential, what they refuse."""

from __future__ import annotations

from flask import Blueprint, g, request

from whosthere.core.reasons import Reason
from whosthere.services.agents import Identity
from whosthere.web.edge import check_size_and_type
from whosthere.web.files import check_upload
from whosthere.web.runtime import limits
from whosthere.web.signed_in import asking
from whosthere.web.wire import identifier

blueprint = Blueprint("agent_api", __name__, url_prefix="/api/v1/agent")

TOKEN = "agentToken"  # noqa: S105 - the name of a security scheme
SIGNED_IN = (Reason.CREDENTIAL_MISSING, Reason.CREDENTIAL_INVALID, Reason.INSUFFICIENT_SCOPE)
ONE = (*SIGNED_IN, Reason.NOT_FOUND)
CHANGING = (*ONE, Reason.CSRF)
WRITING = (
    *ONE,
    Reason.CSRF,
    Reason.INVALID_JSON,
    Reason.INVALID_FIELD,
    Reason.UNKNOWN_FIELD,
    Reason.PAYLOAD_TOO_LARGE,
    Reason.UNSUPPORTED_MEDIA_TYPE,
)


_FLEETING = ("agent_api.type_message", "agent_api.tell_presence")


@blueprint.before_request
def pass_gate() -> None:
    """Check rate, size and content type first, then the credential."""
    if request.endpoint == "agent_api.upload_attachment":
        check_upload()
    elif request.method == "POST":
        limits().count("typing" if request.endpoint in _FLEETING else "post")
    if request.method in ("POST", "PUT") and request.endpoint != "agent_api.upload_attachment":
        check_size_and_type()
    g.identity = asking(active=request.endpoint != "agent_api.stream")


def identity() -> Identity:
    """Return the agent who asks."""
    found: Identity = g.identity
    return found


def platform() -> str | None:
    """Return the platform that a list is asked for, `None` for all of the agent's."""
    wanted = request.args.get("platformId")
    return None if wanted is None else identifier(wanted)

"""What all calls of the server API have in common: their blueprint, their gate, their credential, what they refuse."""

from __future__ import annotations

from flask import Blueprint, g, request

from whosthere.core.reasons import Reason, Refused
from whosthere.services import server_keys
from whosthere.services.journal import Actor
from whosthere.services.server_keys import Backend
from whosthere.web.edge import check_size_and_type
from whosthere.web.problems import Problem, allowed
from whosthere.web.runtime import limits, runtime

blueprint = Blueprint("server_api", __name__, url_prefix="/api/v1/server")

KEY = "serverKey"
ADMITTED = (Reason.CREDENTIAL_MISSING, Reason.CREDENTIAL_INVALID, Reason.TOO_MANY_REQUESTS)
ONE = (*ADMITTED, Reason.NOT_FOUND)
READING = (Reason.INVALID_JSON, Reason.INVALID_FIELD, Reason.UNKNOWN_FIELD)
WRITING = (*ADMITTED, *READING, Reason.PAYLOAD_TOO_LARGE, Reason.UNSUPPORTED_MEDIA_TYPE)
_MISSING = Refused(Reason.CREDENTIAL_MISSING, "Send a server API key as a bearer token.")
_WITH_BODY = ("POST", "PUT")


@blueprint.before_request
def pass_gate() -> None:
    """Check rate, size and content type first, then the credential."""
    limits().count("server")
    if request.method in _WITH_BODY:
        check_size_and_type()
    key = _bearer()
    if key is None:
        raise Problem(_MISSING)
    g.backend = allowed(server_keys.authenticate(runtime(), key))


def backend() -> Backend:
    """Return the backend that asks."""
    found: Backend = g.backend
    return found


def actor() -> Actor:
    """Return the backend that asks, as the audit log names it."""
    return Actor(f"server_key:{backend().key_id}")


def _bearer() -> str | None:
    """Return the bearer token (RFC 6750) of the request, `None` without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None

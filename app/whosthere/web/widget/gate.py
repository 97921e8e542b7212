"""What every widget request passes before its view, in this order: rate, size, content type, origin, credential."""

from __future__ import annotations

from flask import Response, request

from whosthere.core.reasons import Reason, Refused
from whosthere.services.access import Credential
from whosthere.web.edge import check_size_and_type
from whosthere.web.files import check_upload
from whosthere.web.limits import client_address
from whosthere.web.origin import asking, is_own, known_to_any_platform, preflight
from whosthere.web.problems import Problem
from whosthere.web.runtime import limits, runtime

_COUNTED = {
    "widget.boot": "boot",
    "widget.start_conversation": "post",
    "widget.post_message": "post",
    "widget.type_message": "typing",
    # These write and wake agents as a post does.
    "widget.rate": "post",
    "widget.change_state": "post",
    "widget.leave_contact": "post",
    "widget.answer_offer": "post",
}
_WITH_BODY = ("POST", "PUT")
_NOT_LISTED = Refused(Reason.ORIGIN_NOT_ALLOWED, "This origin is not on the platform's list.")


def pass_gate() -> Response | None:
    """Check what needs no database; a preflight ends here."""
    if request.method == "OPTIONS":
        return preflight()
    if request.endpoint == "widget.upload_attachment":
        check_upload()
        return None
    action = _COUNTED.get(request.endpoint or "")
    if action is not None:
        limits().count(action)
    if request.method in _WITH_BODY:
        check_size_and_type()
    return None


def credential() -> Credential:
    """Return what the request brought to show who it is; the service finds out whether that is still good.

    Raises:
        Problem: nothing was brought, or nothing that we signed (401); or nobody's page asks (403).
    """
    origin = asking()
    foreign = None if origin is None or is_own(origin) else origin
    token = bearer()
    session = None if token is None else runtime().signer.read_session(token)
    if session is not None:
        return Credential(session, foreign, client_address())
    if foreign is not None and not known_to_any_platform(runtime(), foreign):
        raise Problem(_NOT_LISTED)
    if token is None:
        raise Problem(Refused(Reason.CREDENTIAL_MISSING, "Send the session as a bearer token. Boot to get one."))
    raise Problem(Refused(Reason.CREDENTIAL_INVALID, "This is no session token of ours. Boot again."))


def bearer() -> str | None:
    """Return the bearer token (RFC 6750) of the request, `None` without one."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None

"""Who asks the host for something, when the page shows its verified chat session (docs/wsgi.md)."""

from __future__ import annotations

from wsgiref.types import WSGIEnvironment

from whosthere.core.assurance import Assurance
from whosthere.core.reasons import Refused
from whosthere.embedding.visitor import Signing
from whosthere.services.access import Credential, authorize

IDENTITY = "whosthere.identity"
"""The environ key by which the host learns it."""


def identity_of(environ: WSGIEnvironment, signing: Signing) -> dict[str, str | None] | None:
    """Return the person behind a request's bearer token, `None` for everybody who is not proven at this moment.

    Only what a proof stands behind is told: an email that was merely claimed beside a proven userId is left out. A
    session of another platform of the installation counts for nothing here, because its users are other people.

    Raises:
        Mistake: it is not known which platform this host is.
        Unavailable: the database cannot serve now.
    """
    token = _bearer(environ.get("HTTP_AUTHORIZATION", ""))
    session = None if token is None else signing.runtime.signer.read_session(token)
    if session is None or session.assurance is not Assurance.VERIFIED:
        return None
    if session.platform_id != signing.chosen_platform():
        return None
    with signing.runtime.reading(session.platform_id) as tenant:
        caller = authorize(tenant, Credential(session, environ.get("HTTP_ORIGIN")), signing.runtime.clock())
    if isinstance(caller, Refused) or caller.user is None:
        return None
    record = caller.user.record
    return {
        "userId": record.user_id if record.user_id_proven else None,
        "userEmail": record.email if record.email_proven else None,
        "userName": record.name,
        "platformId": session.platform_id,
    }


def _bearer(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None

"""Which agent asks: by personal access token, or by the cookie of a signed-in browser."""

from __future__ import annotations

from flask import request, session
from flask_wtf.csrf import CSRFError, CSRFProtect

from whosthere.core.reasons import Reason, Refused
from whosthere.services import agents
from whosthere.services.agents import Identity
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime

SAFE = ("GET", "HEAD", "OPTIONS")
csrf = CSRFProtect()


def signed_in() -> Identity | None:
    """Return the agent of this browser's cookie, or `None`."""
    token = session.get("agent")
    return agents.by_cookie(runtime(), token) if isinstance(token, str) else None


def asking() -> Identity:
    """Return the agent behind an API request. With a bearer token the cookie counts for nothing.

    Raises:
        Problem: nobody is recognised (401), or a cookie came without the page's CSRF token (400).
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        found = agents.by_token(runtime(), token.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise Problem(Refused(Reason.CREDENTIAL_INVALID, "This is no valid personal access token."))
        return found
    identity = signed_in()
    if identity is None:
        raise Problem(Refused(Reason.CREDENTIAL_MISSING, "Sign in, or send a personal access token."))
    if request.method not in SAFE:
        check_csrf()
    return identity


def check_csrf() -> None:
    """Insist that the request comes from a page of ours.

    Raises:
        Problem: the token is missing or wrong (400).
    """
    try:
        csrf.protect()
    except CSRFError as error:
        raise Problem(Refused(Reason.CSRF, "The page is out of date. Reload it and try again.")) from error

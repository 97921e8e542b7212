"""Which agent asks: by personal access token, or by the cookie of a signed-in browser."""

from __future__ import annotations

from flask import request, session
from flask_wtf.csrf import CSRFError, CSRFProtect

from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Scope
from whosthere.services import agent_sessions, personal_tokens
from whosthere.services.agents import Identity
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime

SAFE = ("GET", "HEAD", "OPTIONS")
csrf = CSRFProtect()

_STRANGE_PAGE = Refused(Reason.CSRF, "This request comes from another site's page.")
_DATED_PAGE = Refused(Reason.CSRF, "The page is out of date. Reload it and try again.")
# "none" is the person themselves, as when they reload; older browsers and browsers without TLS say nothing.
_OWN_SITES = (None, "same-origin", "none")


def cookie_token() -> str | None:
    """Return the secret of this browser's sign-in, as the cookie has it, or `None`."""
    token = session.get("agent")
    return token if isinstance(token, str) else None


def signed_in(*, active: bool = True) -> Identity | None:
    """Return the agent of this browser's cookie, or `None`.

    Args:
        active: whether the agent does something. What a page asks by itself must not keep a forgotten one signed in.
    """
    token = cookie_token()
    return None if token is None else agent_sessions.by_cookie(runtime(), token, active=active)


def asking(*, active: bool = True) -> Identity:
    """Return the agent behind an API request. With an `Authorization` header the cookie counts for nothing.

    Raises:
        Problem: nobody is recognised (401), a token is not good for this (403), or a cookie came without the page's
            CSRF token (400).
    """
    if "Authorization" in request.headers:
        found = personal_tokens.by_token(runtime(), bearer() or "")
        if found is None:
            raise Problem(Refused(Reason.CREDENTIAL_INVALID, "This is no valid personal access token."))
        needed = Scope.READ if request.method in SAFE else Scope.WRITE
        if needed not in found.scopes:
            raise Problem(Refused(Reason.INSUFFICIENT_SCOPE, f"This token lacks the scope {needed}."))
        return found
    identity = signed_in(active=active)
    if identity is None:
        raise Problem(Refused(Reason.CREDENTIAL_MISSING, "Sign in, or send a personal access token."))
    if request.method not in SAFE:
        check_csrf()
    return identity


def bearer() -> str | None:
    """Return the token of the `Authorization` header, `None` without one of that scheme (RFC 6750 §2.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def check_csrf() -> None:
    """Insist that the request comes from a page of ours.

    Raises:
        Problem: another site's page sent it, or the token is missing or wrong (400).
    """
    if not from_own_page():
        raise Problem(_STRANGE_PAGE)
    try:
        csrf.protect()
    except CSRFError as error:
        raise Problem(_DATED_PAGE) from error


def from_own_page() -> bool:
    """Whether nothing says that another site's page made this request (Fetch Metadata)."""
    return request.headers.get("Sec-Fetch-Site") in _OWN_SITES

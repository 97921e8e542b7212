"""What the club adds to every request: who it is for, and which scripts its page may run."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from app.members import MEMBERS

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def tell_the_chat(get_response: GetResponse) -> GetResponse:
    """Say who the page is for: `META` is the WSGI environ, in which Whosthere looks for it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        member = MEMBERS.get(request.session.get("member", ""))
        request.member = member  # type: ignore[attr-defined]  # Django's own way to hand something to views
        if member is not None:
            request.META["whosthere.user"] = {
                "userId": member["id"],
                "userEmail": member["email"],
                "userName": member["name"],
            }
        return get_response(request)

    return middleware


def restrict_scripts(get_response: GetResponse) -> GetResponse:
    """Allow our own styles, and scripts from here or with this answer's nonce."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self' 'nonce-{secrets.token_urlsafe(16)}'; object-src 'none'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        return response

    return middleware

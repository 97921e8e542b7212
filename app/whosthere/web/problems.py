"""Errors at the edge: RFC 9457 problem documents, and the one table from codes to HTTP status."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from whosthere.core.reasons import Reason, Refused
from whosthere.services.runtime import new_id
from whosthere.storage.errors import Conflict, Unavailable

log = logging.getLogger("whosthere.web")
T = TypeVar("T")

STATUS: dict[Reason, int] = {
    Reason.MISSING_USER_AUTH_TOKEN: 401,
    Reason.INVALID_USER_AUTH_TOKEN: 401,
    Reason.INVALID_JSON: 400,
    Reason.INVALID_FIELD: 400,
    Reason.UNKNOWN_FIELD: 400,
    Reason.INVALID_CURSOR: 400,
    Reason.BAD_REQUEST: 400,
    Reason.CSRF: 400,
    Reason.WEAK_SECRET: 400,
    Reason.ATTACHMENT_REFUSED: 400,
    Reason.SEARCH_TOO_BROAD: 400,
    Reason.CREDENTIAL_MISSING: 401,
    Reason.CREDENTIAL_INVALID: 401,
    Reason.SESSION_EXPIRED: 401,
    Reason.SESSION_ENDED: 401,
    Reason.FORBIDDEN: 403,
    Reason.BLOCKED: 403,
    Reason.PROOF_OF_WORK_NEEDED: 403,
    Reason.INSUFFICIENT_SCOPE: 403,
    Reason.CONFIRMATION_REQUIRED: 403,
    Reason.ORIGIN_NOT_ALLOWED: 403,
    Reason.NOT_FOUND: 404,
    Reason.METHOD_NOT_ALLOWED: 405,
    Reason.IDEMPOTENCY_CONFLICT: 409,
    Reason.CONVERSATION_CLOSED: 409,
    Reason.CONVERSATION_ACTIVE: 409,
    Reason.TRANSITION_NOT_ALLOWED: 409,
    Reason.RATING_NOT_ALLOWED: 409,
    Reason.TOO_MANY_KEYS: 409,
    Reason.ALREADY_EXISTS: 409,
    Reason.LAST_OWNER: 409,
    Reason.CHANGED_MEANWHILE: 409,
    Reason.LIMIT_REACHED: 409,
    Reason.UNDO_NOT_POSSIBLE: 409,
    Reason.PAYLOAD_TOO_LARGE: 413,
    Reason.UNSUPPORTED_MEDIA_TYPE: 415,
    Reason.TOO_MANY_REQUESTS: 429,
    Reason.STREAMS_UNAVAILABLE: 503,
    Reason.TEMPORARILY_UNAVAILABLE: 503,
    Reason.INTERNAL_ERROR: 500,
}
"""Every public code's status; the private reasons of a refused identity have none, they never leave the server."""

_MESSAGES = {
    Reason.MISSING_USER_AUTH_TOKEN: "missing user auth token",
    Reason.INVALID_USER_AUTH_TOKEN: "invalid user auth token",
}
_OF_STATUS = {
    404: (Reason.NOT_FOUND, "There is nothing at this address."),
    405: (Reason.METHOD_NOT_ALLOWED, "This address does not answer this method."),
    413: (Reason.PAYLOAD_TOO_LARGE, "The request is too large."),
    415: (Reason.UNSUPPORTED_MEDIA_TYPE, "Send application/json."),
    429: (Reason.TOO_MANY_REQUESTS, "Too many requests. Wait a little."),
}
_UNAVAILABLE_SECONDS = 5
_REQUEST_ID = "whosthere.request_id"


class Problem(Exception):
    """A refusal on its way to the client."""

    def __init__(
        self,
        refused: Refused,
        *,
        retry_after_seconds: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(refused.reason.value)
        self.refused = refused
        self.retry_after_seconds = retry_after_seconds
        self.more = more


def allowed(outcome: T | Refused) -> T:
    """Return what a service answered.

    Raises:
        Problem: it refused.
    """
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    return outcome


def render(
    refused: Refused, *, retry_after_seconds: int | None = None, more: Mapping[str, Any] | None = None
) -> Response:
    """Return the problem document of a refusal; `more` are members of its own (RFC 9457 §3.2)."""
    status = STATUS[refused.reason]
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": refused.reason.value.replace("_", " ").capitalize(),
        "status": status,
        "code": refused.reason.value,
        "detail": refused.detail or _MESSAGES.get(refused.reason, ""),
        "requestId": request_id(),
    }
    if refused.reason in _MESSAGES:
        document["message"] = _MESSAGES[refused.reason]
    if refused.field is not None:
        document["field"] = refused.field
    document |= more or {}
    response = Response(json.dumps(document), status, mimetype="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if retry_after_seconds is not None:
        response.headers["Retry-After"] = str(retry_after_seconds)
    return response


def request_id() -> str:
    """Return the id that answers and logs of this request carry."""
    environ = request.environ
    identifier: str | None = environ.get(_REQUEST_ID)
    if identifier is None:
        identifier = environ[_REQUEST_ID] = new_id()
    return identifier


def register(app: Flask) -> None:
    """Answer every error of this app with a problem document."""

    @app.errorhandler(Problem)
    def refuse(problem: Problem) -> Response:
        return render(problem.refused, retry_after_seconds=problem.retry_after_seconds, more=problem.more)

    @app.errorhandler(HTTPException)
    def refuse_http(error: HTTPException) -> Response:
        reason, detail = _OF_STATUS.get(error.code or 500, (Reason.BAD_REQUEST, "The request is malformed."))
        if error.code is None or error.code >= 500:
            reason, detail = Reason.INTERNAL_ERROR, "Something went wrong on our side."
        response = render(Refused(reason, detail))
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
        return response

    @app.errorhandler(Unavailable)
    def wait(error: Unavailable) -> Response:
        log.error("the database is unavailable: %s [%s]", error, request_id())
        refused = Refused(Reason.TEMPORARILY_UNAVAILABLE, "Nothing was stored. Try again in a few seconds.")
        return render(refused, retry_after_seconds=_UNAVAILABLE_SECONDS)

    @app.errorhandler(Conflict)
    @app.errorhandler(Exception)
    def apologize(error: Exception) -> Response:
        log.error("%s %s failed [%s]", request.method, quote(request.path), request_id(), exc_info=error)
        return render(Refused(Reason.INTERNAL_ERROR, "Something went wrong on our side."))

"""Problem documents (RFC 9457): one status for every public code, and nothing private in them."""

from __future__ import annotations

import json
from http import HTTPStatus

import pytest
from flask import Flask
from werkzeug.exceptions import BadGateway, ImATeapot, MethodNotAllowed, NotFound, TooManyRequests

from whosthere.core.reasons import Reason, Refused
from whosthere.storage.errors import Conflict, Unavailable
from whosthere.web import problems
from whosthere.web.problems import STATUS, Problem, render

PRIVATE = {
    Reason.TOKEN_FORMAT,
    Reason.TOKEN_SIGNATURE,
    Reason.NO_LIVE_KEY,
    Reason.USER_ID_PATTERN,
    Reason.AMBIGUOUS_TOKEN,
    *(reason for reason in Reason if reason.startswith("identity_token_")),
}


@pytest.fixture
def app() -> Flask:
    return Flask("problems")


def test_every_public_reason_has_a_status_and_no_private_one_does() -> None:
    assert set(STATUS) == set(Reason) - PRIVATE


@pytest.mark.parametrize("reason", STATUS)
def test_every_reason_is_rendered_as_a_problem(app: Flask, reason: Reason) -> None:
    with app.test_request_context():
        response = render(Refused(reason, "Because.", field="x", private=Reason.TOKEN_SIGNATURE))
    document = json.loads(response.get_data())
    assert response.status_code == document["status"] == STATUS[reason]
    assert 400 <= response.status_code < 600
    assert HTTPStatus(response.status_code).phrase
    assert response.mimetype == "application/problem+json"
    assert (document["type"], document["code"], document["field"]) == ("about:blank", reason.value, "x")
    assert document["detail"] == "Because."
    assert document["title"]
    assert document["requestId"]
    assert "token_signature" not in response.get_data(as_text=True)
    assert ("WWW-Authenticate" in response.headers) is (response.status_code == 401)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (Reason.MISSING_USER_AUTH_TOKEN, "missing user auth token"),
        (Reason.INVALID_USER_AUTH_TOKEN, "invalid user auth token"),
    ],
)
def test_a_refused_identity_has_the_message_that_pages_know(app: Flask, reason: Reason, message: str) -> None:
    with app.test_request_context():
        document = json.loads(render(Refused(reason)).get_data())
    assert (document["message"], document["detail"]) == (message, message)


def test_an_address_cannot_write_a_line_of_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    problems.register(app)

    @app.get("/<_any>")
    def fail(_any: str) -> str:
        raise RuntimeError

    app.test_client().get("/a%0aERROR: forged")
    (record,) = caplog.records
    assert record.getMessage().startswith("GET /a%0AERROR%3A%20forged failed")


def test_only_a_refused_identity_has_a_message(app: Flask) -> None:
    with app.test_request_context():
        assert "message" not in json.loads(render(Refused(Reason.NOT_FOUND)).get_data())


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Problem(Refused(Reason.NOT_FOUND)), 404, "not_found"),
        (Problem(Refused(Reason.TOO_MANY_REQUESTS), retry_after_seconds=9), 429, "too_many_requests"),
        (NotFound(), 404, "not_found"),
        (MethodNotAllowed(["GET"]), 405, "method_not_allowed"),
        (TooManyRequests(retry_after=9), 429, "too_many_requests"),
        (ImATeapot(), 400, "bad_request"),
        (BadGateway(), 500, "internal_error"),
        (Unavailable("private detail"), 503, "temporarily_unavailable"),
        (Conflict("private detail"), 500, "internal_error"),
        (RuntimeError("private detail"), 500, "internal_error"),
        (RecursionError("private detail"), 500, "internal_error"),
        (KeyError("private detail"), 500, "internal_error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_becomes_a_problem_that_tells_nothing_private(
    app: Flask, error: Exception, status: int, code: str
) -> None:
    problems.register(app)

    @app.get("/fail")
    def fail() -> str:
        raise error

    response = app.test_client().get("/fail")
    assert (response.status_code, response.json["code"]) == (status, code)
    assert response.mimetype == "application/problem+json"
    assert "private" not in response.get_data(as_text=True)
    assert response.headers.get("Allow") == ("GET" if status == 405 else None)
    assert response.headers.get("Retry-After") == {429: "9", 503: "5"}.get(status)

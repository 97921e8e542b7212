"""Every call of the widget API, as the application knows them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.shop import WIDGET
from whosthere.core.reasons import Reason
from whosthere.web.problems import STATUS

Call = Callable[..., TestResponse]

UPLOAD = {"Content-Type": "text/plain", "Content-Disposition": "attachment; filename*=UTF-8''ahoy.txt"}
START = {"text": "Hello?", "clientMessageId": "s"}
POST = {"text": "More", "clientMessageId": "m"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call, with a body that would be good.

    Attributes:
        optional: fields of that body that may be left out.
        refusal: what a good body gets all the same from a visitor with an open conversation, when it is not taken.
    """

    method: str
    path: str
    good: dict[str, Any] = field(default_factory=dict)
    needs_session: bool = True
    upload: bool = False
    optional: tuple[str, ...] = ()
    refusal: int = 0

    @property
    def of_conversation(self) -> bool:
        """Whether it names a conversation."""
        return "{id}" in self.path

    @property
    def has_body(self) -> bool:
        """Whether it reads a body of JSON."""
        return self.method in ("POST", "PUT") and not self.upload

    def url(self, conversation_id: str = "") -> str:
        """Its address."""
        return WIDGET + self.path.format(id=conversation_id, attachment=conversation_id)

    def request(self, body: bytes | None = None) -> dict[str, Any]:
        """Headers and data of a request with `body`; of a good one without."""
        if self.upload:
            return {"headers": UPLOAD, "data": b"Ahoy" if body is None else body}
        if not self.has_body:
            return {"headers": {}, "data": None}
        data = json.dumps(self.good).encode() if body is None else body
        return {"headers": {"Content-Type": "application/json"}, "data": data}

    def takes(self, response: TestResponse) -> bool:
        """Whether a good body was found good."""
        return response.status_code < 300 or response.status_code == self.refusal

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


BOOT = Endpoint("POST", "/boot", needs_session=False)
ENDPOINTS = (
    BOOT,
    Endpoint("DELETE", "/session"),
    Endpoint("GET", "/conversations"),
    Endpoint("POST", "/conversations", START),
    Endpoint("GET", "/conversations/{id}"),
    Endpoint("GET", "/conversations/{id}/messages"),
    Endpoint("POST", "/conversations/{id}/messages", POST),
    Endpoint("PUT", "/conversations/{id}/read", {"seq": 1}),
    Endpoint("PUT", "/conversations/{id}/state", {"state": "open"}),
    Endpoint("PUT", "/conversations/{id}/rating", {"rating": 5}, refusal=409),
    Endpoint("POST", "/conversations/{id}/typing", {"typing": True}, optional=("typing",)),
    Endpoint("PUT", "/contact", {"name": "Ada"}),
    Endpoint("PUT", "/history-offer", {"anonymousToken": "x", "accept": True}, refusal=404),
    Endpoint("POST", "/attachments", upload=True),
    Endpoint("GET", "/attachments/{attachment}"),
    Endpoint("GET", "/stream"),
)
WITH_SESSION = tuple(endpoint for endpoint in ENDPOINTS if endpoint.needs_session)
WITH_BODY = tuple(endpoint for endpoint in ENDPOINTS if endpoint.has_body)
OF_CONVERSATION = tuple(endpoint for endpoint in ENDPOINTS if endpoint.of_conversation)


def check_problem(response: TestResponse, status: int, code: str) -> None:
    """It is a problem document, as documented, and nothing else."""
    assert (response.status_code, response.json["code"]) == (status, code), response.get_data(as_text=True)[:500]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert STATUS[Reason(code)] == response.json["status"] == status
    assert response.json["requestId"] == response.headers["X-Request-ID"]
    assert set(response.json) - {"message", "field"} == {"type", "title", "status", "code", "detail", "requestId"}
    assert len(response.get_data()) < 2_000

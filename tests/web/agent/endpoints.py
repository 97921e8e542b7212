"""Every call of the agent API, as the application knows them."""

from __future__ import annotations

from tests.team import API
from tests.web.widget.endpoints import Endpoint as WidgetEndpoint

REPLY = {"text": "Hello Ada", "clientMessageId": "r"}


class Endpoint(WidgetEndpoint):
    """One call of the agent API."""

    def url(self, conversation_id: str = "") -> str:
        """Its address."""
        return API + self.path.format(id=conversation_id, attachment=conversation_id)


ENDPOINTS = (
    Endpoint("GET", "/conversations"),
    Endpoint("GET", "/conversations/{id}"),
    Endpoint("GET", "/conversations/{id}/messages"),
    Endpoint("POST", "/conversations/{id}/messages", REPLY),
    Endpoint("POST", "/conversations/{id}/notes", REPLY),
    Endpoint("PUT", "/conversations/{id}/state", {"state": "resolved"}),
    Endpoint("PUT", "/conversations/{id}/read", {"seq": 1}),
    Endpoint("POST", "/conversations/{id}/typing", {"typing": True}, optional=("typing",)),
    Endpoint("POST", "/conversations/{id}/attachments", upload=True),
    Endpoint("GET", "/attachments/{attachment}"),
    Endpoint("GET", "/users"),
    Endpoint("GET", "/stream"),
)
WITH_BODY = tuple(endpoint for endpoint in ENDPOINTS if endpoint.has_body)
OF_CONVERSATION = tuple(endpoint for endpoint in ENDPOINTS if endpoint.of_conversation)

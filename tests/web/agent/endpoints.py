"""Every call of the agent API, as the application knows them."""

from __future__ import annotations

from tests.team import API
from tests.web.widget.endpoints import Endpoint as WidgetEndpoint

NOBODY = "00000000-0000-0000-0000-000000000000"
REPLY = {"text": "Hello Ada", "clientMessageId": "r"}


class Endpoint(WidgetEndpoint):
    """One call of the agent API."""

    def url(self, conversation_id: str = "") -> str:
        """Its address."""
        return API + self.path.format(id=conversation_id, attachment=conversation_id, thing=conversation_id)


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
    Endpoint("GET", "/views"),
    Endpoint("PUT", "/conversations/{id}/assignee", {"agentId": None}),
    Endpoint("PUT", "/conversations/{id}/tags", {"tags": ["vip"]}),
    Endpoint("PUT", "/conversations/{id}/snooze", {"until": "2027-01-16T08:00:00Z"}),
    Endpoint("PUT", "/conversations/{id}/spam", {"spam": True}),
    Endpoint("POST", "/conversations/{id}/presence", {"activity": "viewing"}),
    Endpoint("GET", "/conversations/{id}/canned-replies"),
    Endpoint("GET", "/agents"),
    Endpoint("GET", "/canned-replies"),
    Endpoint("POST", "/canned-replies", {"platformId": NOBODY, "name": "hello", "body": "Hello {name}"}),
    Endpoint("PUT", "/canned-replies/{thing}", {"name": "hello", "body": "Hello {name}"}),
    Endpoint("DELETE", "/canned-replies/{thing}"),
    Endpoint("GET", "/mentions"),
    Endpoint("GET", "/users/{thing}/ledger"),
    Endpoint("PUT", "/ledger/{thing}/undone", {"undone": True}),
    Endpoint("GET", "/users"),
    Endpoint("PUT", "/users/{thing}/block", {"blocked": True}),
    Endpoint("GET", "/search"),
    Endpoint("GET", "/me"),
    Endpoint("PUT", "/me", {"name": "Grace"}, optional=("name",)),
    Endpoint("GET", "/tokens"),
    Endpoint("POST", "/tokens", {"name": "export"}, refusal=403),
    Endpoint("DELETE", "/tokens/{thing}"),
    Endpoint("GET", "/stream"),
)
WITH_BODY = tuple(endpoint for endpoint in ENDPOINTS if endpoint.has_body)
OF_CONVERSATION = tuple(endpoint for endpoint in ENDPOINTS if endpoint.of_conversation)

"""Every call of the server API, as the application knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.shop import Shop
from tests.web.widget.endpoints import Endpoint as WidgetEndpoint
from whosthere.services import server_keys
from whosthere.services.journal import Actor
from whosthere.services.server_keys import NewServerKey

API = "/api/v1/server"
IDENTIFY = {"userId": "carol", "userEmail": "carol@example.com", "userName": "Carol"}

TRACK = {"event": "order placed", "properties": {"total": 42}}


class Endpoint(WidgetEndpoint):
    """One call of the server API."""

    def url(self, user_id: str = "", other_id: str = "") -> str:
        """Its address, about somebody, and about a file or a merge of theirs."""
        return API + self.path.format(id=user_id, other=other_id)


ENDPOINTS = (
    Endpoint("PUT", "/users", IDENTIFY, optional=("userId", "userEmail", "userName")),
    Endpoint("GET", "/users?userId=ada"),
    Endpoint("GET", "/users/{id}"),
    Endpoint("POST", "/users/{id}/sessions/end"),
    Endpoint("POST", "/users/{id}/events", TRACK, optional=("properties",)),
    Endpoint("GET", "/users/{id}/export"),
    Endpoint("GET", "/users/{id}/attachments/{other}"),
    Endpoint("GET", "/ledger"),
    Endpoint("POST", "/ledger/{other}/undo"),
    Endpoint("DELETE", "/users/{id}"),
)
WITH_BODY = tuple(endpoint for endpoint in ENDPOINTS if endpoint.has_body)
OF_SOMEBODY = tuple(endpoint for endpoint in ENDPOINTS if "{" in endpoint.path)


@dataclass(frozen=True, slots=True)
class Backend:
    """A site's backend with a server API key."""

    shop: Shop
    client: FlaskClient
    key: NewServerKey

    @property
    def headers(self) -> dict[str, str]:
        """What every request of it carries."""
        return {"Authorization": f"Bearer {self.key.secret}"}

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Call the server API below its root."""
        return self.client.open(f"{API}{path}", method=method, json=body, headers=self.headers)

    def get(self, path: str) -> Any:
        """Call the server API, which has to succeed, and return its answer."""
        response = self.call("GET", path)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    def identify(self, **who: Any) -> Any:
        """Say who somebody is, which has to succeed, and return the person."""
        response = self.call("PUT", "/users", who)
        assert response.status_code in (200, 201), response.get_data(as_text=True)
        return response.get_json()["user"]


def open_backend(client: FlaskClient, shop: Shop) -> Backend:
    """Give a shop's backend a server API key."""
    key = server_keys.create(shop.runtime, shop.id, actor=Actor("cli:grace"))
    assert isinstance(key, NewServerKey)
    return Backend(shop, client, key)

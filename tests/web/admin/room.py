"""A browser without JavaScript at the desk of one platform."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.team import PASSWORD, Colleague
from tests.web.agent.desk import csrf_of, sit_down, text_of

PASSWORD_FIELD = {"password": PASSWORD}


@dataclass(frozen=True, slots=True)
class Room:
    """Cookies, and forms with the token of the browser's pages."""

    client: FlaskClient
    platform_id: str

    def url(self, path: str) -> str:
        """An address below the platform's desk; what begins with a slash is below the desk itself."""
        return f"/admin{path}" if path.startswith("/") else f"/admin/platforms/{self.platform_id}/{path}"

    def open(self, path: str, **query: str) -> TestResponse:
        """Go to a page."""
        return self.client.get(self.url(path), query_string=query)

    def read(self, path: str, **query: str) -> str:
        """Go to a page, which has to be there, and read it."""
        response = self.open(path, **query)
        assert response.status_code == 200, response.get_data(as_text=True)
        return text_of(response)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form."""
        token = csrf_of(self.client.get("/agent/confirm"))
        return self.client.post(self.url(path), data={"csrf_token": token, **fields})


def enter(app: Flask, colleague: Colleague, platform_id: str) -> Room:
    """Sign a colleague in, and give their password again, in a browser of their own."""
    client = sit_down(app, colleague).client
    token = csrf_of(client.get("/agent/confirm"))
    assert client.post("/agent/confirm", data={"csrf_token": token, **PASSWORD_FIELD}).status_code == 303
    return Room(client, platform_id)

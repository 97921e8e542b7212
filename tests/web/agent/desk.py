"""A browser in which an agent is signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.team import PASSWORD, Colleague

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def csrf_of(response: TestResponse) -> str:
    """The CSRF token in the forms of a page."""
    found = _CSRF.search(response.get_data(as_text=True))
    assert found is not None
    return found[1]


def text_of(response: TestResponse) -> str:
    """What a reader sees of a page: tags, icons and white space aside."""
    page = re.sub(r"<(script|style|svg|title)\b.*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@dataclass(frozen=True, slots=True)
class Desk:
    """A browser without JavaScript: cookies, and forms with the token of the page they are on."""

    client: FlaskClient

    def open(self, path: str = "") -> TestResponse:
        """Go to a page below the inbox."""
        return self.client.get(f"/agent/{path}")

    def read(self, path: str = "") -> str:
        """Go to a page, which has to be there, and read it."""
        response = self.open(path)
        assert response.status_code == 200, response.get_data(as_text=True)
        return text_of(response)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form with a fresh CSRF token."""
        return self.client.post(f"/agent/{path}", data={"csrf_token": self.csrf(), **fields})

    def csrf(self) -> str:
        """The CSRF token of this browser's pages."""
        return csrf_of(self.open())


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
    """Fill in the sign-in form and send it."""
    data = {"csrf_token": csrf_of(client.get("/agent/login")), "email": email, "password": password, **fields}
    return client.post("/agent/login", data=data)


def sit_down(app: Flask, colleague: Colleague) -> Desk:
    """Sign a colleague in, in a browser of their own."""
    client = app.test_client()
    response = sign_in(client, colleague.email)
    assert response.status_code == 303, text_of(response)
    return Desk(client)

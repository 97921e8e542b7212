"""A body that breaks on its way in is the fault of who sent it, whatever exception the server has for that."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.web.agent.endpoints import WITH_BODY as OF_AGENTS
from tests.web.widget.endpoints import WITH_BODY as OF_WIDGETS
from tests.web.widget.endpoints import Endpoint


class InvalidChunkSize(Exception):
    """As servers have it: no kind of OSError, and none that we could know."""


class Broken:
    """The input of a request whose chunks have no size."""

    def read(self, size: int = -1) -> bytes:
        raise InvalidChunkSize

    readline = read


def _ask(app: Flask, path: str, content_type: str, method: str = "POST") -> str:
    environ = EnvironBuilder(path, method=method, content_type=content_type).get_environ()
    environ["wsgi.input"], environ["wsgi.input_terminated"] = Broken(), True
    environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    environ.pop("CONTENT_LENGTH", None)
    return run_wsgi_app(app, environ)[1]


@pytest.mark.parametrize("endpoint", [*OF_WIDGETS, *OF_AGENTS], ids=lambda endpoint: endpoint.url("x"))
def test_a_broken_body_is_a_bad_request(app: Flask, endpoint: Endpoint) -> None:
    assert _ask(app, endpoint.url("x"), "application/json", endpoint.method) == "400 BAD REQUEST"


def test_a_query_that_is_not_utf8_is_a_bad_request_wherever_it_is_read(app: Flask) -> None:
    found = {}
    for rule in app.url_map.iter_rules():
        path = re.sub("<[^>]*>", "x", rule.rule)
        environ = EnvironBuilder(path).get_environ() | {"QUERY_STRING": "next=\xff&platformId=\xff"}
        found[path] = run_wsgi_app(app, environ)[1]
    assert [path for path, status in found.items() if status.startswith("5")] == []
    assert {found["/agent/login"], found["/frame"], found["/agent/conversations/x"]} == {"400 BAD REQUEST"}


def test_a_broken_form_is_a_bad_request(app: Flask) -> None:
    assert _ask(app, "/agent/login", "application/x-www-form-urlencoded") == "400 BAD REQUEST"

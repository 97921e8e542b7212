"""Around the body: sizes, content types, methods and addresses that no call takes."""

from __future__ import annotations

import gzip
import json
import socket

import pytest

from tests.rows import Rows
from tests.servers import LiveServer
from tests.shop import WIDGET, Shop, Visitor
from tests.web.widget.endpoints import ENDPOINTS, POST, WITH_BODY, Call, Endpoint, check_problem
from whosthere.web.edge import BODY_BYTES_MAX


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_an_oversized_body_is_refused(call: Call, rows: Rows, endpoint: Endpoint) -> None:
    before = rows.counts()
    body = json.dumps({**endpoint.good, "x": ""}).encode()
    for surplus in (1, 1_000_000):
        padded = body[:-2] + b"x" * (BODY_BYTES_MAX - len(body) + surplus) + b'"}'
        check_problem(call(endpoint, padded), 413, "payload_too_large")
    assert rows.counts() == before


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_a_body_of_exactly_the_greatest_size_is_read(call: Call, shop: Shop, endpoint: Endpoint) -> None:
    body = json.dumps({**(endpoint.good or {"platformId": shop.id}), "x": ""}).encode()
    padded = body[:-2] + b"x" * (BODY_BYTES_MAX - len(body)) + b'"}'
    assert len(padded) == BODY_BYTES_MAX
    assert endpoint.takes(call(endpoint, padded))


CONTENT_TYPES = (
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/problem+json",
    "application/jsonp",
    "application/json, text/plain",
    "json",
    "*/*",
)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_another_content_type_is_refused(call: Call, rows: Rows, endpoint: Endpoint) -> None:
    """Also what a page may send without asking first: that is what keeps forged forms out."""
    before = rows.counts()
    for content_type in CONTENT_TYPES:
        check_problem(call(endpoint, json.dumps(endpoint.good).encode(), content_type), 415, "unsupported_media_type")
    assert rows.counts() == before


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json;x=y"]
)
def test_parameters_of_the_content_type_do_not_matter(call: Call, content_type: str) -> None:
    endpoint = next(one for one in WITH_BODY if one.good == POST)
    assert call(endpoint, json.dumps(POST).encode(), content_type).status_code == 201


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_a_compressed_body_is_refused(call: Call, rows: Rows, endpoint: Endpoint) -> None:
    before = rows.counts()
    body = gzip.compress(json.dumps(endpoint.good).encode())
    for encoding in ("gzip", "deflate", "br", "identity", "x"):
        check_problem(call(endpoint, body, **{"Content-Encoding": encoding}), 415, "unsupported_media_type")
    assert rows.counts() == before


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get")


@pytest.mark.parametrize("path", sorted({endpoint.path for endpoint in ENDPOINTS}))
def test_another_method_is_refused_and_the_right_ones_are_named(ada: Visitor, rows: Rows, path: str) -> None:
    conversation_id = ada.start()["conversation"]["id"]
    allowed = {endpoint.method for endpoint in ENDPOINTS if endpoint.path == path}
    before = rows.counts()
    for method in set(METHODS) - allowed - ({"get"} if "GET" in allowed else set()):
        url = WIDGET + path.format(id=conversation_id, attachment=conversation_id)
        response = ada.client.open(url, method=method, headers=ada.headers)
        check_problem(response, 405, "method_not_allowed")
        assert set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed
    assert rows.counts() == before


@pytest.mark.parametrize(
    "path", ["/", "", "/x", "/boot/x", "/conversations/", "/conversations/x/y", "/session/..", "/conversations/a/b/c"]
)
def test_an_unknown_address_is_not_found(ada: Visitor, path: str) -> None:
    check_problem(ada.get(path), 404, "not_found")


def test_a_get_with_a_body_ignores_it(ada: Visitor) -> None:
    assert ada.client.get(f"{WIDGET}/conversations", headers=ada.headers, data=b"\xff{{{").status_code == 200


def test_a_chunked_body_has_the_same_limits(server: LiveServer, ada: Visitor) -> None:
    """A body that does not name its length is measured as it comes."""
    here = ada.start()["conversation"]["id"]
    for size, status in ((300_000, b" 413 "), (10, b" 400 ")):
        lines = [
            f"POST {WIDGET}/conversations/{here}/messages HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
            "Connection: close",
            *(f"{name}: {value}" for name, value in ada.headers.items()),
        ]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(head + f"{size:x}\r\n".encode() + b"x" * size + b"\r\n0\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()
        assert status in answer.partition(b"\r\n")[0] + b" "

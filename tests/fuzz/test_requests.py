"""Requests as no document describes them: any path, query, header and body a server may hand to the application."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.fuzz.surface import METHODS, Surface, described, operations
from tests.shop import ORIGIN

pytestmark = pytest.mark.slow

FUZZING = settings(max_examples=80, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
NOBODY = "00000000-0000-0000-0000-000000000000"
# What a header can hold when it arrives: bytes read as Latin-1 (PEP 3333), and no line ends.
VALUES = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=60)
ODD = (
    "",
    " ",
    "null",
    "*",
    "a,b",
    "-1",
    "+1",
    "1e3",
    "9" * 5_000,
    "\xb2",
    "\xff" * 9,
    "x" * 9_000,
    "\x0b",
    "../..",
    "%00%ff",
)
HEADERS = {
    "HTTP_HOST": ["a b", "[::1", "x/y?z", "@", "evil.example:99999", "\xfc.example"],
    "HTTP_ORIGIN": [ORIGIN, "null, null", "https://shop.example.com https://shop.example.com"],
    "HTTP_AUTHORIZATION": [
        "Bearer",
        "Bearer ",
        "bearer\ta",
        "Basic YQ==",
        "Bearer a, Bearer b",
        "Bearer wpat_x",
        "Bearer whs_x.y",
    ],
    "HTTP_COOKIE": ["whosthere=x", "__Host-whosthere=.eJw.x.y; =; ;;", 'session="a', "a=b; " * 900],
    "HTTP_LAST_EVENT_ID": ["x.1", ".", "1.99999999999999999999"],
    "HTTP_ACCEPT_LANGUAGE": ["de;q=x", "*;q=9", ";;,,;q=", "en-" * 900, "de;q=1e999, \xe9"],
    "HTTP_ACCEPT": ["*/*;q=", "text/html;;;"],
    "HTTP_RANGE": ["bytes=9-1", "bytes=-", "bytes=0-0,1-1,2-"],
    "HTTP_IF_NONE_MATCH": ['"', "W/", '"a", *'],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Mon, 99 Foo 99999 99:99:99 GMT"],
    "HTTP_X_FORWARDED_FOR": ["unknown", "::::, 1.2.3"],
    "HTTP_X_FORWARDED_PREFIX": ["//evil.example"],
    "HTTP_SEC_FETCH_SITE": ["cross-site", "same-origin"],
    "HTTP_X_CSRFTOKEN": ["x"],
    "HTTP_REFERER": ["http://[", "//"],
    "HTTP_CONTENT_ENCODING": ["gzip", "identity"],
    "CONTENT_TYPE": [
        "application/json;charset=utf-7",
        "text/html",
        "multipart/form-data",
        "multipart/form-data;boundary=",
        ";;;",
        "/",
    ],
    "CONTENT_LENGTH": ["0", "2", "\u0663".encode().decode("latin-1")],
    "REMOTE_ADDR": ["unix:", "fe80::1%eth0"],
}
ENVIRONS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([*odd, *ODD]) | VALUES for name, odd in HEADERS.items()}
)
BODIES = st.sampled_from(
    [b"", b"{}", b"[]", b"\0", b"\xff", b"[" * 40, b'{"a":1,"a":2}', b"email=%ff&password=%00", b" " * 300_000]
)
PAGES = (
    "/",
    "/embed.js",
    "/frame",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/agent/",
    "/agent/login",
    "/agent/logout",
    f"/agent/conversations/{NOBODY}",
    "/static/tokens.css",
    "/static/../../etc/passwd",
    "/api/v1/widget/boot/",
    "/api/v9",
)
CALLS = tuple(re.sub(r"\{[^}]+\}", NOBODY, path) for _, path, _ in operations(described()))
PATHS = (
    st.sampled_from(PAGES + CALLS) | st.builds("{}{}".format, st.sampled_from(PAGES), VALUES) | VALUES.map("/{}".format)
)
QUERIES = st.sampled_from(
    [
        "",
        "platformId=x&platformId=y",
        "next=//evil.example",
        "cursor=%ff&cursor=",
        "after=1&after=-1&limit=",
        "&&==&",
        "a=" + "b" * 9_000,
    ]
)


def ask(app: Flask, path: str, **environ: object) -> tuple[int, str]:
    """Hand one request to the application as a server would; return the status and the content type."""
    made = EnvironBuilder("/").get_environ() | {"PATH_INFO": path} | environ
    content, status, headers = run_wsgi_app(app, made)
    for piece in content:  # a stream has its first event to say, which is enough
        assert isinstance(piece, bytes)
        break
    getattr(content, "close", lambda: None)()
    assert headers["X-Request-ID"]
    return int(status[:3]), headers.get("Content-Type", "")


@FUZZING
@given(method=st.sampled_from(METHODS), path=PATHS, query=QUERIES | VALUES, headers=ENVIRONS, body=BODIES)
def test_no_request_is_a_fault_of_ours(
    surfaces: list[Surface], method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    made = EnvironBuilder("/", method=method, data=body).get_environ()
    environ = {"wsgi.input": made["wsgi.input"], "CONTENT_LENGTH": str(len(body)), "REQUEST_METHOD": method}
    for surface in surfaces:
        made["wsgi.input"].seek(0)
        status, content_type = ask(surface.app, path, **{**environ, "QUERY_STRING": query, **headers})
        assert status < 500
        if status >= 400 and path.startswith("/api/"):
            assert content_type == "application/problem+json"


@pytest.mark.parametrize("name", HEADERS)
def test_every_odd_header_is_taken_or_refused(surfaces: list[Surface], name: str) -> None:
    for path in ("/agent/login", "/frame", "/embed.js", "/api/v1/widget/boot", "/api/v1/agent/conversations"):
        for value in (*HEADERS[name], *ODD):
            for method in ("GET", "POST"):
                status, _ = ask(surfaces[0].app, path, **{"REQUEST_METHOD": method, name: value})
                assert status < 500, (method, path, value)

"""The documentation: plain WSGI with readers who sign in, `identify=`, and a chat under `/support`."""

from __future__ import annotations

import re

import pytest

from tests.examples.sites import Example, Visitor, proves_ada


@pytest.fixture
def ada(tern: Example) -> Visitor:
    """Ada, signed in for support."""
    return tern.visitor().sign_in("/sign-in", reader="ada")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path", ["/", "/install", "/exit-codes", "/everything", "/sign-in", "/tern.css", "/supportive"]
)
def test_strangers_get_the_site_byte_for_byte(tern: Example, path: str, method: str) -> None:
    assert b"whosthere" not in tern.same(path, method)
    assert b"whosthere" not in tern.same(path, method, "Accept-Encoding: gzip", "Cookie: tern=ada.forged")


def test_what_has_not_changed_is_not_sent_again(tern: Example, ada: Visitor) -> None:
    cookie = f"Cookie: {ada.cookie}"
    etag = re.search(rb"\r\nETag: ([^\r]+)", tern.server.raw("/hooks", "GET", cookie, "X-Bare: 1"))
    assert etag is not None
    assert tern.same("/hooks", "GET", cookie, f"If-None-Match: {etag[1].decode()}").startswith(b"HTTP/1.1 304 ")


@pytest.mark.parametrize("path", ["/tern.css", "/none"])
def test_no_token_of_ada_reaches_a_shared_compressed_or_failing_answer(tern: Example, ada: Visitor, path: str) -> None:
    for headers in ((), ("Accept-Encoding: gzip",)):
        assert b"userAuthToken" not in tern.same(path, "GET", f"Cookie: {ada.cookie}", *headers)


@pytest.mark.parametrize("path", ["/", "/install", "/everything"])
def test_adas_pages_prove_her(tern: Example, ada: Visitor, path: str) -> None:
    assert proves_ada(tern, ada, path) == b'src="/club/support/embed.js"'


def test_the_sites_session_is_its_own(ada: Visitor) -> None:
    ada.visit("/support/healthz")
    assert set(ada.cookies) == {"tern"}

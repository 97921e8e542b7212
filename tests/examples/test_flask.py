"""The book shop: a Flask site with login, streaming, compressed and cacheable answers, and a chat under `/support`."""

from __future__ import annotations

import re

import pytest

from tests.examples.sites import Example, Visitor, proves_ada


@pytest.fixture
def ada(shop: Example) -> Visitor:
    """Ada, signed in at the shop."""
    return shop.visitor().sign_in("/login", customer="ada")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/books/salt-and-rope",
        "/books/none",
        "/login",
        "/orders",
        "/catalogue",
        "/prices.json",
        "/supportive",
        "/supportive/x",
        "/covers/fog-signals.svg",
        "/static/shop.css",
    ],
)
def test_strangers_get_the_shop_byte_for_byte(shop: Example, path: str, method: str) -> None:
    assert b"whosthere" not in shop.same(path, method)


@pytest.mark.parametrize("path", ["/covers/fog-signals.svg", "/static/shop.css"])
def test_what_has_not_changed_is_not_sent_again(shop: Example, ada: Visitor, path: str) -> None:
    etag = re.search(rb"\r\nETag: ([^\r]+)", shop.same(path))
    assert etag is not None
    answer = shop.same(path, "GET", f"If-None-Match: {etag[1].decode()}", f"Cookie: {ada.cookie}")
    assert answer.startswith(b"HTTP/1.1 304 ")


@pytest.mark.parametrize("path", ["/books/none", "/prices.json", "/covers/fog-signals.svg", "/static/shop.css"])
def test_no_token_of_ada_reaches_a_shared_compressed_or_failing_answer(shop: Example, ada: Visitor, path: str) -> None:
    assert b"userAuthToken" not in shop.same(path, "GET", f"Cookie: {ada.cookie}", "Accept-Encoding: gzip")


@pytest.mark.parametrize("path", ["/", "/orders", "/books/salt-and-rope", "/catalogue", "/supportive"])
def test_adas_pages_prove_her(shop: Example, ada: Visitor, path: str) -> None:
    assert b'src="/club/support/embed.js"' in proves_ada(shop, ada, path)


def test_the_script_carries_the_nonce_of_its_own_answer(ada: Visitor) -> None:
    answer, content = ada.visit("/orders")
    nonce = re.search(r"'nonce-([^']+)'", answer.getheader("Content-Security-Policy", ""))
    assert nonce is not None
    assert f'embed.js" nonce="{nonce[1]}"'.encode() in content


def test_signing_out_ends_the_snippets(ada: Visitor) -> None:
    ada.visit("/logout", "POST", {})
    assert b"whosthere" not in ada.visit("/")[1]


def test_the_shops_log_and_session_are_its_own(shop: Example, ada: Visitor) -> None:
    assert "INFO harbour ada signed in" in shop.server.log.read_text()
    assert set(ada.cookies) == {"harbour"}
    ada.visit("/support/healthz")
    assert set(ada.cookies) == {"harbour"}

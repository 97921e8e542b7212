"""Origins are compared as whole strings."""

from __future__ import annotations

import pytest

from whosthere.core.origins import allows, problem


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.com",
        "http://localhost",
        "http://localhost:3000",
        "https://*.example.com",
        "https://xn--bcher-kva.example",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    ],
)
def test_an_origin_is_scheme_host_and_port(origin: str) -> None:
    assert problem(origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "shop.example.com",
        "https://",
        "https://shop.example.com/",
        "https://shop.example.com/path",
        "https://Shop.example.com",
        "HTTPS://shop.example.com",
        "https://shop.example.com:443",
        "http://shop.example.com:80",
        "https://shop.example.com:0",
        "https://shop.example.com:65536",
        "https://user@shop.example.com",
        "https://*",
        "https://*.com",
        "https://shop.*.com",
        "https://*shop.example.com",
        "ftp://shop.example.com",
        "file://",
        "https://shop.example.com\n",
        "https://" + "a" * 300,
    ],
)
def test_anything_else_is_named(origin: str) -> None:
    assert problem(origin)


@pytest.mark.parametrize(
    ("listed", "sent", "allowed"),
    [
        ("https://shop.example.com", "https://shop.example.com", True),
        ("https://shop.example.com", "http://shop.example.com", False),
        ("https://shop.example.com", "https://shop.example.com:8443", False),
        ("https://shop.example.com", "https://shop.example.com.evil.example", False),
        ("https://shop.example.com", "https://SHOP.example.com", False),
        ("https://*.example.com", "https://shop.example.com", True),
        ("https://*.example.com", "https://example.com", False),
        ("https://*.example.com", "https://a.shop.example.com", False),
        ("https://*.example.com", "https://shop.example.com:8443", False),
        ("https://*.example.com", "https://shop.evil.example", False),
        ("https://*.example.com", "https://evil.example/.example.com", False),
        ("https://shop.example.com", "null", False),
        ("*", "https://shop.example.com", False),
        ("*", "*", False),
    ],
)
def test_which_origins_a_list_allows(listed: str, sent: str, allowed: bool) -> None:
    assert allows([listed], sent) is allowed


def test_an_empty_list_allows_nobody() -> None:
    assert not allows([], "https://shop.example.com")

"""A signed snippet goes into one visitor's own page and nowhere else."""

from __future__ import annotations

import pytest

from tests.wsgi.server import Headers
from whosthere.embedding.eligibility import may_carry, private

HTML = ("Content-Type", "text/html; charset=utf-8")
OK = "200 OK"


@pytest.mark.parametrize(
    ("method", "status", "carries"),
    [
        ("GET", "200 OK", True),
        ("GET", "200", True),
        ("HEAD", "200 OK", True),
        ("get", "200 OK", False),
        ("POST", "200 OK", False),
        ("GET", "2000 OK", False),
        ("GET", "201 Created", False),
        ("GET", "206 Partial Content", False),
        ("GET", "302 Found", False),
        ("GET", "304 Not Modified", False),
        ("GET", "404 Not Found", False),
        ("GET", "500 Internal Server Error", False),
    ],
)
def test_only_a_whole_answer_to_get_carries_it(method: str, status: str, carries: bool) -> None:
    assert may_carry(method, status, [HTML]) is carries


@pytest.mark.parametrize(
    ("content_type", "carries"),
    [
        ("text/html", True),
        ("Text/HTML;Charset=UTF-8", True),
        ('text/html; charset="utf-8"', True),
        ("text/html; charset=windows-1252", True),
        ("text/html; charset=Shift_JIS", True),
        ("text/html; charset=gb18030", True),
        ("text/html; charset=utf-16", False),
        ("text/html; charset=utf-16le", False),
        ("text/html; charset=utf-7", False),
        ("text/html; charset=iso-2022-jp", False),
        ("text/html; charset=hz-gb-2312", False),
        ("text/html; charset=cp037", False),
        ("text/html; charset=rot13", False),
        ("text/html; charset=nobody-knows", False),
        ("text/htmlx", False),
        ("application/xhtml+xml", False),
        ("text/plain; x=text/html", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_only_html_in_a_readable_charset_carries_it(content_type: str, carries: bool) -> None:
    assert may_carry("GET", OK, [("Content-Type", content_type)]) is carries


def test_an_answer_without_one_clear_type_carries_nothing() -> None:
    assert not may_carry("GET", OK, [])
    assert not may_carry("GET", OK, [HTML, HTML])


@pytest.mark.parametrize(
    ("name", "value", "carries"),
    [
        ("Cache-Control", "no-cache", True),
        ("Cache-Control", "private, max-age=60", True),
        ("Cache-Control", "max-age=60", True),
        ("Cache-Control", "public", False),
        ("Cache-Control", "max-age=60, PUBLIC", False),
        ("Cache-Control", "s-maxage=60", False),
        ("cache-control", "private,S-MaxAge = 0", False),
        ("Cache-Control", 'no-cache="a, public"', False),
        ("Surrogate-Control", "no-store", False),
        ("CDN-Cache-Control", "max-age=60", False),
        ("Cloudflare-CDN-Cache-Control", "max-age=60", False),
        ("Vercel-CDN-Cache-Control", "max-age=60", False),
        ("Edge-Control", "cache-maxage=1h", False),
        ("X-Accel-Expires", "60", False),
        ("Content-Encoding", "gzip", False),
        ("Content-Encoding", "br", False),
        ("Content-Encoding", "Identity", True),
        ("Content-Disposition", "inline", True),
        ("Content-Disposition", 'Attachment; filename="invoice.html"', False),
        ("X-Sendfile", "/srv/page.html", False),
        ("X-Accel-Redirect", "/internal/page.html", False),
        ("X-Name", "é → Ω", True),
    ],
)
def test_what_a_cache_may_keep_or_nobody_can_read_carries_nothing(name: str, value: str, carries: bool) -> None:
    assert may_carry("GET", OK, [HTML, (name, value)]) is carries


def test_one_shared_directive_among_several_headers_is_enough() -> None:
    assert not may_carry("GET", OK, [HTML, ("Cache-Control", "private"), ("Cache-Control", "s-maxage=1")])


def test_an_answer_for_one_visitor_loses_whatever_lets_it_be_kept() -> None:
    headers: Headers = [
        HTML,
        ("Cache-Control", "max-age=60"),
        ("cache-control", "must-revalidate"),
        ("ETag", '"1"'),
        ("last-modified", "Sun, 22 Nov 2026 12:00:00 GMT"),
        ("EXPIRES", "0"),
        ("Pragma", "cache"),
        ("Accept-Ranges", "bytes"),
        ("Repr-Digest", "sha-256=:…:"),
        ("Set-Cookie", "session=1"),
        ("Set-Cookie", "theme=dark"),
        ("Vary", "Cookie"),
        ("Content-Security-Policy", "default-src 'self'"),
    ]
    assert private(headers, 7) == [
        HTML,
        ("Set-Cookie", "session=1"),
        ("Set-Cookie", "theme=dark"),
        ("Vary", "Cookie"),
        ("Content-Security-Policy", "default-src 'self'"),
        ("Cache-Control", "private, no-store"),
    ]


@pytest.mark.parametrize(
    ("length", "corrected"),
    [
        ("100", ["107"]),
        ("0", ["7"]),
        ("007", ["14"]),
        ("", []),
        ("-1", []),
        ("1e3", []),
        ("²", []),
        ("9" * 5_000, []),
        ("many", []),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_length_grows_by_what_is_added_and_nonsense_is_dropped(length: str, corrected: list[str]) -> None:
    headers = private([HTML, ("content-length", length)], 7)
    assert [value for name, value in headers if name == "content-length"] == corrected

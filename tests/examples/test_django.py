"""The rowing club: a Django site with login, streaming, compressed and cacheable answers, and a chat."""

from __future__ import annotations

import re

import pytest

from tests.examples.sites import Example, Visitor, proves_ada

GZIP = "Accept-Encoding: gzip"


@pytest.fixture
def ada(club: Example) -> Visitor:
    """Ada, signed in at the club."""
    return club.visitor().sign_in("/login", member="ada")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    ["/", "/outings", "/results", "/results.csv", "/supportive", "/supportive/x", "/club.css", "/none", "/broken"],
)
def test_strangers_get_the_site_byte_for_byte(club: Example, path: str, method: str) -> None:
    assert b"whosthere" not in club.same(path, method)


def test_a_failing_page_fails_as_without_a_chat(club: Example, ada: Visitor) -> None:
    assert club.same("/broken", "GET", f"Cookie: {ada.cookie}").startswith(b"HTTP/1.1 500 ")


@pytest.mark.parametrize("path", ["/", "/supportive"])
def test_what_has_not_changed_is_not_sent_again(club: Example, path: str) -> None:
    etag = re.search(rb"\r\nETag: ([^\r]+)", club.same(path))
    assert etag is not None
    assert club.same(path, "GET", f"If-None-Match: {etag[1].decode()}").startswith(b"HTTP/1.1 304 ")


@pytest.mark.parametrize("path", ["/results.csv", "/club.css", "/none"])
def test_no_token_of_ada_reaches_a_shared_compressed_or_failing_answer(club: Example, ada: Visitor, path: str) -> None:
    assert b"userAuthToken" not in club.same(path, "GET", f"Cookie: {ada.cookie}")


def test_a_compressed_answer_stays_compressed(club: Example, ada: Visitor) -> None:
    answer, content = club.server.ask("/results.csv", headers={"Accept-Encoding": "gzip", "Cookie": ada.cookie})
    assert (answer.getheader("Content-Encoding"), content[:2]) == ("gzip", b"\x1f\x8b")


@pytest.mark.parametrize("path", ["/", "/outings", "/results", "/supportive"])
def test_adas_pages_prove_her(club: Example, ada: Visitor, path: str) -> None:
    script = proves_ada(club, ada, path)
    assert re.fullmatch(rb'src="/club/support/embed.js" nonce="[\w-]+"', script)


def test_signing_out_ends_the_snippets(ada: Visitor) -> None:
    token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)', ada.visit("/")[1])
    assert token is not None
    ada.visit("/logout", "POST", {"csrfmiddlewaretoken": token[1].decode()})
    assert b"whosthere" not in ada.visit("/")[1]


def test_a_request_without_the_clubs_own_token_is_still_refused(ada: Visitor) -> None:
    assert ada.visit("/logout", "POST", {})[0].status == 403


def test_the_clubs_log_and_session_are_its_own(club: Example, ada: Visitor) -> None:
    assert "ada signed in" in club.server.log.read_text()
    ada.visit("/support/healthz")
    assert set(ada.cookies) == {"weir", "csrftoken"}

"""Hosts that answer in every way PEP 3333 allows, and in some it does not."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from tests.wsgi.hosts import HTML, PAGE
from tests.wsgi.server import Answer, Headers, ask, environ
from whosthere.embedding.exchange import Exchange

SNIPPET = b"<SNIPPET>"
MARK = ("X-Snippet", "yes")
PAGE_WITH_SNIPPET = PAGE.replace(b"</body>", SNIPPET + b"</body>")


def around(app: WSGIApplication) -> WSGIApplication:
    """Put the snippet into every answer that has the header `X-Snippet`."""

    def snippet_for(status: str, headers: Headers) -> bytes | None:
        return SNIPPET if MARK in headers else None

    def middleware(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        exchange = Exchange(start_response, snippet_for, with_body=environ["REQUEST_METHOD"] != "HEAD")
        return exchange.answer(app(environ, exchange.start_response))

    return middleware


class Pieces:
    """A body that counts how often it is closed."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.closed += 1


def plain(body: Any, *headers: tuple[str, str], status: str = "200 OK") -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        start_response(status, [HTML, *headers])
        return body

    return app


def test_a_body_without_a_snippet_is_the_hosts_own_object() -> None:
    body = [PAGE]
    assert ask(around(plain(body))).body is body


def test_a_file_wrapper_without_a_snippet_reaches_the_server_as_it_is() -> None:
    body = FileWrapper(io.BytesIO(PAGE))
    assert ask(around(plain(body))).body is body


def test_a_file_wrapper_gets_its_snippet() -> None:
    assert ask(around(plain(FileWrapper(io.BytesIO(PAGE), 7), MARK))).content == PAGE_WITH_SNIPPET


@pytest.mark.parametrize("body", [[PAGE], (PAGE,), Pieces(PAGE), [PAGE[:30], b"", PAGE[30:]]])
def test_any_iterable_gets_its_snippet(body: Iterable[bytes]) -> None:
    answer = ask(around(plain(body, MARK, ("Content-Length", str(len(PAGE))))))
    assert answer.content == PAGE_WITH_SNIPPET
    assert answer.values("Content-Length") == [str(len(PAGE_WITH_SNIPPET))]


def test_no_length_stays_no_length() -> None:
    assert ask(around(plain([PAGE], MARK))).values("Content-Length") == []


@pytest.mark.parametrize("length", [10, 10_000])
def test_a_wrong_length_stays_as_wrong_as_it_was(length: int) -> None:
    answer = ask(around(plain([PAGE], MARK, ("Content-Length", str(length)))))
    assert answer.values("Content-Length") == [str(length + len(SNIPPET))]


def test_head_gets_the_headers_of_get_and_no_body() -> None:
    app = around(plain([], MARK, ("Content-Length", str(len(PAGE)))))
    answer = ask(app, method="HEAD")
    assert answer.values("Content-Length") == [str(len(PAGE_WITH_SNIPPET))]
    assert answer.values("Cache-Control") == ["private, no-store"]
    assert answer.content == b""


def test_headers_that_are_not_latin_1_reach_the_server_unharmed() -> None:
    odd = ("X-Odd", "→ Ω \udc80")
    assert odd in ask(around(plain([PAGE], odd))).headers
    assert odd in ask(around(plain([PAGE], odd, MARK))).headers


def test_a_stream_stays_a_stream() -> None:
    produced: list[int] = []

    def body() -> Iterator[bytes]:
        for number in range(3):
            produced.append(number)
            yield b"<p>%d" % number
        yield b"</body></html>"

    answer = Answer(environ=environ())
    pieces = iter(around(plain(body(), MARK))(answer.environ, answer.start_response))
    assert produced == []
    assert (next(pieces), produced) == (b"<p>0", [0])
    assert (next(pieces), produced) == (b"<p>1", [0, 1])
    assert list(pieces) == [b"<p>2", b"", SNIPPET + b"</body></html>"]


def lazily(*headers: tuple[str, str]) -> WSGIApplication:
    """A host that is a generator: nothing happens before the server asks for the first piece."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [HTML, *headers])
        yield PAGE[:20]
        yield PAGE[20:]

    return app


def test_a_host_that_starts_lazily_gets_its_snippet() -> None:
    assert ask(around(lazily(MARK))).content == PAGE_WITH_SNIPPET


def test_a_host_that_starts_lazily_may_go_without() -> None:
    assert ask(around(lazily())).sent == [PAGE[:20], PAGE[20:]]


@pytest.mark.parametrize("marks", [(), (MARK,)])
def test_a_body_is_closed_exactly_once_however_often_the_server_asks(marks: tuple[tuple[str, str], ...]) -> None:
    body = Pieces(PAGE)
    answer = ask(around(plain(body, *marks)))
    assert body.closed == 1
    if marks:
        answer.body.close()  # type: ignore[attr-defined]  # a second time, as no server should
        assert body.closed == 1


def test_a_client_that_leaves_early_closes_the_hosts_body() -> None:
    body = Pieces(PAGE[:10], PAGE[10:])
    answer = Answer(environ=environ())
    returned: Any = around(plain(body, MARK))(answer.environ, answer.start_response)
    next(iter(returned))
    returned.close()
    assert body.closed == 1


@pytest.mark.parametrize("marks", [(), (MARK,)])
def test_a_fault_in_mid_stream_reaches_the_server_and_the_body_is_closed(marks: tuple[tuple[str, str], ...]) -> None:
    class Faulty(Pieces):
        def __iter__(self) -> Iterator[bytes]:
            yield from self.pieces
            raise OSError("the disk is gone")

    body = Faulty(b"<p>one")
    with pytest.raises(OSError, match="the disk is gone"):
        ask(around(plain(body, *marks)))
    assert body.closed == 1


def test_a_fault_before_the_answer_reaches_the_server() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        ask(around(app))


def changing_its_mind(first: Headers, second: Headers, *, lazy: bool) -> WSGIApplication:
    """A host that starts one answer, fails, and starts another with `exc_info`."""

    def fail(start_response: StartResponse) -> None:
        try:
            raise ValueError("no template")
        except ValueError:
            start_response("500 Oops", [HTML, *second], sys.exc_info())

    def later(start_response: StartResponse) -> Iterator[bytes]:
        fail(start_response)
        yield PAGE

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [HTML, *first])
        if lazy:
            return later(start_response)
        fail(start_response)
        return [PAGE]

    return app


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "content"),
    [([], [], PAGE), ([MARK], [], PAGE), ([MARK], [MARK], PAGE_WITH_SNIPPET)],
)
def test_the_last_start_response_decides(first: Headers, second: Headers, content: bytes, lazy: bool) -> None:
    answer = ask(around(changing_its_mind(first, second, lazy=lazy)))
    assert answer.status == "500 Oops"
    assert answer.content == content
    assert ("Cache-Control" in dict(answer.headers)) is (content != PAGE)


def test_an_answer_that_may_change_its_mind_before_its_body_is_known() -> None:
    assert ask(around(changing_its_mind([], [MARK], lazy=False))).content == PAGE_WITH_SNIPPET


def test_an_answer_that_left_our_hands_passes_whatever_it_becomes() -> None:
    answer = ask(around(changing_its_mind([], [MARK], lazy=True)))
    assert answer.content == PAGE
    assert "Cache-Control" not in dict(answer.headers)


def test_a_second_start_without_a_reason_is_the_servers_to_refuse() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [HTML])
        start_response("200 OK", [HTML, MARK])
        return [PAGE]

    with pytest.raises(AssertionError, match="start_response was called twice"):
        ask(around(app))


def test_a_new_start_after_the_headers_are_out_raises_the_hosts_own_fault() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [HTML, MARK])
        yield PAGE[:20]
        try:
            raise ValueError("half of it")
        except ValueError:
            start_response("500 Oops", [HTML], sys.exc_info())
        yield b"never"

    with pytest.raises(ValueError, match="half of it"):
        ask(around(app))


def writing(*headers: tuple[str, str], last: list[bytes]) -> WSGIApplication:
    """A host that uses `write`, as old ones do."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        write: Callable[[bytes], object] = start_response("200 OK", [HTML, *headers])
        write(PAGE[:10])
        write(PAGE[10:40])
        return last

    return app


@pytest.mark.parametrize("last", [[PAGE[40:]], [PAGE[40:50], PAGE[50:]]])
def test_what_is_written_and_what_is_returned_is_one_page(last: list[bytes]) -> None:
    assert ask(around(writing(MARK, last=last))).content == PAGE_WITH_SNIPPET
    assert ask(around(writing(last=last))).content == PAGE


def test_a_page_that_is_written_whole_gets_its_snippet_in_its_place() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [HTML, MARK])(PAGE)
        return []

    assert ask(around(app)).content == PAGE_WITH_SNIPPET


def test_a_page_that_is_only_written_gets_its_snippet_at_its_end() -> None:
    assert ask(around(writing(MARK, last=[]))).content == PAGE[:40] + SNIPPET


@pytest.mark.filterwarnings("ignore::wsgiref.validate.WSGIWarning")
@pytest.mark.parametrize("app", [plain([PAGE], MARK), plain([PAGE]), writing(MARK, last=[PAGE[40:]])])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_both_sides_keep_the_protocol(app: WSGIApplication, method: str) -> None:
    body = ask(validator(around(validator(app))), method=method, QUERY_STRING="").content
    assert body.replace(SNIPPET, b"") in (PAGE, PAGE[:40] + PAGE[40:])

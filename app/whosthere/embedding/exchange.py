"""One request on its way to the host, and the host's answer on its way back (PEP 3333)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from wsgiref.types import StartResponse

from whosthere.embedding.eligibility import Headers, private
from whosthere.embedding.insertion import Insertion

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Write = Callable[[bytes], object]
SnippetFor = Callable[[str, Headers], bytes | None]


class Exchange:
    """What becomes of one answer: it passes as it is, or gets a snippet.

    That is decided at each `start_response` of the host, from the status and the headers it names; each becomes
    exactly one `start_response` of the server, so the rules about calling it twice are the server's own.

    Args:
        snippet_for: returns the snippet for an answer's status and headers, or `None`; never raises.
        with_body: false for `HEAD`, whose answer gets the headers of the `GET` and no body.
    """

    def __init__(self, start_response: StartResponse, snippet_for: SnippetFor, *, with_body: bool) -> None:
        self._server_start = start_response
        self._snippet_for = snippet_for
        self._with_body = with_body
        self._insertion: Insertion | None = None
        self._started = False
        self._out_of_reach = False

    def start_response(self, status: str, headers: Headers, exc_info: ExcInfo | None = None) -> Write:
        """Take the host's status and headers, and give them to the server."""
        insertion = None
        snippet = None if self._out_of_reach else self._snippet_for(status, headers)
        if snippet is not None:
            headers = private(headers, len(snippet))
            insertion = Insertion(snippet) if self._with_body else None
        more = (exc_info,) if exc_info else ()
        write: Write = self._server_start(status, headers, *more)
        self._started, self._insertion = True, insertion
        return write if insertion is None else lambda data: write(insertion.feed(data))

    def answer(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return the body for the server: the host's own object when nothing is to be put into it."""
        if self._started and self._insertion is None:
            # The server may send it its own way (`wsgi.file_wrapper`); what comes of it is out of our hands.
            self._out_of_reach = True
            return body
        return _Body(body, self)

    def passed(self, chunk: bytes) -> bytes:
        """Return what goes on to the server for a chunk of the host's body."""
        return chunk if self._insertion is None else self._insertion.feed(chunk)

    def rest(self) -> bytes:
        """Return what is left to send when the host's body has ended."""
        return b"" if self._insertion is None else self._insertion.end()


class _Body:
    """A host's body with a snippet in it: one chunk out for each chunk in, and what was held back at the end."""

    def __init__(self, body: Iterable[bytes], exchange: Exchange) -> None:
        self._body = body
        self._exchange = exchange
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            yield self._exchange.passed(chunk)
        rest = self._exchange.rest()
        if rest:
            yield rest

    def close(self) -> None:
        """Close the host's body, once however often the server asks."""
        close = getattr(self._body, "close", None)
        if close is not None and not self._closed:
            self._closed = True
            close()

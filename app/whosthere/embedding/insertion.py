"""Putting a snippet before the end of a page that arrives in pieces, without waiting for all of them."""

from __future__ import annotations

import re

HELD_BYTES_MAX = 1024
_END_TAG = b"</body"
_END = re.compile(_END_TAG + rb"[\s/>]", re.IGNORECASE)


class Insertion:
    """One page on its way through.

    The place is the last `</body>`, if at most `HELD_BYTES_MAX` bytes follow it, else the end of the page. An earlier
    one may stand in a script or a comment, so from each one on the page is held back until it turns out to be the last
    or that limit is passed; everything else goes on at once.
    """

    def __init__(self, snippet: bytes) -> None:
        self._snippet = snippet
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece of the page and return what can be sent by now, which may be nothing."""
        page = self._held + piece
        cut = _place(page)
        self._held = page[cut:]
        return page[:cut]

    def end(self) -> bytes:
        """Return the rest of the page with the snippet in its place."""
        before_tag = _END.match(self._held)
        return self._snippet + self._held if before_tag else self._held + self._snippet


def _place(page: bytes) -> int:
    """Return where to cut: before the last end tag in reach, or before what may become one."""
    start = max(0, len(page) - HELD_BYTES_MAX)
    found = [match.start() for match in _END.finditer(page, start)]
    if found:
        return found[-1]
    tail = page[-len(_END_TAG) :].lower()
    begun = next((size for size in range(len(tail), 0, -1) if tail.endswith(_END_TAG[:size])), 0)
    return len(page) - begun

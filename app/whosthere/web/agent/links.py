"""Addresses in a text that an agent may click: http, https and mailto, and nothing that pretends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

# The rule of the panel's own links; controls and what turns the reading direction end an address.
_ADDRESS = re.compile(
    "\\b(?:https?://|mailto:)[^\\s<>\"'`{}|\\\\^\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+", re.IGNORECASE
)
_CLOSING = {")": "(", "]": "["}
_OF_THE_SENTENCE = ".,;:!?…*_~"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `href` if it is an address."""

    text: str
    href: str | None = None


def pieces(text: str) -> Iterator[Piece]:
    """Cut a text into plain parts and addresses; together they are the text."""
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match[0])
        if not _is_safe(address):
            continue
        if match.start() > end:
            yield Piece(text[end : match.start()])
        yield Piece(address, address)
        end = match.start() + len(address)
    if end < len(text):
        yield Piece(text[end:])


def _trimmed(address: str) -> str:
    """Return an address without what more likely belongs to the sentence around it."""
    while address:
        last = address[-1]
        opening = _CLOSING.get(last)
        if last not in _OF_THE_SENTENCE and (opening is None or address.count(last) <= address.count(opening)):
            break
        address = address[:-1]
    return address


def _is_safe(address: str) -> bool:
    """Whether it leads where it says: a name before an `@` would pass for the host."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return "@" in parts.path
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False

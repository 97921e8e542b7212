"""Which answers of a host may carry a signed snippet, and what such an answer has to lose (docs/wsgi.md).

When in doubt, an answer carries none: a page without a chat is a nuisance, a token in a shared cache is a breach.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

Headers = list[tuple[str, str]]

_SHARED_DIRECTIVES = frozenset({"public", "s-maxage"})
# These steer caches in front of the host, some of them against its Cache-Control; X-Accel-Expires is nginx's.
_SURROGATE = re.compile(r"surrogate-control|edge-control|x-accel-expires|(.+-)?cdn-cache-control", re.IGNORECASE)
# With these another server sends a file in place of the body.
_BODY_ELSEWHERE = frozenset({"x-sendfile", "x-accel-redirect", "x-lighttpd-send-file", "x-litespeed-location"})
# These describe the body that was, or let it be kept or asked for in parts.
_LOST = frozenset(
    {
        "cache-control",
        "etag",
        "last-modified",
        "expires",
        "pragma",
        "accept-ranges",
        "content-md5",
        "digest",
        "content-digest",
        "repr-digest",
    }
)
# Outside their ASCII state the bytes of a tag mean other characters.
_STATEFUL = re.compile(r"iso2022|hz|utf-?7")
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?\s*([^\s\";]+)", re.IGNORECASE)
_LENGTH = re.compile("[0-9]{1,18}")  # no page is longer, and Python reads no number of thousands of digits
_MARKUP = "</body>"


def may_carry(method: str, status: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Whether an answer is a whole page, readable, and meant for one visitor; `HEAD` stands for its `GET`."""
    if method not in ("GET", "HEAD") or status.partition(" ")[0] != "200":
        return False
    pairs = [(name.lower(), value) for name, value in headers]
    types = [value for name, value in pairs if name == "content-type"]
    return len(types) == 1 and _is_readable_html(types[0]) and not any(_forbids(*pair) for pair in pairs)


def private(headers: Iterable[tuple[str, str]], added_bytes: int) -> Headers:
    """Return the headers of an answer to which `added_bytes` are added: it belongs to one visitor and is kept nowhere.

    A length stays as right as it was; one that is no number is dropped, because nobody can correct it.
    """
    kept: Headers = []
    for name, value in headers:
        lowered = name.lower()
        if lowered == "content-length":
            if _LENGTH.fullmatch(value):
                kept.append((name, str(int(value) + added_bytes)))
        elif lowered not in _LOST:
            kept.append((name, value))
    return [*kept, ("Cache-Control", "private, no-store")]


def _is_readable_html(content_type: str) -> bool:
    if content_type.partition(";")[0].strip().lower() != "text/html":
        return False
    charset = _CHARSET.search(content_type)
    return charset is None or _spells_ascii_alike(charset[1])


def _spells_ascii_alike(charset: str) -> bool:
    """Whether the snippet, which is ASCII, has the same bytes in this charset wherever it stands."""
    try:
        codec = codecs.lookup(charset)
        return not _STATEFUL.match(codec.name) and _MARKUP.encode(charset) == _MARKUP.encode("ascii")
    except (LookupError, ValueError):
        return False


def _forbids(name: str, value: str) -> bool:
    if name == "cache-control":
        return not _SHARED_DIRECTIVES.isdisjoint(_directives(value))
    if name == "content-encoding":
        return value.strip().lower() not in ("", "identity")
    if name == "content-disposition":
        return value.lstrip().lower().startswith("attachment")  # a download, to be passed on
    return name in _BODY_ELSEWHERE or _SURROGATE.fullmatch(name) is not None


def _directives(cache_control: str) -> set[str]:
    return {directive.partition("=")[0].strip(' \t"').lower() for directive in cache_control.split(",")}

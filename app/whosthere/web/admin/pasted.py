"""What somebody pasted out of a page: the config in it, be it JSON or the JavaScript around it.

JavaScript is read, never run. What only running would tell (a variable, a call, a sum) stays unknown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

FIELDS = ("userId", "userEmail", "userAuthToken", "identityToken")
_TOLD = {*FIELDS, "platformId", "fullPrivacy"}
_PIECE = re.compile(
    r"""(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))"""
    # What is not closed ends with its line, or its text: every quote is looked at once.
    r"""|(?P<text>"(?:[^"\\\n]|\\[\s\S])*+(?:"|(?=\n)|\\?\Z)|'(?:[^'\\\n]|\\[\s\S])*+(?:'|(?=\n)|\\?\Z)"""
    r"""|`(?:[^`\\]|\\[\s\S])*+(?:`|\\?\Z))"""
    r"""|(?P<word>[\w$.+-]+)|(?P<sign>\S)"""
)
_GOES_ON = frozenset("([+?|&*/%=<>!")
"""What stands after a value that is only the beginning of one."""
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([\s\S]))")
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


@dataclass(slots=True)
class _Reading:
    """Where a reader of JavaScript is.

    Attributes:
        found: what each object says itself, in the order in which they begin; the first is the text around them.
        inside: the objects around this place, as positions in `found`.
        key: what stood before a colon.
    """

    found: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    inside: list[int] = field(default_factory=lambda: [0])
    key: str | None = None


def read_config(text: str) -> dict[str, Any]:
    """Return the config that stands in a text; `{}` when there is none. A value that is not known is `None`."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1] if 0 <= start < end else text)
    except (ValueError, RecursionError):
        found = next((one for one in _objects(text) if _TOLD & one.keys()), {})
    return found if isinstance(found, dict) else {}


def _objects(text: str) -> list[dict[str, Any]]:
    pieces = [(match.lastgroup, match[0]) for match in _PIECE.finditer(text) if match.lastgroup != "comment"]
    reading = _Reading()
    for (kind, piece), (_, following) in pairwise([*pieces, ("", "")]):
        if kind != "sign":
            _read_value(reading, str(kind), piece, following)
        elif piece == "{":
            reading.key = None
            reading.inside.append(len(reading.found))
            reading.found.append({})
        elif piece == "}" and len(reading.inside) > 1:
            reading.inside.pop()
        elif piece != ":":
            reading.key = None
    return reading.found


def _read_value(reading: _Reading, kind: str, piece: str, following: str) -> None:
    if reading.key is None:
        reading.key = (_unquoted(piece) if kind == "text" else piece) if following == ":" else None
        return
    known = following[:1] not in _GOES_ON or not following
    reading.found[reading.inside[-1]][reading.key] = _value(kind, piece) if known else None
    reading.key = None


def _value(kind: str, piece: str) -> object:
    if kind == "text":
        return None if piece[0] == "`" and "${" in piece else _unquoted(piece)
    try:
        return json.loads(piece)
    except ValueError:
        return None  # a variable: what is in it is not known here


def _unquoted(piece: str) -> str:
    text = _ESCAPED.sub(_unescaped, piece[1:-1])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code is None:
        return _NAMED.get(escape[4], escape[4])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"

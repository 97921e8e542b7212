"""What is left of a message whose content was removed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

REDACTED = "redacted"
"""The `event` of a message that had a text or files once."""

_TELLING_LENGTH_MIN = 4


def telling(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the texts, as they are and as an address spells them, by which an address would tell who it is about.

    Short ones are in every address.
    """
    known = [name for name in names if name is not None and len(name) >= _TELLING_LENGTH_MIN]
    return tuple(dict.fromkeys(spelling for name in known for spelling in (name, quote(name), quote(name, safe=""))))

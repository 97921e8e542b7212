"""What is left of a message whose content was removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import unquote_plus

REDACTED = "redacted"
"""The `event` of a message that had a text or files once."""

_TELLING_LENGTH_MIN = 4


def tells(address: str, names: Collection[str]) -> bool:
    """Whether a page's address names somebody, in whichever case and however it is percent-encoded.

    Args:
        names: as `folded` returns them.
    """
    once = unquote_plus(address)
    spellings = [one.casefold() for one in (address, once, unquote_plus(once))]
    return any(name in spelling for name in names for spelling in spellings)


def folded(names: Iterable[str | None]) -> frozenset[str]:
    """Return the texts by which an address would tell who it is about; short ones are in every address."""
    return frozenset(name.casefold() for name in names if name is not None and len(name) >= _TELLING_LENGTH_MIN)

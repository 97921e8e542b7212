"""Finding what an argument names: platforms and keys, by their id or by their name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from whosthere.cli.failures import Failure, accepted
from whosthere.services import keys, platforms
from whosthere.services.runtime import Runtime
from whosthere.storage.keys import KeyRow
from whosthere.storage.platforms import Platform


class Named(Protocol):
    """Something with an id and a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def platform_of(runtime: Runtime, text: str) -> Platform:
    """Return the platform with this id, or the only one with this name.

    Raises:
        Failure: there is none, or several share the name.
    """
    platform_id = _uuid(text)
    if platform_id is not None:
        found = platforms.find(runtime, platform_id)
        if isinstance(found, Platform):
            return found
    return only(platforms.listed(runtime), text, kind="platform", known="whosthere platform list")


def key_of(runtime: Runtime, platform: Platform, text: str) -> KeyRow:
    """Return the platform's key with this id, or the only one with this name.

    Raises:
        Failure: there is none, or several share the name.
    """
    rows = accepted(keys.listed(runtime, platform.id))
    return only(rows, text, kind="key", known=f"whosthere key list {platform.id}")


def only(candidates: Iterable[N], text: str, *, kind: str, known: str) -> N:
    """Return the candidate whose id is `text`, or the only one whose name it is; `known` lists them all."""
    everything = list(candidates)
    found: Sequence[N] = [one for one in everything if one.id == text.lower()]
    found = found or [one for one in everything if one.name == text]
    if len(found) > 1:
        raise Failure(f"Several {kind}s are named {text!r}; use one of these ids: {', '.join(one.id for one in found)}")
    if not found:
        raise Failure(f"There is no {kind} {text!r}. To see all: {known}")
    return found[0]


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None

"""Origins a platform may be embedded on (RFC 6454), compared as whole strings."""

from __future__ import annotations

import re
from collections.abc import Iterable

ORIGIN_LENGTH_MAX = 300
_WILDCARD = "*."
_ORIGIN = re.compile(r"(https?)://((?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
_DEFAULT_PORTS = {("http", ":80"), ("https", ":443")}


def problem(origin: str) -> str | None:
    """Return why `origin` cannot stand on a platform's list, or `None`.

    One leading `*.` label is allowed and stands for exactly one label.
    """
    if len(origin) > ORIGIN_LENGTH_MAX:
        return "an origin has at most 300 characters"
    fitting = _ORIGIN.fullmatch(origin)
    if fitting is None:
        return (
            f"{origin!r} is not an origin: write scheme, host and port as browsers do, in lower case and without a "
            "path, such as https://shop.example.com or http://localhost:3000"
        )
    if (fitting[1], fitting[3]) in _DEFAULT_PORTS:
        return f"{origin!r} names the default port, which browsers leave out"
    if fitting[3] and int(fitting[3][1:]) > 65535:
        return f"{origin!r} has a port above 65535"
    if fitting[2].startswith(_WILDCARD) and "." not in fitting[2][2:]:
        return f"{origin!r} would allow a whole top-level domain"
    return None


def allows(origins: Iterable[str], origin: str) -> bool:
    """Whether `origin`, as a browser sent it, is on the list."""
    scheme, separator, host = origin.partition("://")
    _, dot, parent = host.partition(".")
    wildcard = f"{scheme}://{_WILDCARD}{parent}" if separator and dot else None
    # What holds a star is on lists only; no browser has such an origin.
    return "*" not in origin and any(allowed in (origin, wildcard) for allowed in origins)

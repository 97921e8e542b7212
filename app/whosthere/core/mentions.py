"""Mentions: whom a note calls, as `@grace@example.com` (docs/agents.md, "Notes and mentions")."""

from __future__ import annotations

import re

from whosthere.core.emails import lookup_key

MENTIONS_MAX = 20
# At the beginning, after white space or an opening bracket: an address that merely stands in a note calls nobody.
_CALL = re.compile(r"(?<![^\s(\[{])@([^\s@]{1,64}@[^\s@()\[\]{}<>,;:!?\"]{1,253})")


def mentioned(text: str) -> tuple[str, ...]:
    """Return the email lookup keys of those a note calls: in their order, each once, at most 20."""
    keys = (lookup_key(match[1].rstrip(".'")) for match in _CALL.finditer(text))
    return tuple(dict.fromkeys(keys))[:MENTIONS_MAX]

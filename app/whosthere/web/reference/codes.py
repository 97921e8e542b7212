"""What each code means, in the words of `docs/codes.md`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROW = re.compile(r"^\| `([a-z_]+)` \| (\d+) \| (.+) \|$", re.MULTILINE)  # without a status, it never leaves the server


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a problem document.

    Attributes:
        meaning: a sentence, with code between backticks.
    """

    name: str
    status: str
    meaning: str


def meanings(text: str) -> list[Code]:
    """Return the codes that leave the server, as the first table of the page lists them."""
    table = text.partition("\n## Errors\n")[2].partition("\n## ")[0]
    return [Code(*found) for found in _ROW.findall(table)]

"""Recovery codes: sixteen characters that open an account once when the second factor is lost."""

from __future__ import annotations

import base64
import hashlib
import re

COUNT = 10
BYTES = 10
"""Randomness of one code. With 80 bits there is nothing to guess, so a plain SHA-256 is enough to store."""

_SHAPE = re.compile(r"[A-Z2-7]{16}")


def spell(random: bytes) -> str:
    """Return a code for `BYTES` random bytes, in groups that are easy to copy: `abcd-efgh-ijkl-mnop`."""
    letters = base64.b32encode(random).decode("ascii").lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def digest(typed: str) -> str | None:
    """Return what is stored of a code, however it was typed; `None` for what is no such code."""
    if len(typed) > 100:
        return None
    letters = re.sub(r"[\s-]", "", typed).upper()
    if not _SHAPE.fullmatch(letters):
        return None
    return hashlib.sha256(letters.encode("ascii")).hexdigest()

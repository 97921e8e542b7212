"""Attachments: their names, how many there may be, and how a message names them (docs/http-api.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from whosthere.core.media import EXTENSIONS
from whosthere.core.reasons import Reason, Refused

NAME_LENGTH_MAX = 255
PER_MESSAGE_MAX = 10
FILES_PER_DAY = 100
SIZES_PER_DAY = 10
"""How many files of the greatest size one person may upload a day."""

UNSENT_DAYS = 1
"""How long a file is kept that no message names."""

# What Windows, or a header, would not have in the name of a file.
_AWKWARD = re.compile(r'[<>:"/\\|?*]')
_EXTENSION = re.compile(r"(?=.*[a-z])[a-z0-9]{1,8}")

TOO_MANY_A_DAY = Refused(Reason.TOO_MANY_REQUESTS, "That is as much as one person may upload a day.")
NOT_THERE = Refused(
    Reason.INVALID_FIELD, "attachments names a file that is not there, not yours or already sent.", "attachments"
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody uploaded within a day: how many files, and their bytes."""

    files: int
    size: int


def refuse_usage(usage: Usage, size_max: int, size: int = 0) -> Refused | None:
    """Say why nobody who has uploaded that much may upload `size` bytes more, or `None`."""
    full = usage.files >= FILES_PER_DAY or usage.size + size > SIZES_PER_DAY * size_max
    return TOO_MANY_A_DAY if full else None


def read_name(name: str, media_type: str) -> str | Refused:
    """Return the name under which a file is kept and given out, or why it cannot have the one it was sent with.

    A name ends as names of its kind do; nothing in it is invisible, turns the reading direction, or names a folder.
    """
    seen = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C")
    if media_type not in EXTENSIONS:
        detail = "Such files cannot be sent here. Images, PDF and plain text can."
        return Refused(Reason.ATTACHMENT_REFUSED, detail, "file")
    clean = _AWKWARD.sub("_", re.split(r"[/\\]", seen)[-1]).strip(" .")
    stem, dot, extension = clean.rpartition(".")
    if dot and extension.lower() in EXTENSIONS[media_type]:
        clean = stem.rstrip(" .") or "file"
    elif dot and _EXTENSION.fullmatch(extension.lower()):
        endings = ", ".join(f".{ending}" for ending in EXTENSIONS[media_type])
        return Refused(Reason.INVALID_FIELD, f"The name of such a file ends in {endings}.", "name")
    elif clean:
        extension = EXTENSIONS[media_type][0]
    else:
        return Refused(Reason.INVALID_FIELD, "The file has no name.", "name")
    return f"{clean[: NAME_LENGTH_MAX - len(extension) - 1]}.{extension}"


def refuse_references(ids: Sequence[str]) -> Refused | None:
    """Say why a message cannot name these files, or `None`: ten at most, each once."""
    if len(ids) > PER_MESSAGE_MAX:
        return Refused(Reason.INVALID_FIELD, f"A message has at most {PER_MESSAGE_MAX} attachments.", "attachments")
    if len(set(ids)) != len(ids):
        return Refused(Reason.INVALID_FIELD, "attachments names a file twice.", "attachments")
    return None

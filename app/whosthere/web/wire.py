"""How values look on the wire: instants, ids, cursors."""

from __future__ import annotations

import base64
import binascii
import json
import re
from contextlib import suppress
from datetime import UTC, datetime

from whosthere.core.reasons import Reason, Refused
from whosthere.services.typing import EXPIRES_SECONDS, Typing

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOBODY = "00000000-0000-0000-0000-000000000000"
_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9a-f-]{36})")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_BROKEN_CURSOR = Refused(Reason.INVALID_CURSOR, "This cursor is not one of ours.", "cursor")


def instant(milliseconds: int) -> str:
    """Return epoch milliseconds as RFC 3339 in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def identifier(text: str) -> str:
    """Return `text` if it is spelled as our ids are, else an id that names nothing: a stranger's guess is a 404."""
    return text if _UUID.fullmatch(text) else _NOBODY


def read_instant(text: str, name: str) -> int | Refused:
    """Return an instant of RFC 3339, with its offset, as epoch milliseconds."""
    with suppress(ValueError, OverflowError):
        if _INSTANT.fullmatch(text):
            return int(datetime.fromisoformat(text.upper()).timestamp() * 1000)
    return Refused(Reason.INVALID_FIELD, f"{name} is an instant as in 2026-11-24T09:00:00Z.", name)


def cursor(updated_at: int, row_id: str) -> str:
    """Return the opaque cursor after a list's last item."""
    return base64.urlsafe_b64encode(f"{updated_at}.{row_id}".encode()).decode().rstrip("=")


def read_cursor(text: str | None, first: tuple[int, str]) -> tuple[int, str] | Refused:
    """Return the position behind a cursor, `first` without one; refuse what is not one of ours."""
    if text is None:
        return first
    if len(text) > 200 or not text.isascii():
        return _BROKEN_CURSOR
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return _BROKEN_CURSOR
    match = _CURSOR.fullmatch(decoded)
    if match is None or not _UUID.fullmatch(match[2]):
        return _BROKEN_CURSOR
    return int(match[1]), match[2]


def typing_event(typing: Typing) -> str:
    """Return that somebody types as a server-sent event; without an `id`, since nobody comes back to it."""
    data = {
        "conversationId": typing.conversation_id,
        "author": {"kind": typing.author_kind},
        "typing": typing.typing,
        "expiresInSeconds": EXPIRES_SECONDS,
    }
    return f"event: typing\ndata: {json.dumps(data)}\n\n"


def whole_number(text: str | None, name: str, default: int, *, least: int, most: int) -> int | Refused:
    """Return a query parameter as a whole number between `least` and `most`."""
    if text is None:
        return default
    if re.fullmatch(r"[0-9]{1,18}", text) and least <= int(text) <= most:
        return int(text)
    return Refused(Reason.INVALID_FIELD, f"{name} is a whole number from {least} to {most}.", name)

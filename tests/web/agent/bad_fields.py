"""What may not stand in the bodies of the agent API: path, fields, and the field that the refusal names."""

from __future__ import annotations

from typing import Any

from tests.web.agent.endpoints import NOBODY
from tests.web.widget.test_malformed import NO_STRINGS

STATES = ("", "Open", "ended", "snoozed", 5, None, ["open"], True)
CANNED = ("canned-replies", "canned-replies/{thing}")
NO_MOMENTS = (
    *(5, True, [], {}, "", "tomorrow", "2027-01-16", "2027-01-16T08:00:00", "2027-13-01T00:00:00Z"),
    *("2027-01-15T08:00:00Z", "2026-01-16T08:00:00Z", "2028-02-16T08:00:00Z", "9999-12-31T23:59:59Z"),
)
BAD_FIELDS: tuple[tuple[str, dict[str, Any], str], ...] = (
    *((path, {"text": value}, "text") for path in ("messages", "notes") for value in NO_STRINGS),
    *((path, {"text": value}, "text") for path in ("messages", "notes") for value in ("", " \n", "a\0", "x" * 10_001)),
    *(
        (path, {"clientMessageId": value}, "clientMessageId")
        for path in ("messages", "notes")
        for value in (*NO_STRINGS, "", "x" * 129, "a\nb", "a\0")
    ),
    *(("typing", {"typing": value}, "typing") for value in (None, 1, 0, "true", "", [], {}, 1.0)),
    *(
        ("messages", {"attachments": value}, "attachments")
        for value in (None, "x", {}, 5, ["x"], ["x", "x"], [str(number) for number in range(11)])
    ),
    *(("state", {"state": value}, "state") for value in STATES),
    *((path, {"name": value}, "name") for path in ("/me", "tokens") for value in (5, True, [], {}, "", "a\0", "a\nb")),
    *(("/me", {"name": value}, "name") for value in (" a", "x" * 256)),
    *(("/me", {"available": value}, "available") for value in ("yes", 1, [], {})),
    *(("/me", {"preferences": {"sound": value}}, "preferences.sound") for value in ("yes", 1, [], {})),
    *(("tokens", {"name": value}, "name") for value in (None, "x" * 101)),
    *(("tokens", {"days": value}, "days") for value in (None, 0, 367, "9", 1.5, True, [])),
    *(("tokens", {"scopes": value}, "scopes") for value in (None, [], "read", {}, ["read", "write", "read"])),
    *(("tokens", {"scopes": [value]}, "scopes.0") for value in ("admin", "", None, 5)),
    *(("assignee", {"agentId": value}, "agentId") for value in (5, True, [], {}, "x", NOBODY, "a\0", "x" * 300)),
    *(("tags", {"tags": value}, "tags") for value in (None, "vip", {}, ["x"] * 51)),
    *(("tags", {"tags": [value]}, "tags.0") for value in (None, 5, "", "a\0", "x" * 101, ["x"])),
    *(("snooze", {"until": value}, "until") for value in NO_MOMENTS),
    *(("spam", {"spam": value}, "spam") for value in (None, 1, 0, "true", "", [], {})),
    *(("presence", {"activity": value}, "activity") for value in (*NO_STRINGS, "", "Viewing", "gone", "a\0")),
    *((path, {"name": value}, "name") for path in CANNED for value in (*NO_STRINGS, "", "a b", "é", "a\n", "x" * 51)),
    *((path, {"body": value}, "body") for path in CANNED for value in (*NO_STRINGS, "", " ", "a\0", "x" * 10_001)),
    ("canned-replies", {"platformId": None}, "platformId"),
    ("undone", {"undone": False}, "undone"),
    *(("block", {"blocked": value}, "blocked") for value in (None, 1, 0, "true", "", [], {})),
    *(("read", {"seq": value}, "seq") for value in (None, "1", 1.0, True, [], {}, -1, 2**53 + 1, 10**30)),
)

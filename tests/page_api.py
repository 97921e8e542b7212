"""The page's API as its types declare it: the list that script, documentation and tests are held against."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TYPES = ROOT / "packages" / "whosthere" / "index.d.ts"
_MEMBER = re.compile(r"^  (\w+)\??:", re.MULTILINE)


def members(interface: str) -> tuple[str, ...]:
    """Return the names that an interface of the types declares."""
    body = re.search(rf"^export interface {interface}\b[^{{]*{{(.*?)^}}", TYPES.read_text(), re.DOTALL | re.MULTILINE)
    assert body is not None, f"there is no interface {interface}"
    return tuple(_MEMBER.findall(body[1]))


IDENTITY = members("Identity")
COMMANDS = members("Commands")
EVENTS = members("Events")
WIDGET_OPTIONS = tuple(f"widgetOptions.{name}" for name in members("WidgetOptions"))
CONFIG = (*IDENTITY, *members("Config"))
CONFIG_ROWS = tuple(
    row
    for key in CONFIG
    for row in {
        "widgetOptions": WIDGET_OPTIONS,
        "subsequentIssuesInSameSessionConfig": ("subsequentIssuesInSameSessionConfig.initialUserMessage",),
    }.get(key, (key,))
)

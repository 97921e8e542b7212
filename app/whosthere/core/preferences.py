"""What agents choose for themselves, and what holds until they do (docs/agents.md, "Your account")."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

DEFAULTS: Mapping[str, bool] = MappingProxyType(
    {
        "singleKeys": True,  # shortcuts of one key; WCAG 2.2, 2.1.4 asks that they can be switched off
        "sound": False,
        "notifications": False,  # of the browser, which asks for permission by itself
        "emailNotices": True,  # mail about what waits while one is away
        "notificationText": False,  # whether they show what was written: a screen may be seen by others
    }
)


def complete(stored: Mapping[str, Any]) -> dict[str, bool]:
    """Return every preference: the stored one, or the default where nothing usable is stored."""
    return {name: stored[name] if isinstance(stored.get(name), bool) else default for name, default in DEFAULTS.items()}

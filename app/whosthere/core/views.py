"""The views of the inbox: which conversations stand in which list (docs/agents.md, "The inbox")."""

from __future__ import annotations

from enum import StrEnum


class Place(StrEnum):
    """Where the team keeps a conversation, whatever its state."""

    INBOX = "inbox"
    SNOOZED = "snoozed"
    SPAM = "spam"


class View(StrEnum):
    """One list of the inbox. What is spam stands in the list of that name only."""

    UNASSIGNED = "unassigned"
    MINE = "mine"
    OPEN = "open"
    WAITING = "waiting"  # for our answer
    ALL = "all"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    SPAM = "spam"

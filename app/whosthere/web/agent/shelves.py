"""The views of the inbox as an agent sees them: their order, names, keys, and what an empty one says."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from whosthere.core.roles import Right, may
from whosthere.core.views import View
from whosthere.services.agents import Identity
from whosthere.services.inbox_views import COUNT_MAX


@dataclass(frozen=True, slots=True)
class Shelf:
    """One view in the left column.

    Attributes:
        key: the letter after `g` that goes there.
        counted: whether its number says how much is to be done.
    """

    view: View
    label: str
    title: str
    key: str
    empty: str
    counted: bool = True


_QUIET = "Nothing is waiting. Enjoy the quiet."
SHELVES = (
    Shelf(View.WAITING, "Waiting for us", "Waiting for us", "w", _QUIET),
    Shelf(View.UNASSIGNED, "Unassigned", "Unassigned", "u", "Everything is in somebody’s hands."),
    Shelf(View.MINE, "Mine", "Mine", "m", "Nothing is assigned to you."),
    Shelf(View.OPEN, "All open", "All open", "o", _QUIET),
    Shelf(View.SNOOZED, "Snoozed", "Snoozed", "s", "Nothing sleeps here."),
    Shelf(View.RESOLVED, "Resolved", "Resolved", "r", "Nothing is resolved yet.", counted=False),
    Shelf(View.REJECTED, "Rejected", "Rejected", "j", "Nothing was rejected.", counted=False),
    Shelf(View.SPAM, "Spam", "Spam", "p", "No spam. Long may it last.", counted=False),
    Shelf(View.ALL, "All", "All conversations", "a", "Nobody has written yet.", counted=False),
)


ACCOUNT_PAGES: tuple[tuple[str, str, Right], ...] = (
    ("agent.show_profile", "Your account", Right.SERVE),
    ("agent.show_replies", "Canned replies", Right.SERVE),
    ("agent.show_unwanted_visitors", "Unwanted visitors", Right.BLOCK_NETWORKS),
    ("agent.show_teams", "Team", Right.MANAGE_TEAM),
    ("agent.show_outboxes", "Outbox", Right.SEE_TEAM),
    ("admin.show_platforms", "Settings", Right.MANAGE_PLATFORM),
)
"""What the menu below the agent's name leads to: endpoint, label, and the right that it needs on some platform."""


def account_pages(identity: Identity, endpoints: Container[str]) -> list[tuple[str, str]]:
    """Return endpoint and label of each page of that menu that there is for this agent."""
    roles = {membership.role for membership in identity.memberships}
    return [
        (endpoint, label)
        for endpoint, label, right in ACCOUNT_PAGES
        if endpoint in endpoints and (right is Right.SERVE or any(may(role, right) for role in roles))
    ]


def count_in_words(count: int) -> str:
    """Return a number as the left column shows it, `""` for none; numbers above `COUNT_MAX` are not told apart."""
    return "" if count == 0 else f"{COUNT_MAX}+" if count > COUNT_MAX else str(count)

"""A platform's policy: who is let in, and how long an anonymous visitor lives (docs/identity.md §4, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verification(StrEnum):
    """How strictly a platform asks for proof."""

    ENFORCED = "enforced"
    REPORT = "report"
    OFF = "off"


class AnonymousHistory(StrEnum):
    """What happens to an anonymous conversation after a verified login."""

    KEEP = "keep"
    ASK = "ask"


ANONYMOUS_DAYS_MAX = 365


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide about identity.

    Attributes:
        user_id_pattern: RE2 pattern that a `userId` must match as a whole, or `None`.
        email_adoption: whether a verified claim may add its userId to a record found by email.
        anonymous_days: days an anonymous user lives from its creation.
        anonymous_idle_days: days without activity that end it earlier, or `None`.
    """

    platform_id: str
    verification: Verification = Verification.ENFORCED
    user_id_pattern: str | None = None
    email_adoption: bool = True
    anonymous_days: int = 7
    anonymous_idle_days: int | None = None
    anonymous_history: AnonymousHistory = AnonymousHistory.KEEP

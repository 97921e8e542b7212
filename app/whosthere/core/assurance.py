"""What is known about a visitor: the three assurances, and who vouches for an identifier."""

from __future__ import annotations

from enum import StrEnum


class Assurance(StrEnum):
    """How sure we are who a session belongs to (docs/identity.md, "Words")."""

    ANONYMOUS = "anonymous"
    CLAIMED = "claimed"
    VERIFIED = "verified"

    @property
    def in_words(self) -> str:
        """The English words an agent reads; absence of a mark never means verified."""
        return _WORDS[self]


_WORDS = {
    Assurance.ANONYMOUS: "Anonymous",
    Assurance.CLAIMED: "Claimed, not verified",
    Assurance.VERIFIED: "Verified",
}

"""Boundary shift: how many pairs of identifiers one `helpshift` token fits (docs/identity.md §3).

The scheme signs `userId + userEmail` with nothing between them, so a token for (`u1`, `0x@evil.example`) is also one
for (`u10`, `x@evil.example`). A token that fits several pairs must not open what only one of them owns.
"""

from __future__ import annotations

from collections.abc import Iterator

from whosthere.core.identifiers import user_email_problem, user_id_problem
from whosthere.core.patterns import matches


def is_ambiguous(user_id: str | None, user_email: str | None, pattern: str | None) -> bool:
    """Tell whether the text signed for this valid pair can also be read as another valid pair.

    Args:
        pattern: the platform's `user_id_pattern`; a fixed shape of ids is what makes a split unique.
    """
    text = f"{user_id or ''}{user_email or ''}"
    own = len(user_id or "")
    return any(fits(text[:at], text[at:], pattern) for at in _boundaries(text) if at != own)


def fits(user_id: str, user_email: str, pattern: str | None) -> bool:
    """Tell whether the two parts are identifiers by §2 and the pattern; an empty part is one not given.

    A pattern has to match the empty userId too: otherwise every email would also be readable with an id in front of
    it, and no shape of ids could ever make a split unique. A platform with a pattern promises to sign no email alone.
    """
    if not matches(pattern, user_id) or user_id_problem(user_id) is not None:
        return False
    return user_email_problem(user_email) is None


def _boundaries(text: str) -> Iterator[int]:
    """Yield every boundary that can leave an email, or nothing, on the right.

    An address holds exactly one `@` (quoted local parts are not accepted), so it begins behind the last `@` but
    one; all other boundaries could be tried too, and would only cost time.
    """
    yield len(text)
    at = text.rfind("@")
    if at > 0:
        yield from range(text.rfind("@", 0, at) + 1, at)

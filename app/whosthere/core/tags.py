"""What a conversation's tags may be; pages and agents keep to the same rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whosthere.core.reasons import Reason, Refused

TAGS_MAX = 50
TAG_LENGTH_MAX = 100


def refuse_tags(tags: Sequence[str]) -> Refused | None:
    """Say why these cannot be the tags of a conversation, or `None`: at most 50 of 1 to 100 characters, no U+0000."""
    if len(tags) > TAGS_MAX:
        return _invalid(f"A conversation has at most {TAGS_MAX} tags.")
    if not all(1 <= len(tag) <= TAG_LENGTH_MAX and "\0" not in tag for tag in tags):
        return _invalid(f"A tag has 1 to {TAG_LENGTH_MAX} characters, and no U+0000.")
    return None


def unique(tags: Iterable[str]) -> list[str]:
    """Return the tags without repetitions, in their order."""
    return list(dict.fromkeys(tags))


def _invalid(detail: str) -> Refused:
    return Refused(Reason.INVALID_FIELD, detail, "tags")

"""The shape a platform promises for its userIds: a linear-time pattern (docs/identity.md §3, "Boundary shift").

RE2 has no backtracking, so a pattern from the desk cannot be turned into a denial of service by the userIds that
strangers send (https://github.com/google/re2/wiki/Syntax).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import re2

PATTERN_LENGTH_MAX = 512
_MEMORY_BYTES_MAX = 1 << 20


class BadPattern(ValueError):
    """The pattern cannot be used; the message says why and is fit for the person who typed it."""


def problem(pattern: str) -> str | None:
    """Return one sentence about what is wrong with `pattern`, or `None` if it may be stored."""
    try:
        _compiled(pattern)
    except BadPattern as error:
        return str(error)
    return None


def matches(pattern: str | None, user_id: str) -> bool:
    """Tell whether `user_id` matches `pattern` as a whole; without a pattern everything does.

    Raises:
        BadPattern: a pattern was stored that `problem` would have named; nobody is let in by mistake.
    """
    return pattern is None or _compiled(pattern)(user_id) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Callable[[str], object | None]:
    if not pattern:
        raise BadPattern("The pattern is empty.")
    if len(pattern) > PATTERN_LENGTH_MAX:
        raise BadPattern(f"The pattern is longer than {PATTERN_LENGTH_MAX} characters.")
    options = re2.Options()
    options.log_errors = False  # RE2 would write to the host's stderr
    options.max_mem = _MEMORY_BYTES_MAX
    try:
        fullmatch: Callable[[str], object | None] = re2.compile(pattern, options).fullmatch
    except UnicodeEncodeError as error:
        raise BadPattern("The pattern holds half a surrogate pair.") from error
    except re2.error as error:
        raise BadPattern(f"The pattern is not valid RE2: {_words(error)}.") from error
    return fullmatch


def _words(error: Exception) -> str:
    argument = error.args[0] if error.args else "unknown error"
    return argument.decode(errors="replace") if isinstance(argument, bytes) else str(argument)

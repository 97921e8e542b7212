"""What may be set on a platform, each option with the check of its text (docs/operating.md, "Platforms").

The command line and the desk both hand in text. All problems of one change are found together.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from whosthere.core import origins, patterns
from whosthere.core.abuse import STARTS_PER_HOUR_MAX, ProofOfWork
from whosthere.core.hours import Unreadable, read_hours
from whosthere.core.policy import ANONYMOUS_DAYS_MAX, AnonymousHistory, Verification
from whosthere.core.reasons import Reason, Refused
from whosthere.storage.platforms import Platform

E = TypeVar("E", bound=StrEnum)

NAME_LENGTH_MAX = 255
GREETING_LENGTH_MAX = 500
ORIGINS_MAX = 100
RETENTION_DAYS_MAX = 3650
REPLY_TIMES = ("minutes", "hours", "day")
POSITIONS = ("bottom-right", "bottom-left", "top-right", "top-left")


@dataclass(frozen=True, slots=True)
class Invalid:
    """A change that was not made, with everything that is wrong with it; `field` of each is the option's name."""

    problems: tuple[Refused, ...]


class _Bad(ValueError):
    """The text of an option cannot be used; the message is for the person who wrote it."""


def apply(platform: Platform, values: Mapping[str, str]) -> Platform | Invalid:
    """Return the platform with `values` (option → text) set, or every problem they have."""
    problems: list[Refused] = []
    for name, text in values.items():
        if name not in OPTIONS:
            problems.append(Refused(Reason.UNKNOWN_FIELD, _unknown(name), field=name))
            continue
        try:
            platform = OPTIONS[name].put(platform, text.strip())
        except _Bad as error:
            problems.append(Refused(Reason.INVALID_FIELD, f"{name} {error}.", field=name))
    return Invalid(tuple(problems)) if problems else platform


def texts(platform: Platform) -> dict[str, str]:
    """Return every option of the platform as the text that would set it."""
    return {name: option.show(platform) for name, option in OPTIONS.items()}


# -- what each text may be ---------------------------------------------------------------------------------------


def _name(text: str) -> str:
    if not 1 <= len(text) <= NAME_LENGTH_MAX or not text.isprintable():
        raise _Bad(f"must be 1 to {NAME_LENGTH_MAX} printable characters")
    return text


def _origins(text: str) -> tuple[str, ...]:
    listed = tuple(dict.fromkeys(re.split(r"[\s,]+", text))) if text else ()
    given = tuple(dict.fromkeys(origin.removesuffix("/") for origin in listed if origin))  # as an address bar shows it
    problems = [problem for origin in given if (problem := origins.problem(origin)) is not None]
    if problems:
        raise _Bad(f"cannot be used: {'; '.join(problems)}")
    if len(given) > ORIGINS_MAX:
        raise _Bad(f"holds {len(given)} origins; {ORIGINS_MAX} is the most")
    return given


def _choice(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise _Bad(f"must be one of: {', '.join(member.value for member in kind)}") from None

    return read


def _days(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= ANONYMOUS_DAYS_MAX:
        raise _Bad(f"must be a whole number of days from 1 to {ANONYMOUS_DAYS_MAX}")
    return int(text)


def _days_or_never(text: str) -> int | None:
    return _days(text) if text not in ("", "off") else None


def _retention(text: str) -> int | None:
    if text in ("", "off"):
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= RETENTION_DAYS_MAX:
        raise _Bad(f"must be a whole number of days from 1 to {RETENTION_DAYS_MAX}, or off")
    return int(text)


def _starts(text: str) -> int | None:
    if text in ("", "off"):
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= STARTS_PER_HOUR_MAX:
        raise _Bad(f"must be a whole number from 1 to {STARTS_PER_HOUR_MAX}, or off")
    return int(text)


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise _Bad("must be on or off")
    return text == "on"


def _pattern(text: str) -> str | None:
    problem = patterns.problem(text) if text else None
    if problem is not None:
        raise _Bad(f"cannot be used: {problem.removesuffix('.')}")
    return text or None


def _color(text: str) -> str | None:
    if text and not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise _Bad("must look like #3b46d6")
    return text.lower() or None


def _position(text: str) -> str | None:
    if text and text not in POSITIONS:
        raise _Bad(f"must be one of: {', '.join(POSITIONS)}")
    return text or None


def _greeting(text: str) -> str | None:
    if len(text) > GREETING_LENGTH_MAX or not text.isprintable():
        raise _Bad(f"must be at most {GREETING_LENGTH_MAX} printable characters")
    return text or None


def _working_hours(text: str) -> str | None:
    plain = " ".join(text.split())
    try:
        if plain:
            read_hours(plain)
    except Unreadable as error:
        raise _Bad(str(error)) from None
    return plain or None


def _reply_time(text: str) -> str | None:
    if text and text not in REPLY_TIMES:
        raise _Bad(f"must be one of: {', '.join(REPLY_TIMES)}")
    return text or None


# -- where each belongs ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how its text gets into a platform, and how it is shown."""

    put: Callable[[Platform, str], Platform]
    show: Callable[[Platform], str]


def _of_platform(field: str, read: Callable[[str], Any], show: Callable[[Any], str] = str) -> Option:
    return Option(
        put=lambda platform, text: replace(platform, **{field: read(text)}),
        show=lambda platform: show(getattr(platform, field)),
    )


def _of_policy(field: str, read: Callable[[str], Any], show: Callable[[Any], str] = str) -> Option:
    return Option(
        put=lambda platform, text: replace(platform, policy=replace(platform.policy, **{field: read(text)})),
        show=lambda platform: show(getattr(platform.policy, field)),
    )


def _of_looks(key: str, read: Callable[[str], str | None]) -> Option:
    """An option of the appearance; empty text takes it back to the default."""

    def put(platform: Platform, text: str) -> Platform:
        value = read(text)
        others = {name: kept for name, kept in platform.appearance.items() if name != key}
        return replace(platform, appearance=others if value is None else {**others, key: value})

    return Option(put, show=lambda platform: str(platform.appearance.get(key, "")))


def _of_availability(key: str, read: Callable[[str], str | None]) -> Option:
    """An option about who is there when; empty text takes it away."""

    def put(platform: Platform, text: str) -> Platform:
        value = read(text)
        others = {name: kept for name, kept in platform.availability.items() if name != key}
        return replace(platform, availability=others if value is None else {**others, key: value})

    return Option(put, show=lambda platform: str(platform.availability.get(key, "")))


def _of_abuse(field: str, read: Callable[[str], Any], show: Callable[[Any], str] = str) -> Option:
    return Option(
        put=lambda platform, text: replace(platform, abuse=replace(platform.abuse, **{field: read(text)})),
        show=lambda platform: show(getattr(platform.abuse, field)),
    )


def _or_nothing(value: object) -> str:
    return "" if value is None else str(value)


OPTIONS: Mapping[str, Option] = {
    "name": _of_platform("name", _name),
    "origins": _of_platform("origins", _origins, ",".join),
    "verification": _of_policy("verification", _choice(Verification)),
    "user_id_pattern": _of_policy("user_id_pattern", _pattern, _or_nothing),
    "email_adoption": _of_policy("email_adoption", _switch, lambda on: "on" if on else "off"),
    "anonymous_days": _of_policy("anonymous_days", _days),
    "anonymous_idle_days": _of_policy("anonymous_idle_days", _days_or_never, lambda days: str(days or "off")),
    "retention_days": _of_platform("retention_days", _retention, lambda days: str(days or "off")),
    "anonymous_starts_per_hour": _of_abuse("starts_per_hour", _starts, lambda number: str(number or "off")),
    "proof_of_work": _of_abuse("proof_of_work", _choice(ProofOfWork)),
    "anonymous_history": _of_policy("anonymous_history", _choice(AnonymousHistory)),
    "brand_color": _of_looks("brandColor", _color),
    "position": _of_looks("position", _position),
    "greeting": _of_looks("greeting", _greeting),
    "working_hours": _of_availability("workingHours", _working_hours),
    "reply_time": _of_availability("replyTime", _reply_time),
}


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, OPTIONS, n=1)
    return f"There is no option {name!r}" + (f"; did you mean {near[0]}?" if near else ".")

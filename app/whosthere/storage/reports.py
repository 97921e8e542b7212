"""What reports count: the conversations that began within a period, in sums that the database makes.

A conversation that began in a period, or in which somebody wrote then, was last changed in it or later: the index of
the newest conversations bounds what is read. Spam is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Label, bindparam, case, cast, func, literal_column

from whosthere.core.reports import DAY_MS, STEPS, Period, Stretch
from whosthere.core.views import Place
from whosthere.storage.tables import conversations, messages
from whosthere.storage.tenancy import Tenant, select_in


@dataclass(frozen=True, slots=True)
class Counts:
    """The conversations that began in some time, and how many of them were answered or rated until now."""

    conversations: int
    verified: int
    claimed: int
    anonymous: int
    answered: int
    resolved: int
    rated: int
    stars: int
    commented: int

    def __add__(self, other: Counts) -> Counts:
        """Sum two of them up."""
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, for all conversations of a period for which it happened.

    Attributes:
        groups: how many took at most as long as each of `core.reports.STEPS`, and in the end how many took longer.
        median, slow: half of them took at most so long, nine of ten at most so long, in milliseconds; `None` of none.
    """

    groups: tuple[int, ...]
    median: int | None
    slow: int | None

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.groups)


_row = conversations.c
_begins, _ends = bindparam("begins_at", type_=BigInteger), bindparam("ends_at", type_=BigInteger)
_WITHIN = (
    _row.updated_at >= _begins,
    _row.created_at >= _begins,
    _row.created_at < _ends,
    _row.place != Place.SPAM.value,
)


def _sum(column: Any) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return _sum(case((condition, 1), else_=0))


def _day_of(moment: Any) -> Label[int]:
    day: ColumnElement[int] = (moment - _begins) // literal_column(str(DAY_MS), BigInteger)
    return day.label("day")


_BY_DAY = (
    select_in(
        conversations,
        columns=[
            _day_of(_row.created_at),
            func.count().label("conversations"),
            *(_number(_row.assurance == kind).label(kind) for kind in ("verified", "claimed", "anonymous")),
            _number(_row.first_reply_at.is_not(None)).label("answered"),
            _number(_row.resolved_at.is_not(None)).label("resolved"),
            _number(_row.rating.is_not(None)).label("rated"),
            _sum(_row.rating).label("stars"),
            _number(func.coalesce(_row.rating_comment, "") != "").label("commented"),
        ],
    )
    .where(*_WITHIN)
    .group_by("day")
)
_MESSAGES = (
    select_in(
        messages,
        conversations,
        columns=[messages.c.author_kind, _day_of(messages.c.created_at), func.count().label("number")],
    )
    .where(
        messages.c.conversation_id == _row.id,
        _row.updated_at >= _begins,
        _row.created_at < _ends,
        _row.place != Place.SPAM.value,
        messages.c.created_at >= _begins,
        messages.c.created_at < _ends,
    )
    .group_by(messages.c.author_kind, "day")
)
_RATINGS = (
    select_in(conversations, columns=[_row.rating, func.count().label("number")])
    .where(*_WITHIN, _row.rating.is_not(None))
    .group_by(_row.rating)
)


def _took(moment: Any) -> tuple[Any, Any]:
    duration = moment - _row.created_at
    steps: list[tuple[Any, Any]] = [
        (duration <= literal_column(str(most)), literal_column(str(place))) for place, (_, most) in enumerate(STEPS)
    ]
    group = cast(case(*steps, else_=literal_column(str(len(STEPS)))), Integer)
    happened = (*_WITHIN, moment.is_not(None))
    groups = select_in(conversations, columns=[group.label("step"), func.count().label("number")])
    one = select_in(conversations, columns=[duration.label("duration")]).where(*happened).order_by(duration)
    return groups.where(*happened).group_by(group), one.limit(1).offset(bindparam("skip", type_=BigInteger))


_REPLY_GROUPS, _REPLY = _took(_row.first_reply_at)
_RESOLUTION_GROUPS, _RESOLUTION = _took(_row.resolved_at)


def by_day(tenant: Tenant, stretch: Stretch) -> list[tuple[date, Counts]]:
    """Return what began on each day; a day on which nothing did is not there."""
    found = tenant.run(_BY_DAY, **_span(stretch))
    return [(stretch.day(int(day)), Counts(*(int(value) for value in values))) for day, *values in found]


def messages_by_day(tenant: Tenant, stretch: Stretch) -> list[tuple[str, date, int]]:
    """Return how many messages authors of each kind wrote on each day."""
    return [(kind, stretch.day(int(day)), int(number)) for kind, day, number in tenant.run(_MESSAGES, **_span(stretch))]


def ratings(tenant: Tenant, period: Period) -> Mapping[int, int]:
    """Return how many conversations have how many stars."""
    return {int(stars): int(count) for stars, count in tenant.run(_RATINGS, **_span(period))}


def replies(tenant: Tenant, period: Period) -> Took:
    """Return how long visitors waited for the first answer."""
    return _times(tenant, period, _REPLY_GROUPS, _REPLY)


def resolutions(tenant: Tenant, period: Period) -> Took:
    """Return how long it took from the beginning of a conversation until it was resolved."""
    return _times(tenant, period, _RESOLUTION_GROUPS, _RESOLUTION)


def _times(tenant: Tenant, period: Period, groups: Any, one: Any) -> Took:
    span = _span(period)
    found = {int(place): int(count) for place, count in tenant.run(groups, **span)}
    counts = tuple(found.get(place, 0) for place in range(len(STEPS) + 1))
    total = sum(counts)

    def at(percent: int) -> int | None:
        """Return the nearest rank: the shortest time that so many do not exceed."""
        if not total:
            return None
        return int(tenant.run(one, **span, skip=-(-percent * total // 100) - 1).scalar_one())

    return Took(counts, at(50), at(90))


def _span(period: Period | Stretch) -> dict[str, int]:
    return {"begins_at": period.begins_at, "ends_at": period.ends_at}

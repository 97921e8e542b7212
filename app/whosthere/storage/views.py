"""The lists of the inbox. Each reads a stretch of one index, newest first, whatever else there is.

What an index does not know is looked at row by row, and of a bounded number of rows only: `floor` says where to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, String, and_, bindparam, false, func, or_, select, true

from whosthere.core.conversation import State
from whosthere.core.views import Place
from whosthere.storage.columns import ID
from whosthere.storage.conversations import Position
from whosthere.storage.inbox import BEFORE, CASES, NEWEST_FIRST, Case, case_from_row
from whosthere.storage.tables import conversations, taggings
from whosthere.storage.tenancy import Tenant, select_in


class Index(StrEnum):
    """What leads to the conversations of a stretch."""

    BY_STATE = "by_state"
    BY_ASSIGNEE = "by_assignee"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an index; `None` for what it does not ask for."""

    index: Index
    place: Place | None = None
    state: State | None = None
    assignee_id: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What else a conversation has to be; `None` and `False` ask for nothing."""

    assurance: str | None = None
    tag: str | None = None
    assignee_id: str | None = None
    unassigned: bool = False


_row = conversations.c
_place, _state = bindparam("in_place", type_=String), bindparam("in_state", type_=String)
_state_is = (_row.place == _place, _row.state == _state)
_REACHED: dict[Index, tuple[ColumnElement[bool], ...]] = {
    Index.BY_STATE: _state_is,
    Index.BY_ASSIGNEE: (_row.assignee_id == bindparam("of_assignee", type_=ID), *_state_is),
    Index.UNASSIGNED: (_row.assignee_id.is_(None), *_state_is),
    Index.WAITING: (_row.waiting_since.is_not(None), _row.place == _place),
    Index.NEWEST: (),
}
# PostgreSQL sees no order behind an IS NULL unless it is spelled out.
_ORDER = {Index.UNASSIGNED: (_row.assignee_id.desc(), _row.place.desc(), _row.state.desc(), *NEWEST_FIRST)}

_assurance, _tag = bindparam("by_assurance", type_=String), bindparam("by_tag", type_=String)
_assignee, _nobody = bindparam("by_assignee", type_=ID), bindparam("by_nobody", type_=Boolean)
# Not an EXISTS: PostgreSQL might read everything that has the tag to answer it.
_is_tagged = (
    select_in(taggings, columns=[taggings.c.id])
    .where(taggings.c.tag == _tag, taggings.c.conversation_id == _row.id)
    .correlate(conversations)
    .scalar_subquery()
    .is_not(None)
)
_kept = (
    or_(_assurance.is_(None), _row.assurance == _assurance),
    or_(_assignee.is_(None), _row.assignee_id == _assignee),
)
_is_nobodys = or_(_nobody == false(), _row.assignee_id.is_(None))
_above_floor = and_(
    _row.updated_at >= bindparam("floor_at"),
    or_(_row.updated_at > bindparam("floor_at"), _row.id >= bindparam("floor_id")),
)


def _page(index: Index) -> Select[Any]:
    not_spam = (_row.place != Place.SPAM.value,) if index is Index.NEWEST else ()
    # Said twice, SQLite would lose sight of the order.
    nobodys = () if index is Index.UNASSIGNED else (_is_nobodys,)
    tagged = or_(_tag.is_(None), _is_tagged)
    return (
        CASES.where(*_REACHED[index], *not_spam, BEFORE, _above_floor, *_kept, *nobodys, tagged)
        .order_by(*_ORDER.get(index, NEWEST_FIRST))
        .limit(bindparam("count"))
    )


def _floor(index: Index) -> Select[Any]:
    return (
        select_in(conversations, columns=[_row.updated_at, _row.id])
        .where(*_REACHED[index], BEFORE)
        .order_by(*_ORDER.get(index, NEWEST_FIRST))
        .limit(1)
        .offset(bindparam("skip"))
    )


_PAGES = {index: _page(index) for index in Index}
_FLOORS = {index: _floor(index) for index in Index}
_some_tagged = select_in(taggings, columns=[taggings.c.id]).where(taggings.c.tag == _tag).limit(bindparam("count"))
_TAGGED_NUMBER = select(func.count()).select_from(_some_tagged.subquery())
_waiting = bindparam("is_waiting", type_=Boolean)
# What has a rare tag is found by its tag and then looked at, one by one: no planner can come to another idea.
_fitting = (
    select_in(conversations, columns=[_row.updated_at])
    .where(
        _row.id == taggings.c.conversation_id,
        BEFORE,
        *_kept,
        _is_nobodys,
        or_(and_(_place.is_(None), _row.place != Place.SPAM.value), _row.place == _place),
        or_(_state.is_(None), _row.state == _state),
        or_(_waiting == false(), _row.waiting_since.is_not(None)),
    )
    .correlate(taggings)
    .scalar_subquery()
    .label("updated_at")
)
_looked_at = (
    select_in(taggings, columns=[taggings.c.conversation_id, _fitting])
    .where(taggings.c.tag == _tag)
    .limit(bindparam("look"))
    .subquery()
)
_TAGGED = (
    select(_looked_at.c.conversation_id)
    .where(_looked_at.c.updated_at.is_not(None))
    .order_by(_looked_at.c.updated_at.desc(), _looked_at.c.conversation_id.desc())
    .limit(bindparam("count"))
)
_THESE = CASES.where(_row.id.in_(bindparam("ids", expanding=True)))
_FIRST_ID = "00000000-0000-0000-0000-000000000000"


def page(
    tenant: Tenant, stretch: Stretch, filters: Filters, before: Position, count: int, floor: Position | None
) -> list[Case]:
    """Return the conversations of a stretch that pass the filters, before a position and not beyond the floor."""
    floor_at, floor_id = (-1, _FIRST_ID) if floor is None else floor
    values = _values(stretch, filters, before) | {"floor_at": floor_at, "floor_id": floor_id, "count": count}
    return [case_from_row(tenant, row) for row in tenant.run(_PAGES[stretch.index], **values)]


def floor(tenant: Tenant, stretch: Stretch, before: Position, look: int) -> Position | None:
    """Return the position of the last of the `look` rows that come next; `None` if there are fewer."""
    values = _values(stretch, Filters(), before) | {"skip": look - 1}
    row = tenant.run(_FLOORS[stretch.index], **values).one_or_none()
    return None if row is None else (row.updated_at, row.id)


def is_rare(tenant: Tenant, tag: str, number: int) -> bool:
    """Whether no more than `number` conversations have this tag."""
    return int(tenant.run(_TAGGED_NUMBER, by_tag=tag, count=number + 1).scalar_one()) <= number


def tagged(tenant: Tenant, stretch: Stretch, filters: Filters, before: Position, count: int, look: int) -> list[Case]:
    """Return the same as `page` for a tag that is rare, out of all that have it, `look` at most."""
    waiting = stretch.index is Index.WAITING
    values = _values(stretch, filters, before) | {"is_waiting": waiting, "count": count, "look": look}
    ids = list(tenant.run(_TAGGED, **values).scalars())
    found = {row.id: case_from_row(tenant, row) for row in tenant.run(_THESE, ids=ids)} if ids else {}
    return [found[one] for one in ids if one in found]


def _values(stretch: Stretch, filters: Filters, before: Position) -> dict[str, Any]:
    return {
        "in_place": stretch.place,
        "in_state": stretch.state,
        "of_assignee": stretch.assignee_id,
        "before_at": before[0],
        "before_id": before[1],
        "by_assurance": filters.assurance,
        "by_tag": filters.tag,
        "by_assignee": filters.assignee_id or stretch.assignee_id,
        "by_nobody": filters.unassigned or stretch.index is Index.UNASSIGNED,
    }


# -- counts ----------------------------------------------------------------------------------------------------------

_me = bindparam("me", type_=ID)


def _capped(*reached: ColumnElement[bool]) -> Any:
    some = select_in(conversations, columns=[true()]).where(*reached).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _of(place: Place, state: State) -> tuple[ColumnElement[bool], ...]:
    return _row.place == place.value, _row.state == state.value


_open = _of(Place.INBOX, State.OPEN)
_COUNTS = select(
    _capped(_row.assignee_id.is_(None), *_open).label("unassigned"),
    _capped(_row.assignee_id == _me, *_open).label("mine"),
    _capped(_row.waiting_since.is_not(None), _row.place == Place.INBOX.value).label("waiting"),
    *(_capped(*_of(Place.INBOX, state)).label(state.value) for state in State),
    _capped(*_of(Place.SNOOZED, State.OPEN)).label("snoozed"),
    *(_capped(*_of(Place.SPAM, state)).label(f"spam_{state.value}") for state in State),
)


def counts(tenant: Tenant, agent_id: str, most: int) -> dict[str, int]:
    """Return how many conversations there are of each kind, counted up to `most`."""
    return dict(tenant.run(_COUNTS, me=agent_id, most=most).one()._mapping)

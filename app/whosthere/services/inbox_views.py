"""The lists that agents look through, newest first: what a view and its filters show of all their platforms.

A page costs the same however much there is. What no index answers is looked for among a bounded number of
conversations; a page that was cut short by that bound says so, and where to look further.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from whosthere.core.assurance import Assurance
from whosthere.core.conversation import State
from whosthere.core.views import Place, View
from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.storage import views
from whosthere.storage.conversations import Position
from whosthere.storage.inbox import Case
from whosthere.storage.tenancy import Tenant
from whosthere.storage.views import Filters, Index, Stretch

PAGE_SIZE = 50
LOOK_MAX = 2_000
COUNT_MAX = 99
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the inbox is asked for.

    Attributes:
        assignee: the id of an agent, or `NOBODY` for what nobody is assigned to.
    """

    view: View = View.ALL
    platform_id: str | None = None
    assurance: Assurance | None = None
    tag: str | None = None
    assignee: str | None = None

    @property
    def filters(self) -> Filters:
        """What is asked for beyond the view."""
        nobody = self.assignee == NOBODY
        return Filters(self.assurance, self.tag, None if nobody else self.assignee, nobody)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    Attributes:
        next: where the next page begins; `None` on the last one.
        partial: whether the look was cut short: the page may be short or empty, and there may be more from `next` on.
    """

    cases: list[Case]
    next: Position | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    cases: list[Case]
    floor: Position | None


def listed(runtime: Runtime, identity: Identity, before: Position, wanted: Wanted, *, count: int = PAGE_SIZE) -> Page:
    """Return a page of the agent's conversations before a position, newest first."""
    found: list[_Found] = []
    with runtime.database.read() as connection:
        for platform_id in _platforms(identity, wanted.platform_id):
            found += _of_platform(Tenant(connection, platform_id), identity.agent.id, before, wanted, count)
    merged = list(heapq.merge(*(one.cases for one in found), key=_position, reverse=True))
    # Nobody knows what one stretch holds below its floor: what others hold there comes with the next page.
    floors = [one.floor for one in found if one.floor is not None and len(one.cases) <= count]
    horizon = max(floors, default=None)
    known = [case for case in merged if horizon is None or _position(case) >= horizon]
    if len(known) > count:
        return Page(known[:count], _position(known[count - 1]))
    return Page(known, horizon, partial=horizon is not None)


def counts(runtime: Runtime, identity: Identity, platform_id: str | None = None) -> dict[View, int]:
    """Return how many conversations stand in each view, `COUNT_MAX + 1` for any number above `COUNT_MAX`."""
    most = COUNT_MAX + 1
    summed = dict.fromkeys(View, 0)
    with runtime.database.read() as connection:
        for own in _platforms(identity, platform_id):
            for view, number in _counted(Tenant(connection, own), identity.agent.id, most).items():
                summed[view] = min(most, summed[view] + number)
    return summed


def _counted(tenant: Tenant, agent_id: str, most: int) -> dict[View, int]:
    found = views.counts(tenant, agent_id, most)
    return {view: found[view.value] for view in View if view.value in found} | {
        View.ALL: sum(found[name] for name in (*State, Place.SNOOZED)),
        View.SPAM: sum(found[f"spam_{state}"] for state in State),
    }


def _platforms(identity: Identity, wanted: str | None) -> list[str]:
    return [own for own in identity.platform_ids if wanted in (None, own)]


def _of_platform(tenant: Tenant, agent_id: str, before: Position, wanted: Wanted, count: int) -> list[_Found]:
    filters = wanted.filters
    stretches = _stretches(wanted.view, filters, agent_id)
    if filters.tag is not None and views.is_rare(tenant, filters.tag, LOOK_MAX):
        return [_Found(views.tagged(tenant, one, filters, before, count + 1, LOOK_MAX), None) for one in stretches]
    return [_look(tenant, one, filters, before, count) for one in stretches]


def _look(tenant: Tenant, stretch: Stretch, filters: Filters, before: Position, count: int) -> _Found:
    sifted = stretch.index is Index.NEWEST or filters != Filters()
    floor = views.floor(tenant, stretch, before, LOOK_MAX) if sifted else None
    return _Found(views.page(tenant, stretch, filters, before, count + 1, floor), floor)


def _stretches(view: View, filters: Filters, agent_id: str) -> list[Stretch]:
    if view is View.ALL:
        return [Stretch(Index.NEWEST)]
    if view is View.WAITING:
        return [Stretch(Index.WAITING, Place.INBOX)]
    if view is View.UNASSIGNED:
        return [Stretch(Index.UNASSIGNED, Place.INBOX, State.OPEN)]
    if view is View.MINE:
        return [Stretch(Index.BY_ASSIGNEE, Place.INBOX, State.OPEN, agent_id)]
    places = {View.SNOOZED: Place.SNOOZED, View.SPAM: Place.SPAM}
    states = {View.RESOLVED: [State.RESOLVED], View.REJECTED: [State.REJECTED], View.SPAM: list(State)}
    place = places.get(view, Place.INBOX)
    index = Index.BY_ASSIGNEE if filters.assignee_id else Index.UNASSIGNED if filters.unassigned else Index.BY_STATE
    return [Stretch(index, place, state, filters.assignee_id) for state in states.get(view, [State.OPEN])]


def _position(case: Case) -> Position:
    return case.conversation.updated_at, case.conversation.id

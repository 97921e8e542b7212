"""Each view shows what its name says, newest first, and no page is lost between two others."""

from __future__ import annotations

import pytest

from tests.clock import Clock
from tests.services.talks import Talks
from tests.shop import Shop, open_shop
from tests.team import Colleague, hire
from whosthere.core.assurance import Assurance
from whosthere.core.conversation import State
from whosthere.core.views import View
from whosthere.services import inbox_actions, inbox_views
from whosthere.services.inbox_views import NOBODY, Page, Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage.conversations import FIRST_PAGE

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


@pytest.fixture
def talks(runtime: Runtime, shop: Shop) -> Talks:
    return Talks(runtime, shop.id)


def listed(grace: Colleague, count: int = 50, **wanted: object) -> list[str]:
    """The ids of a whole view, page after page."""
    found: list[str] = []
    position = FIRST_PAGE
    while True:
        page = look(grace, position, count, **wanted)
        found += [case.conversation.id for case in page.cases]
        if page.next is None:
            return found
        assert page.next < position
        position = page.next


def look(grace: Colleague, position: tuple[int, str] = FIRST_PAGE, count: int = 50, **wanted: object) -> Page:
    return inbox_views.listed(grace.runtime, grace.identity, position, Wanted(**wanted), count=count)  # type: ignore[arg-type]


def test_a_conversation_stands_in_the_views_that_fit_it(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock
) -> None:
    names = ("new", "mine", "ours", "answered", "resolved", "rejected", "ended", "snoozed", "spam", "old spam")
    ids: dict[str, str] = {}
    for name in names:
        clock.advance(seconds=1)
        ids[name] = talks.start(name)
    linus = hire(runtime, talks.platform_id, "linus@example.com")
    who = grace.identity
    inbox_actions.assign(runtime, who, ids["mine"], grace.id)
    inbox_actions.assign(runtime, who, ids["ours"], linus.id)
    talks.say(ids["answered"], kind="agent", author_id=grace.id)
    for name in ("resolved", "ended", "old spam"):
        talks.put(ids[name], State.RESOLVED)
    talks.put(ids["rejected"], State.REJECTED)
    talks.put(ids["ended"], State.ENDED)
    inbox_actions.snooze(runtime, who, ids["snoozed"], clock() + 60_000)
    for name in ("spam", "old spam"):
        inbox_actions.mark_spam(runtime, who, ids[name])
    by_id = {value: name for name, value in ids.items()}
    in_views = {view: [by_id[one] for one in listed(grace, view=view)] for view in View}
    assert {view: set(found) for view, found in in_views.items()} == {
        View.UNASSIGNED: {"new", "answered"},
        View.MINE: {"mine"},
        View.OPEN: {"new", "mine", "ours", "answered"},
        View.WAITING: {"new", "mine", "ours"},
        View.ALL: {"new", "mine", "ours", "answered", "resolved", "rejected", "ended", "snoozed"},
        View.SNOOZED: {"snoozed"},
        View.RESOLVED: {"resolved"},
        View.REJECTED: {"rejected"},
        View.SPAM: {"spam", "old spam"},
    }
    assert in_views[View.WAITING] == ["ours", "mine", "new"]
    assert inbox_views.counts(runtime, who) == {view: len(found) for view, found in in_views.items()}


def test_counts_end_at_one_hundred(runtime: Runtime, grace: Colleague, talks: Talks, shop: Shop) -> None:
    other = open_shop(runtime)
    grace.serve(other.id)
    patch = pytest.MonkeyPatch()
    patch.setattr(inbox_views, "COUNT_MAX", 2)
    for place in (shop, other):
        for _ in range(2):
            Talks(runtime, place.id).start()
    numbers = inbox_views.counts(runtime, grace.identity)
    patch.undo()
    assert (numbers[View.OPEN], numbers[View.ALL], numbers[View.MINE]) == (3, 3, 0)
    assert inbox_views.counts(runtime, grace.identity, other.id)[View.OPEN] == 2


@pytest.mark.parametrize("view", [View.OPEN, View.ALL, View.UNASSIGNED, View.WAITING])
@pytest.mark.parametrize("look_max", [1, 2, 3, 100])
def test_however_short_a_look_is_every_conversation_is_found_once(
    runtime: Runtime, grace: Colleague, shop: Shop, clock: Clock, view: View, look_max: int
) -> None:
    """Two platforms whose conversations lie in one another's gaps, and few of them pass the filter."""
    other = open_shop(runtime)
    grace.serve(other.id)
    wanted = set()
    for number in range(12):
        clock.advance(seconds=1 if number % 3 else 0)  # some at the same moment
        place = shop if number % 5 < 3 else other
        verified = number % 4 == 0
        started = Talks(runtime, place.id).start(assurance="verified" if verified else "claimed")
        if verified:
            wanted.add(started)
    patch = pytest.MonkeyPatch()
    patch.setattr(inbox_views, "LOOK_MAX", look_max)
    found = listed(grace, count=2, view=view, assurance=Assurance.VERIFIED)
    patch.undo()
    assert len(found) == len(wanted)
    assert set(found) == wanted


def test_a_page_that_was_cut_short_says_so(
    runtime: Runtime, grace: Colleague, talks: Talks, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    rare = talks.start(assurance="verified")
    for _ in range(3):
        clock.advance(seconds=1)
        talks.start()
    monkeypatch.setattr(inbox_views, "LOOK_MAX", 2)
    first = look(grace, view=View.OPEN, assurance=Assurance.VERIFIED)
    assert (first.cases, first.partial) == ([], True)
    assert first.next is not None
    second = look(grace, first.next, view=View.OPEN, assurance=Assurance.VERIFIED)
    assert [case.conversation.id for case in second.cases] == [rare]
    assert not look(grace, view=View.OPEN).partial


@pytest.mark.parametrize("look_max", [1, 100])
@pytest.mark.parametrize("view", list(View))
def test_a_tag_finds_its_conversations_in_every_view_rare_or_not(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock, look_max: int, view: View
) -> None:
    ids: list[str] = []
    for number in range(8):
        clock.advance(seconds=1)
        ids.append(talks.start(tags=["vip", "vip"] if number % 2 else ["other"]))
    who = grace.identity
    talks.put(ids[0], State.RESOLVED)
    talks.put(ids[1], State.RESOLVED)
    inbox_actions.mark_spam(runtime, who, ids[2])
    inbox_actions.mark_spam(runtime, who, ids[3])
    inbox_actions.assign(runtime, who, ids[5], grace.id)
    patch = pytest.MonkeyPatch()
    patch.setattr(inbox_views, "LOOK_MAX", look_max)
    found = listed(grace, count=1, view=view, tag="vip")
    patch.undo()
    assert found == [one for one in listed(grace, view=view) if one in ids[1::2]]


def test_an_assignee_narrows_every_view(runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock) -> None:
    ids = [talks.start() for _ in range(4)]
    for one in ids[:2]:
        inbox_actions.assign(runtime, grace.identity, one, grace.id)
    inbox_actions.snooze(runtime, grace.identity, ids[0], clock() + 1)
    inbox_actions.snooze(runtime, grace.identity, ids[2], clock() + 1)
    assert listed(grace, view=View.SNOOZED, assignee=grace.id) == [ids[0]]
    assert listed(grace, view=View.SNOOZED, assignee=NOBODY) == [ids[2]]
    assert listed(grace, view=View.OPEN, assignee=grace.id) == [ids[1]]
    assert listed(grace, view=View.OPEN, assignee=NOBODY) == [ids[3]]
    assert set(listed(grace, assignee=NOBODY)) == set(ids[2:])
    assert listed(grace, view=View.MINE, assignee=NOBODY) == []
    assert listed(grace, view=View.WAITING, assignee=grace.id, platform_id=talks.platform_id) == [ids[1]]
    assert listed(grace, platform_id=runtime.new_id()) == []

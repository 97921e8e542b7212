"""What agents do with conversations: each act is whole, can be repeated, and is told to the team alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clock import Clock
from tests.services.talks import Talks
from tests.shop import Shop, open_shop
from tests.team import Colleague, hire
from tests.topics import overheard
from whosthere.core.conversation import State
from whosthere.core.notices import AGENTS_NOTICE_MS
from whosthere.core.reasons import Reason, Refused
from whosthere.core.views import View
from whosthere.realtime.hub import platform_topic
from whosthere.services import inbox_actions, inbox_views
from whosthere.services.inbox_signals import changed
from whosthere.services.inbox_views import Wanted
from whosthere.services.runtime import Runtime
from whosthere.storage import agents as agent_rows
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.inbox import Case
from whosthere.storage.tables import conversations, taggings

pytestmark = pytest.mark.usefixtures("quick_passwords")
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


@pytest.fixture
def talks(runtime: Runtime, shop: Shop) -> Talks:
    return Talks(runtime, shop.id)


def done(outcome: Case | Refused) -> Case:
    assert isinstance(outcome, Case), outcome
    return outcome


def tags_found(talks: Talks, conversation_id: str) -> set[str]:
    with talks.runtime.database.engine.connect() as connection:
        rows = connection.execute(taggings.select().where(taggings.c.conversation_id == conversation_id))
        return {row.tag for row in rows}


ACTS: tuple[Callable[[Runtime, Colleague, str], Case | Refused], ...] = (
    lambda runtime, grace, one: inbox_actions.assign(runtime, grace.identity, one, grace.id),
    lambda runtime, grace, one: inbox_actions.set_tags(runtime, grace.identity, one, ["vip"]),
    lambda runtime, grace, one: inbox_actions.add_tag(runtime, grace.identity, one, "new"),
    lambda runtime, grace, one: inbox_actions.remove_tag(runtime, grace.identity, one, "vip"),
    lambda runtime, grace, one: inbox_actions.snooze(runtime, grace.identity, one, runtime.clock() + 1_000),
    lambda runtime, grace, one: inbox_actions.wake(runtime, grace.identity, one),
    lambda runtime, grace, one: inbox_actions.mark_spam(runtime, grace.identity, one),
    lambda runtime, grace, one: inbox_actions.unmark_spam(runtime, grace.identity, one),
)


def test_each_act_is_told_to_the_team_once_and_never_to_the_visitor(
    runtime: Runtime, grace: Colleague, talks: Talks
) -> None:
    conversation_id = talks.start()
    listening, topics = overheard(runtime)
    told = f"{platform_topic(talks.platform_id)}#{changed(conversation_id)}"
    for act in ACTS:
        before = talks.find(conversation_id)
        assert done(act(listening, grace, conversation_id)).conversation != before
        assert topics == [told]
        topics.clear()
    for act in (ACTS[0], ACTS[2], ACTS[3], ACTS[5], ACTS[7]):
        done(act(listening, grace, conversation_id))
    assert topics == []
    assert talks.find(conversation_id).last_seq == 1


def test_nothing_of_another_platform_can_be_acted_on(runtime: Runtime, grace: Colleague) -> None:
    other = Talks(runtime, open_shop(runtime).id)
    conversation_id = other.start(tags=["vip"])
    before = other.find(conversation_id)
    for act in ACTS:
        outcome = act(runtime, grace, conversation_id)
        assert isinstance(outcome, Refused)
        assert outcome.reason is Reason.NOT_FOUND
    assert other.find(conversation_id) == before


def test_only_those_who_serve_the_platform_can_be_assigned(runtime: Runtime, grace: Colleague, talks: Talks) -> None:
    conversation_id = talks.start()
    stranger = hire(runtime, open_shop(runtime).id, "mallory@example.com")
    disabled = hire(runtime, talks.platform_id, "gone@example.com")
    runtime.database.transact(lambda connection: agent_rows.disable(connection, disabled.id, runtime.clock()))
    for wrong in (stranger.id, disabled.id, NOBODY):
        outcome = inbox_actions.assign(runtime, grace.identity, conversation_id, wrong)
        assert isinstance(outcome, Refused)
        assert (outcome.reason, outcome.field) == (Reason.INVALID_FIELD, "agentId")
    assert talks.find(conversation_id).assignee_id is None
    assert done(ACTS[0](runtime, grace, conversation_id)).conversation.assignee_id == grace.id
    freed = inbox_actions.assign(runtime, grace.identity, conversation_id, None)
    assert done(freed).conversation.assignee_id is None


def test_tags_and_what_finds_them_stay_in_step(runtime: Runtime, grace: Colleague, talks: Talks) -> None:
    one = talks.start(tags=["from the page", "from the page", "vip"])
    steps: tuple[tuple[Callable[[], Case | Refused], list[str]], ...] = (
        (lambda: inbox_actions.add_tag(runtime, grace.identity, one, "new"), ["from the page", "vip", "new"]),
        (lambda: inbox_actions.add_tag(runtime, grace.identity, one, "vip"), ["from the page", "vip", "new"]),
        (lambda: inbox_actions.remove_tag(runtime, grace.identity, one, "from the page"), ["vip", "new"]),
        (lambda: inbox_actions.remove_tag(runtime, grace.identity, one, "never there"), ["vip", "new"]),
        (lambda: inbox_actions.set_tags(runtime, grace.identity, one, ["b", "a", "b"]), ["b", "a"]),
        (lambda: inbox_actions.set_tags(runtime, grace.identity, one, []), []),
    )
    assert talks.find(one).tags == ["from the page", "vip"]
    assert tags_found(talks, one) == {"from the page", "vip"}
    for act, expected in steps:
        assert done(act()).conversation.tags == expected
        assert tags_found(talks, one) == set(expected)


def test_a_conversation_has_fifty_tags_at_most(runtime: Runtime, grace: Colleague, talks: Talks) -> None:
    fifty = [str(number) for number in range(50)]
    one = talks.start(tags=fifty)
    outcome = inbox_actions.add_tag(runtime, grace.identity, one, "one more")
    assert isinstance(outcome, Refused)
    assert outcome.field == "tags"
    assert talks.find(one).tags == fifty
    assert tags_found(talks, one) == set(fifty)


def in_view(grace: Colleague, view: View) -> list[str]:
    page = inbox_views.listed(grace.runtime, grace.identity, FIRST_PAGE, Wanted(view))
    return [case.conversation.id for case in page.cases]


def test_a_snoozed_conversation_comes_back_at_its_time_to_the_top(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock
) -> None:
    sleeping, other = talks.start(), talks.start()
    done(inbox_actions.snooze(runtime, grace.identity, sleeping, clock() + 60_000))
    clock.advance(seconds=59)
    assert inbox_actions.wake_due(runtime, talks.platform_id) == 0
    assert in_view(grace, View.OPEN) == [other]
    clock.advance(seconds=1)
    listening, topics = overheard(runtime)
    assert inbox_actions.wake_due(listening, talks.platform_id) == 1
    assert topics == [f"{platform_topic(talks.platform_id)}#{changed(sleeping)}"]
    assert in_view(grace, View.OPEN) == [sleeping, other]
    assert talks.find(sleeping).snoozed_until is None
    assert inbox_actions.wake_due(runtime, talks.platform_id) == 0


def test_whoever_sleeps_is_woken_by_the_visitor_but_not_by_a_colleague(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock
) -> None:
    one = talks.start()
    done(inbox_actions.snooze(runtime, grace.identity, one, clock() + 60_000))
    talks.say(one, kind="agent", author_id=grace.id)
    assert talks.find(one).place == "snoozed"
    talks.say(one)
    assert (talks.find(one).place, talks.find(one).snoozed_until) == ("inbox", None)


@pytest.mark.parametrize("state", [State.RESOLVED, State.REJECTED, State.ENDED])
def test_only_what_is_open_can_be_snoozed(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock, state: State
) -> None:
    one = talks.start()
    if state is State.ENDED:
        talks.put(one, State.RESOLVED)
    talks.put(one, state)
    outcome = inbox_actions.snooze(runtime, grace.identity, one, clock() + 60_000)
    assert isinstance(outcome, Refused)
    assert outcome.reason is Reason.TRANSITION_NOT_ALLOWED


@pytest.mark.parametrize("ahead", [-1, 0, inbox_actions.SNOOZE_MS_MAX + 1])
def test_a_snooze_ends_within_a_year(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock, ahead: int
) -> None:
    one = talks.start()
    outcome = inbox_actions.snooze(runtime, grace.identity, one, clock() + ahead)
    assert isinstance(outcome, Refused)
    assert outcome.field == "until"
    done(inbox_actions.snooze(runtime, grace.identity, one, clock() + inbox_actions.SNOOZE_MS_MAX))


def test_spam_stays_spam_whatever_its_visitor_writes(
    runtime: Runtime, grace: Colleague, talks: Talks, clock: Clock
) -> None:
    one = talks.start()
    done(inbox_actions.snooze(runtime, grace.identity, one, clock() + 60_000))
    done(inbox_actions.mark_spam(runtime, grace.identity, one))
    talks.say(one)
    clock.advance(days=1)
    assert inbox_actions.wake_due(runtime, talks.platform_id) == 0
    assert [view for view in View if in_view(grace, view)] == [View.SPAM]
    assert isinstance(inbox_actions.snooze(runtime, grace.identity, one, clock() + 1), Refused)
    assert notice_of(talks, one) is None
    done(inbox_actions.unmark_spam(runtime, grace.identity, one))
    assert notice_of(talks, one) == clock() + AGENTS_NOTICE_MS
    assert View.SPAM not in [view for view in View if in_view(grace, view)]


def notice_of(talks: Talks, conversation_id: str) -> int | None:
    """When the team is told that somebody waits."""
    with talks.runtime.database.engine.connect() as connection:
        statement = conversations.select().where(conversations.c.id == conversation_id)
        found: int | None = connection.execute(statement).one().agents_notice_at
        return found

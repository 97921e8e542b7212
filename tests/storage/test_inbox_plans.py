"""What an agent's list costs is the same however much there is: every statement of it is led by an index."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, text

from tests.people import SECRET
from tests.services.talks import Talks
from tests.shop import open_shop
from tests.storage.ear import Ear
from tests.storage.test_plans import PEOPLE, TALKS, fill, row_id, wrong_plans
from tests.team import Colleague, hash_quickly, hire
from whosthere.core.assurance import Assurance
from whosthere.core.views import View
from whosthere.services import canned, inbox, inbox_actions, inbox_views, notices, platforms, records
from whosthere.services import mentions as calls
from whosthere.services.inbox_views import LOOK_MAX, NOBODY, Wanted
from whosthere.services.messages import Text
from whosthere.services.runtime import Runtime
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.inbox import Case
from whosthere.storage.platforms import Platform
from whosthere.storage.tables import mentions, notes, taggings

_SPREAD = (
    "UPDATE conversations SET state = 'resolved' WHERE updated_at % 3 = 0",
    "UPDATE conversations SET place = 'spam' WHERE updated_at % 20 = 0",
    "UPDATE conversations SET place = 'snoozed', snoozed_until = updated_at WHERE updated_at % 20 = 1",
    "UPDATE conversations SET waiting_since = updated_at WHERE state = 'open' AND updated_at % 2 = 0",
)


def spread(connection: Connection, platform_id: str, agent_id: str) -> None:
    """Put the conversations of a busy platform into every view, and give them tags."""
    for statement in _SPREAD:
        connection.execute(text(statement))
    mine = text("UPDATE conversations SET assignee_id = :agent WHERE updated_at % 7 = 0")
    connection.execute(mine, {"agent": agent_id})
    tagged = [
        {"platform_id": platform_id, "id": row_id(6, number), "conversation_id": row_id(3, number), "tag": "common"}
        for number in range(TALKS + PEOPLE - 1)
    ]
    connection.execute(insert(taggings), tagged)
    noted = [
        {
            "platform_id": platform_id,
            "id": row_id(7, number),
            "conversation_id": row_id(3, number),
            "created_at": number,
        }
        for number in range(1_000)
    ]
    said = {"after_seq": 1, "agent_id": agent_id, "author_name": "Grace", "body": "x"}
    connection.execute(insert(notes), [one | said for one in noted])
    called = {"agent_id": agent_id}
    connection.execute(insert(mentions), [one | called | {"note_id": one["id"]} for one in noted])


@pytest.fixture
def busy(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Colleague:
    """An agent of a platform that holds nearly everything."""
    hash_quickly(monkeypatch)
    shop = open_shop(runtime, secret=SECRET)
    grace = hire(runtime, shop.id, role="admin")
    with runtime.database.engine.begin() as connection:
        fill(connection, shop.id, runtime.clock() - 1_000_000)
        spread(connection, shop.id, grace.id)
    rare = Talks(runtime, shop.id).start(tags=["rare"])
    inbox.note(runtime, grace.identity, rare, Text("For @grace@example.com", "n"))
    if not runtime.database.is_sqlite:  # where nobody ever counts what there is
        with runtime.database.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    return grace


@pytest.mark.slow
def test_every_statement_of_the_lists_is_led_by_an_index_of_its_platform(runtime: Runtime, busy: Colleague) -> None:
    who, platform_id = busy.identity, busy.identity.platform_ids[0]
    filters: tuple[dict[str, object], ...] = (
        {},
        {"assurance": Assurance.CLAIMED},
        {"assignee": busy.id},
        {"assignee": NOBODY},
        {"tag": "common"},
    )
    with Ear().listening() as heard:
        for view in View:
            for filtered in filters:
                page = inbox_views.listed(runtime, who, FIRST_PAGE, Wanted(view, platform_id, **filtered))  # type: ignore[arg-type]
                if page.next is not None:
                    inbox_views.listed(runtime, who, page.next, Wanted(view, platform_id, **filtered))  # type: ignore[arg-type]
        assert inbox_views.counts(runtime, who)[View.OPEN] == 100
        calls.listed(runtime, who, FIRST_PAGE)
        calls.unread(runtime, who)
    assert len({statement for statement, _ in heard}) > 10
    assert wrong_plans(runtime.database, heard, at_any_size=True) == []


@pytest.mark.slow
def test_every_statement_of_the_actions_is_led_by_an_index_of_its_platform(runtime: Runtime, busy: Colleague) -> None:
    who, platform_id = busy.identity, busy.identity.platform_ids[0]
    here = row_id(3, 1)
    platform = platforms.find(runtime, platform_id)
    assert isinstance(platform, Platform)
    with Ear().listening() as heard:
        case = inbox_actions.add_tag(runtime, who, here, "vip")
        assert isinstance(case, Case)
        inbox_actions.remove_tag(runtime, who, here, "vip")
        inbox_actions.snooze(runtime, who, here, runtime.clock() + 60_000)
        inbox_actions.wake(runtime, who, here)
        inbox_actions.set_spam(runtime, who, here, True)
        inbox_actions.set_spam(runtime, who, here, False)
        calls.mark_read(runtime, who, case)
        canned.listed(runtime, who, platform_id)
        records.ledger_for(runtime, case)
        inbox_actions.wake_due(runtime, platform_id)
        notices.tell(runtime, platform)
    assert len({statement for statement, _ in heard}) > 12
    assert wrong_plans(runtime.database, heard, at_any_size=True) == []


@pytest.mark.slow
def test_a_rare_tag_is_looked_up_by_its_own_index(runtime: Runtime, busy: Colleague) -> None:
    """What it finds is sorted, and that is never more than a look takes."""
    with Ear().listening() as heard:
        page = inbox_views.listed(runtime, busy.identity, FIRST_PAGE, Wanted(tag="rare"))
    assert len(page.cases) == 1
    found = wrong_plans(runtime.database, heard, at_any_size=True)
    assert all(one.startswith(("Sort", "USE TEMP B-TREE")) for one in found), found
    assert LOOK_MAX <= 2_000

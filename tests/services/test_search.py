"""Agents find what was said and who people are, on their platforms, and nothing that was erased."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import ADA
from tests.services.talks import Talks
from tests.shop import Shop, open_shop
from tests.team import Colleague, hire
from whosthere.core.contact import Contact
from whosthere.core.reasons import Reason, Refused
from whosthere.core.resolution import Record
from whosthere.services import erasure, inbox, search
from whosthere.services.journal import Actor
from whosthere.services.messages import Text
from whosthere.services.runtime import Runtime
from whosthere.services.search import Find
from whosthere.storage import departed, retention, users
from whosthere.storage import search as rows
from whosthere.storage.database import Database
from whosthere.storage.departed import Limits
from whosthere.storage.errors import TooSlow, Unavailable
from whosthere.storage.users import Visit

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


@pytest.fixture
def talks(runtime: Runtime, shop: Shop) -> Talks:
    return Talks(runtime, shop.id)


def look(agent: Colleague, query: str, **more: object) -> list[Find]:
    found = search.look(agent.runtime, agent.identity, query, **more)  # type: ignore[arg-type]
    assert not isinstance(found, Refused), found
    return found.finds


def texts(finds: list[Find]) -> list[str]:
    return ["".join(piece.text for piece in find.pieces) for find in finds]


def meet(runtime: Runtime, shop: Shop, **known: str) -> str:
    """Store a person."""
    record_id = runtime.new_id()
    record = Record(id=record_id, **known)  # type: ignore[arg-type]
    runtime.writing(shop.id, lambda tenant: users.add(tenant, record, Visit(runtime.clock())))
    return record_id


def test_what_is_said_is_found_newest_first(grace: Colleague, talks: Talks) -> None:
    """Of visitors and of agents, notes too; what the system says is not said by anybody."""
    one = talks.start("My parcel is late")
    other = talks.start("Parcels!")
    talks.say(one, "parcel number 4711")
    reply = inbox.reply(grace.runtime, grace.identity, one, Text("Your parcel comes tomorrow", "r"))
    note = inbox.note(grace.runtime, grace.identity, other, Text("parcel lost by us", "n"))
    assert not isinstance(reply, Refused)
    assert not isinstance(note, Refused)
    assert texts(look(grace, "PARC")) == [
        "parcel lost by us",
        "Your parcel comes tomorrow",
        "parcel number 4711",
        "Parcels!",
        "My parcel is late",
    ]
    assert [find.kind for find in look(grace, "lost parcel")] == ["note"]
    assert texts(look(grace, "471 parcel")) == ["parcel number 4711"]
    assert look(grace, "parcel nowhere") == []


def test_pages_continue_where_the_last_one_ended(grace: Colleague, talks: Talks) -> None:
    said = [talks.start(f"parcel {number}") for number in range(5)]
    seen: list[str] = []
    place = rows.FIRST_N
    for expected in (2, 2, 1):
        page = search.look(grace.runtime, grace.identity, "parcel", place, count=2)
        assert not isinstance(page, Refused)
        assert len(page.finds) == expected
        seen += [find.case.conversation.id for find in page.finds if find.case]
        talks.start("parcel, and meanwhile")
        place = page.next or 0
    assert seen == said[::-1]
    assert place == 0


def test_people_are_found_by_all_that_is_known_of_them_now(runtime: Runtime, shop: Shop, grace: Colleague) -> None:
    record_id = meet(runtime, shop, user_id="cust-4711", email="ada@example.com", name="Ada Lovelace")
    for query in ("love", "cust-4711", "4711", "ada@example.com", "EXAMPLE"):
        assert [find.user.record.id for find in look(grace, query)] == [record_id], query
    contact = Contact("Augusta", "byron@example.net")
    runtime.writing(shop.id, lambda tenant: users.leave_contact(tenant, record_id, contact))
    assert len(look(grace, "augusta byron lovelace")) == 1
    runtime.writing(shop.id, lambda tenant: users.forget_contact(tenant, record_id))
    assert look(grace, "augusta") == []
    with runtime.reading(shop.id) as tenant:
        person = users.find(tenant, record_id)
    assert person is not None
    before, after = person.record, Record(id=record_id, user_id="cust-4711", name="Ada King")
    runtime.writing(shop.id, lambda tenant: users.store(tenant, before, after, None))
    assert look(grace, "lovelace") == []
    assert len(look(grace, "king")) == 1


def test_nothing_of_another_platform_is_found(runtime: Runtime, shop: Shop, grace: Colleague, talks: Talks) -> None:
    other = open_shop(runtime)
    Talks(runtime, other.id).start("parcel of somebody else")
    talks.start("parcel of ours")
    assert texts(look(grace, "parcel")) == ["parcel of ours"]
    assert look(grace, "parcel", platform_id=other.id) == []
    grace.serve(other.id)
    assert texts(look(grace, "parcel")) == ["parcel of ours", "parcel of somebody else"]
    assert texts(look(grace, "parcel", platform_id=other.id)) == ["parcel of somebody else"]


def test_platforms_whose_words_look_alike_stay_apart(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, shop: Shop, grace: Colleague, talks: Talks
) -> None:
    """The key in front of a word is short: two platforms may share it."""
    monkeypatch.setattr(rows, "_key", lambda platform_id: "aaaaa")
    other = Talks(runtime, open_shop(runtime).id)
    talks.start("parcel of ours")
    for number in range(3):
        other.start(f"parcel {number}")
    assert texts(look(grace, "parcel", count=1)) == ["parcel of ours"]


SYNTAX = (
    "'",
    '"',
    "*",
    "OR",
    "AND NOT",
    "NEAR(a b)",
    "words:a",
    "a*b",
    "-a",
    "(",
    "\\",
    ":*",
    "&",
    "|",
    "!",
    "\0",
    "\ud800",
)


@given(query=st.one_of(st.text(max_size=30), st.lists(st.sampled_from([*SYNTAX, "parcel", " "])).map("".join)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_query_breaks_the_search(grace: Colleague, query: str) -> None:
    found = search.look(grace.runtime, grace.identity, query)
    assert not isinstance(found, Refused) or found.reason is Reason.INVALID_FIELD


@pytest.mark.parametrize("query", ["", "!?", "x" * 201])
def test_what_asks_for_nothing_or_too_much_is_refused(grace: Colleague, query: str) -> None:
    found = search.look(grace.runtime, grace.identity, query)
    assert isinstance(found, Refused)
    assert (found.reason, found.field) == (Reason.INVALID_FIELD, "q")


def test_a_search_is_stopped_at_its_time_limit(
    monkeypatch: pytest.MonkeyPatch, runtime: Runtime, grace: Colleague, talks: Talks
) -> None:
    """And the connection serves the next one."""
    talks.start("parcel")
    endless = {
        True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        False: "SELECT pg_sleep(60)",
    }[runtime.database.is_sqlite]

    def wait(tenant: rows.Tenant, *_: object) -> list[rows.Entry]:
        tenant.connection.exec_driver_sql(endless)
        return []

    with monkeypatch.context() as patch:
        patch.setattr(rows, "find", wait)
        found = search.look(runtime, grace.identity, "parcel", limit_ms=50)
    assert isinstance(found, Refused)
    assert found.reason is Reason.SEARCH_TOO_BROAD
    for _ in range(3):
        assert len(look(grace, "parcel")) == 1
    with pytest.raises(TooSlow), runtime.database.read_within(50) as connection:
        connection.exec_driver_sql(endless)


def test_a_time_limit_of_the_database_itself_is_no_fault_of_ours(postgres_url: str) -> None:
    """An administrator may set one; what was stopped by it is as if the database could not serve."""
    with pytest.raises(Unavailable), closing(Database(postgres_url)) as database, database.write() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 20; SELECT pg_sleep(60)")


# -- what is gone ----------------------------------------------------------------------------------------------------


def everything(runtime: Runtime) -> bytes:
    """All bytes of a SQLite database's files."""
    file = Path(str(runtime.database.url.database))
    return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")) if part.is_file())


@pytest.fixture
def other_words(talks: Talks) -> None:
    """What others say, before and after, so that the index has several parts."""
    for number in range(12):
        talks.start(f"Something else {number}")


def test_an_erased_person_is_found_no_more_and_their_words_leave_the_files(
    runtime: Runtime, shop: Shop, grace: Colleague, talks: Talks, other_words: None
) -> None:
    conversation_id = talks.start("my xyzzyword secret")
    record_id = talks.find(conversation_id).record_id
    runtime.writing(shop.id, lambda tenant: users.leave_contact(tenant, record_id, Contact("Xyzzyname", None)))
    note = inbox.note(runtime, grace.identity, conversation_id, Text("xyzzynote", "n"))
    assert not isinstance(note, Refused)
    for number in range(12):
        talks.start(f"Something else again {number}")
    assert len(look(grace, "xyzzy")) == 3
    erasure.erase(runtime, shop.id, record_id, actor=Actor("cli:grace"))
    assert look(grace, "xyzzy") == []
    assert len(look(grace, "something else again")) == 12
    if runtime.database.is_sqlite:
        assert b"xyzzy" not in everything(runtime).lower()


def test_what_is_deleted_by_age_is_found_no_more(
    runtime: Runtime, shop: Shop, grace: Colleague, talks: Talks, other_words: None
) -> None:
    conversation_id = talks.start("xyzzy")
    inbox.note(runtime, grace.identity, conversation_id, Text("xyzzy noted", "n"))
    runtime.writing(shop.id, lambda tenant: retention.delete_some(tenant, [conversation_id], 500))
    with runtime.reading(shop.id) as tenant:
        assert rows.find(tenant, search.query_of("xyzzy"), rows.FIRST_N, 9) == []


def test_who_left_nothing_but_a_name_is_found_no_more_when_forgotten(
    runtime: Runtime, shop: Shop, grace: Colleague
) -> None:
    record_id = runtime.new_anonymous_id()
    visit = Visit(runtime.clock())
    runtime.writing(shop.id, lambda tenant: users.add(tenant, Record(id=record_id), visit, anonymous=True))
    contact = Contact("Xyzzy", None)
    runtime.writing(shop.id, lambda tenant: users.leave_contact(tenant, record_id, contact))
    assert len(look(grace, "xyzzy")) == 1
    over = Limits(created_until=runtime.clock() + 1, seen_until=-1)
    assert runtime.writing(shop.id, lambda tenant: departed.forget_silent(tenant, over, [record_id])) == 1
    with runtime.reading(shop.id) as tenant:
        assert rows.find(tenant, search.query_of("xyzzy"), rows.FIRST_N, 9) == []


def test_a_spelling_does_not_say_whose_it_is(runtime: Runtime, shop: Shop, grace: Colleague) -> None:
    """A claimed identifier leads to the record, which says that it is claimed."""
    meet(runtime, shop, user_id=ADA.user_id, claimed_email="mallory@example.com")
    (find,) = look(grace, "mallory")
    assert find.user.record.email is None
    assert find.user.record.claimed_email == "mallory@example.com"


def test_a_rebuild_finds_the_same(runtime: Runtime, shop: Shop, grace: Colleague, talks: Talks) -> None:
    """In the same order; what is no longer known is not found again."""
    meet(runtime, shop, name="Parcel Pete")
    first = talks.start("parcel one")
    inbox.note(runtime, grace.identity, first, Text("parcel note", "n"))
    gone = talks.start("parcel secret")
    talks.start("parcel two")
    before = [text for text in texts(look(grace, "parcel")) if text != "parcel secret"]
    erasure.erase(runtime, shop.id, talks.find(gone).record_id, actor=Actor("cli:grace"))
    told: list[int] = []
    assert search.reindex(runtime, lambda name, done, total: told.append(total - done)) >= 4
    assert texts(look(grace, "parcel")) == before
    assert told[-1] == 0

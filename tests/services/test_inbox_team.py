"""What a team shares: its members, its canned replies, and notes that call somebody."""

from __future__ import annotations

import pytest

from tests.clock import Clock
from tests.services.talks import Talks
from tests.shop import Shop, open_shop
from tests.team import Colleague, hire
from tests.topics import overheard
from whosthere.core.reasons import Reason, Refused
from whosthere.realtime.hub import agent_topic, record_topic
from whosthere.services import canned, colleagues, inbox, mentions
from whosthere.services.canned import Wording
from whosthere.services.messages import Text
from whosthere.services.runtime import Runtime
from whosthere.storage import agents as agent_rows
from whosthere.storage.canned import CannedReply
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.storage.tables import mentions as mention_rows

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def grace(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id)


@pytest.fixture
def linus(runtime: Runtime, shop: Shop) -> Colleague:
    return hire(runtime, shop.id, "linus@example.com", name="Linus")


@pytest.fixture
def mallory(runtime: Runtime) -> Colleague:
    return hire(runtime, open_shop(runtime).id, "mallory@example.com", name="Mallory")


@pytest.fixture
def talks(runtime: Runtime, shop: Shop) -> Talks:
    return Talks(runtime, shop.id)


def made(outcome: CannedReply | Refused) -> CannedReply:
    assert isinstance(outcome, CannedReply), outcome
    return outcome


def reason(outcome: object) -> Reason:
    assert isinstance(outcome, Refused), outcome
    return outcome.reason


def test_colleagues_are_those_of_the_same_platforms(
    runtime: Runtime, shop: Shop, grace: Colleague, linus: Colleague, mallory: Colleague
) -> None:
    other = open_shop(runtime)
    grace.serve(other.id)
    runtime.database.transact(lambda connection: agent_rows.disable(connection, linus.id, runtime.clock()))
    assert [one.name for one in colleagues.listed(runtime, grace.identity)] == ["Grace"]
    ada = hire(runtime, other.id, "ada@example.com", name="ada")
    found = colleagues.listed(runtime, grace.identity)
    assert [(one.name, set(one.platform_ids)) for one in found] == [("ada", {other.id}), ("Grace", {shop.id, other.id})]
    assert [one.id for one in colleagues.listed(runtime, ada.identity)] == [ada.id, grace.id]
    assert colleagues.listed(runtime, grace.identity, mallory.identity.platform_ids[0]) == []


def test_a_name_is_taken_whatever_the_case_of_its_letters(
    runtime: Runtime, shop: Shop, grace: Colleague, linus: Colleague
) -> None:
    first = made(canned.create(runtime, grace.identity, shop.id, Wording("Hello", "Hello {name}")))
    assert first.name == "hello"
    assert reason(canned.create(runtime, linus.identity, shop.id, Wording("hELLO", "x"))) is Reason.ALREADY_EXISTS
    other = made(canned.create(runtime, linus.identity, shop.id, Wording("bye", "Bye")))
    taken = canned.change(runtime, linus.identity, other.id, Wording("HELLO", "x"))
    assert reason(taken) is Reason.ALREADY_EXISTS
    changed = made(canned.change(runtime, linus.identity, first.id, Wording("HELLO", "Hi {name}")))
    assert canned.listed(runtime, grace.identity, shop.id) == [other, changed]
    assert canned.delete(runtime, grace.identity, other.id) is None
    assert reason(canned.delete(runtime, grace.identity, other.id)) is Reason.NOT_FOUND


def test_a_platform_has_so_many_canned_replies(
    runtime: Runtime, shop: Shop, grace: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canned, "REPLIES_MAX", 1)
    made(canned.create(runtime, grace.identity, shop.id, Wording("one", "x")))
    assert reason(canned.create(runtime, grace.identity, shop.id, Wording("two", "x"))) is Reason.LIMIT_REACHED


def test_canned_replies_of_another_platform_are_not_there(
    runtime: Runtime, shop: Shop, grace: Colleague, mallory: Colleague
) -> None:
    reply = made(canned.create(runtime, grace.identity, shop.id, Wording("hello", "Hello")))
    assert reason(canned.listed(runtime, mallory.identity, shop.id)) is Reason.NOT_FOUND
    assert reason(canned.create(runtime, mallory.identity, shop.id, Wording("x", "x"))) is Reason.NOT_FOUND
    assert reason(canned.change(runtime, mallory.identity, reply.id, Wording("x", "x"))) is Reason.NOT_FOUND
    assert reason(canned.delete(runtime, mallory.identity, reply.id)) is Reason.NOT_FOUND
    assert canned.listed(runtime, grace.identity, shop.id) == [reply]


def test_a_canned_reply_is_filled_in_for_a_conversation(
    runtime: Runtime, shop: Shop, grace: Colleague, talks: Talks
) -> None:
    made(canned.create(runtime, grace.identity, shop.id, Wording("hello", "Hello {name}, {agent} here.")))
    case = inbox.find(runtime, grace.identity, talks.start())
    assert not isinstance(case, Refused)
    assert [one.body for one in canned.for_case(runtime, grace.identity, case)] == ["Hello, Grace here."]


def test_a_note_calls_those_who_serve_the_platform_and_nobody_else(
    runtime: Runtime, shop: Shop, grace: Colleague, linus: Colleague, mallory: Colleague, talks: Talks, clock: Clock
) -> None:
    here = talks.start()
    note = Text("@linus@example.com @mallory@example.com @grace@example.com @nobody@example.com: look", "n")
    listening, topics = overheard(runtime)
    inbox.note(listening, grace.identity, here, note)
    assert [topic for topic in topics if topic.startswith(agent_topic(""))] == [
        f"{agent_topic(linus.id)}#called:{here}"
    ]
    assert record_topic(shop.id, talks.find(here).record_id) not in topics
    topics.clear()
    inbox.note(listening, grace.identity, here, note)  # a second try stores nothing, and calls nobody
    assert not any(topic.startswith(agent_topic("")) for topic in topics)
    (mention,) = mentions.listed(runtime, linus.identity, FIRST_PAGE)
    assert (mention.conversation_id, mention.author_name, mention.body) == (here, "Grace", note.text)
    assert [mentions.unread(runtime, who.identity) for who in (grace, linus, mallory)] == [0, 1, 0]


def test_what_calls_an_agent_is_read_once_they_open_the_conversation(
    runtime: Runtime, grace: Colleague, linus: Colleague, talks: Talks, clock: Clock
) -> None:
    first, second = talks.start(), talks.start()
    for number, place in enumerate((first, second, first)):
        clock.advance(seconds=1)
        inbox.note(runtime, grace.identity, place, Text(f"@linus@example.com {number}", str(number)))
    assert [one.body[-1] for one in mentions.listed(runtime, linus.identity, FIRST_PAGE)] == ["2", "1", "0"]
    case = inbox.find(runtime, linus.identity, first)
    assert not isinstance(case, Refused)
    mentions.mark_read(runtime, grace.identity, case)  # somebody else's
    assert mentions.unread(runtime, linus.identity) == 3
    mentions.mark_read(runtime, linus.identity, case)
    assert mentions.unread(runtime, linus.identity) == 1
    read = {one.body[-1]: one.read_at for one in mentions.listed(runtime, linus.identity, FIRST_PAGE)}
    assert read == {"0": clock(), "1": None, "2": clock()}
    clock.advance(seconds=1)
    mentions.mark_read(runtime, linus.identity, case)
    with runtime.database.engine.connect() as connection:
        instants = {row.read_at for row in connection.execute(mention_rows.select())}
    assert instants == {None, clock() - 1_000}
    page = mentions.listed(runtime, linus.identity, FIRST_PAGE, count=2)
    assert len(page) == 3
    rest = mentions.listed(runtime, linus.identity, (page[1].created_at, page[1].id), count=2)
    assert [one.body[-1] for one in rest] == ["0"]

"""Several processes over one database keep the same promises as threads of one (identity.md §5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.cli.conftest import variables
from tests.people import ADA
from tests.races.crowd import dense
from tests.races.processes import Answer, Ask, Crew, boot, crew, post
from tests.rows import Rows
from tests.shop import Shop, Visitor, open_shop
from tests.web.widget.configs import claimed, verified
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.storage.tables import conversations, merge_ledger, messages, users

pytestmark = pytest.mark.slow

PROCESSES, THREADS = 4, 50
EMAILS = [f"shared{number}@example.com" for number in range(6)]


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


@pytest.fixture(scope="module")
def processes() -> Iterator[Crew]:
    with crew(PROCESSES) as started:
        yield started


@pytest.fixture
def four(processes: Crew, settings: Settings, runtime: Runtime) -> Iterator[Crew]:
    """Four processes over the database of the test."""
    environ = variables(settings.database_url.get_secret_value(), settings.instance_path)
    processes.serve(environ | {"WHOSTHERE_RATE_LIMIT": "off"}, runtime.clock())
    yield processes
    processes.rest()


def together(shares: list[list[Answer]]) -> list[Answer]:
    return [answer for share in shares for answer in share]


def record_of(shop: Shop, answer: Answer) -> str:
    session = shop.runtime.signer.read_session(answer.json["session"]["token"])
    assert session is not None
    return session.record_id


def test_two_hundred_first_logins_of_one_person_make_one_record(four: Crew, shop: Shop, rows: Rows) -> None:
    answers = together(four.at_once([[boot(shop.id, ADA.proven())] * THREADS] * PROCESSES))
    assert Counter(answer.status for answer in answers) == {200: PROCESSES * THREADS}
    record = rows.one(users)
    assert (record.user_id, record.email, record.user_id_proven) == (ADA.user_id, ADA.email, True)
    assert {record_of(shop, answer) for answer in answers} == {record.id}
    assert len({answer.json["user"]["ref"] for answer in answers}) == 1
    assert len({answer.json["session"]["token"] for answer in answers}) == PROCESSES * THREADS
    assert rows.counts("merge_ledger") == {"merge_ledger": 0}


def test_of_two_user_ids_that_want_one_email_only_record_exactly_one_gets_it(
    four: Crew, client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    for email in EMAILS:
        shop.visitor(client, verified(None, email)).start(email)
    history = {row.email: row.id for row in rows.all(users)}
    answers = together(four.at_once(_claims_of_two(shop.id)))
    assert {answer.status for answer in answers} == {200}
    _everybody_owns_one(shop, rows, answers, history)
    undoable = Counter(row.record_id for row in rows.all(merge_ledger))
    assert undoable == dict.fromkeys(history.values(), 1)


def test_of_two_who_prove_the_email_of_a_claimed_record_exactly_one_takes_it_over(
    four: Crew, client: FlaskClient, runtime: Runtime
) -> None:
    shop = open_shop(runtime, verification=Verification.REPORT)
    rows = Rows(runtime.database, shop.id)
    for email in EMAILS:
        shop.visitor(client, claimed(None, email)).start(email)
    history = {row.email: row.id for row in rows.all(users)}
    answers = together(four.at_once(_claims_of_two(shop.id)))
    assert {answer.status for answer in answers} == {200}
    _everybody_owns_one(shop, rows, answers, history)


def _claims_of_two(platform_id: str) -> list[list[Ask]]:
    """Every process is half the tries of one of two people, about every email."""
    return [
        [boot(platform_id, verified(f"{'ab'[process % 2]}-{email}", email)) for email in EMAILS for _ in range(2)]
        for process in range(PROCESSES)
    ]


def _everybody_owns_one(shop: Shop, rows: Rows, answers: list[Answer], history: dict[str, str]) -> None:
    """Each of two people has one record, the email's history belongs to one of them, and every answer said so."""
    found = rows.all(users)
    assert sorted(row.user_id for row in found) == sorted(f"{who}-{email}" for email in EMAILS for who in "ab")
    owner = {row.id: row.user_id for row in found}
    for answer in answers:
        said, record_id = answer.json["user"], record_of(shop, answer)
        assert owner[record_id] == said["userId"]
        heir = record_id == history[said["userId"].partition("-")[2]]
        assert (answer.json["conversation"] is not None) == heir
    assert {row.record_id for row in rows.all(conversations)} == set(history.values())


def test_the_same_message_from_several_processes_is_stored_once(
    four: Crew, client: FlaskClient, shop: Shop, rows: Rows
) -> None:
    visitor = shop.visitor(client, ADA.proven())
    path = f"/conversations/{visitor.start()['conversation']['id']}/messages"
    everybody = [post(visitor, path, f"shared-{number}") for number in range(8)]
    shares = [[*everybody, *(post(visitor, path, f"{own}-{n}") for n in range(8))] for own in range(PROCESSES)]
    answers = four.at_once(shares)
    shared = [share[:8] for share in answers]
    for tries in zip(*shared, strict=True):
        assert Counter(answer.status for answer in tries) == {201: 1, 200: PROCESSES - 1}
        assert len({(answer.json["id"], answer.json["seq"]) for answer in tries}) == 1
    assert {answer.status for share in answers for answer in share[8:]} == {201}
    found = rows.all(messages)
    assert len({row.client_message_id for row in found}) == len(found) == 1 + 8 + 8 * PROCESSES
    assert dense([row.seq for row in found])
    assert dense([row.record_seq for row in found])
    assert rows.one(conversations).last_seq == rows.one(users).last_record_seq == len(found)


@pytest.mark.parametrize("who", ["verified", "anonymous"])
def test_the_same_start_from_several_processes_is_one_conversation(
    four: Crew, client: FlaskClient, shop: Shop, rows: Rows, who: str
) -> None:
    visitor: Visitor = shop.visitor(client, ADA.proven() if who == "verified" else {})
    answers = together(four.at_once([[post(visitor, "/conversations", "same")] * 5] * PROCESSES))
    assert Counter(answer.status for answer in answers) == {201: 1, 200: 5 * PROCESSES - 1}
    assert len({answer.json["conversation"]["id"] for answer in answers}) == 1
    assert rows.counts("users", "conversations", "messages") == {"users": 1, "conversations": 1, "messages": 1}

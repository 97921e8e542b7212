"""What is erased of a person is nowhere any more; nobody else loses anything; a stopped erasure goes on."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.people import BOB, SECRET, Person, base64_token
from tests.services.lives import Life, in_files, live, on_disk, platform_rows, traces
from tests.shop import Shop, open_shop
from tests.team import hire
from tests.web.widget.endpoints import check_problem
from whosthere.core.reasons import Reason, Refused
from whosthere.services import chores, erasure, records, tokens
from whosthere.services.erasure import Erasure, Standing
from whosthere.services.journal import Actor, entries
from whosthere.services.purge import purge
from whosthere.services.runtime import Runtime
from whosthere.services.tokens import Wish
from whosthere.storage.ledger import Entry

ACTOR = Actor("cli:grace")
NOBODY = "00000000-0000-0000-0000-000000000000"
MARK = "ada-4711-xyzzy"
EVE = Person("eve", "eve@example.com", "Eve")
MARKED = Person(MARK, f"{MARK}@example.com", f"Ada {MARK}")


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Life:
    """Somebody whose every trace holds `MARK`."""
    return live(client, shop, MARKED, MARK)


def erase(life: Life, **more: Any) -> Erasure:
    done = erasure.erase(life.shop.runtime, life.shop.id, life.record_id, actor=ACTOR, **more)
    assert isinstance(done, Erasure)
    return done


def test_the_traces_are_found_before(runtime: Runtime, ada: Life) -> None:
    """What the next test would not notice if this reading were blind."""
    tables = {place.partition(".")[0] for place in traces(runtime, MARK)}
    assert {"users", "conversations", "messages", "attachments", "taggings"} <= tables
    assert {"notes", "outbox", "refusal_samples"} <= tables
    assert in_files(runtime, ada.shop.id) == [ada.attachment_id]


def test_nothing_of_an_erased_person_is_left_anywhere(runtime: Runtime, client: FlaskClient, ada: Life) -> None:
    done = erase(ada)
    assert done.finished
    assert (done.extent.conversations, done.extent.notes, done.extent.attachments) == (1, 1, 1)
    assert traces(runtime, MARK) == set()
    assert in_files(runtime, ada.shop.id) == []
    assert MARK.encode() not in on_disk(runtime)
    rows = platform_rows(runtime, ada.shop.id)
    assert [row.last_seq for row in rows["conversations"]] == [4]  # what was counted stays counted
    assert len(rows["messages"]) == 4
    assert rows["merge_ledger"] == []


def test_the_sessions_end_and_a_later_visit_begins_a_new_record(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Life
) -> None:
    erase(ada)
    check_problem(ada.visitor.get("/conversations"), 401, "session_ended")
    again = shop.visitor(client, MARKED.proven())
    assert runtime.signer.read_session(again.answer["session"]["token"]).record_id != ada.record_id
    assert again.get("/conversations").json["items"] == []


def test_nobody_else_loses_anything(runtime: Runtime, client: FlaskClient, shop: Shop, ada: Life) -> None:
    other = open_shop(runtime)
    bob, twin = live(client, shop, BOB, "bob-0815"), live(client, other, MARKED, MARK)
    before = platform_rows(runtime, other.id)
    bobs = traces(runtime, "bob-0815")
    erase(ada)
    assert platform_rows(runtime, other.id) == before
    assert traces(runtime, "bob-0815") == bobs
    assert in_files(runtime, shop.id) == [bob.attachment_id]
    assert in_files(runtime, other.id) == [twin.attachment_id]
    assert bob.visitor.get("/conversations").status_code == 200


def test_an_erasure_is_in_the_audit_log_once_without_personal_data(runtime: Runtime, shop: Shop, ada: Life) -> None:
    erase(ada)
    assert erase(ada) == Erasure(True, erasure.Extent(1, 0, 0, 0))
    (entry,) = entries(runtime, shop.id)
    assert (entry.actor, entry.action, entry.detail) == ("cli:grace", "user.erased", {"user": ada.record_id})


def test_lines_and_ledgers_of_others_forget_an_erased_person_too(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    """A token was signed for them, and they were told apart from a record that they had adopted."""
    key = Wish()
    for user_id in (MARK, "bob"):
        assert isinstance(tokens.sign(runtime, shop.id, tokens.Person(user_id), key, actor=ACTOR), tokens.Signed)
    by_email = {"userEmail": BOB.email, "userAuthToken": base64_token(SECRET, f"\n{BOB.email}")}
    shop.visitor(client, by_email)
    marked = Person(MARK, BOB.email, "Ada")
    shop.visitor(client, marked.proven())
    (merged,) = records.merges(runtime, shop.id, "ffffffff-ffff-ffff-ffff-ffffffffffff", 10)
    assert isinstance(records.undo_on(runtime, shop.id, merged.id, actor=ACTOR), Entry)
    session = shop.visitor(client, Person(MARK, "", "Ada").proven()).answer["session"]["token"]
    own = runtime.signer.read_session(session)
    assert own is not None
    assert own.record_id != merged.record_id
    assert {"merge_ledger.detail", "audit_log.detail"} <= traces(runtime, MARK)
    assert isinstance(erasure.erase(runtime, shop.id, own.record_id, actor=ACTOR), Erasure)
    assert traces(runtime, MARK) == set()
    signed = [one.detail["userId"] for one in entries(runtime, shop.id) if one.action == "token.signed"]
    assert signed == ["bob", ""]


def test_a_stopped_erasure_is_closed_to_everybody_and_goes_on(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    ada = live(client, shop, MARKED, MARK, messages=5)

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        erase(ada, batch=2, progress=stop)
    assert "messages.body" in traces(runtime, MARK)
    assert traces(runtime, MARK).isdisjoint({"users.user_id", "users.email", "users.name"})
    check_problem(ada.visitor.get("/conversations"), 401, "session_ended")
    assert shop.visitor(client, MARKED.proven()).get("/conversations").json["items"] == []
    told: list[tuple[int, int]] = []
    assert erase(ada, batch=2, progress=lambda done, total: told.append((done, total))).finished
    assert told == [(2, 6), (4, 6), (6, 6)]
    assert "messages.body" not in traces(runtime, MARK)


def test_a_budget_of_transactions_always_gets_further(client: FlaskClient, shop: Shop, runtime: Runtime) -> None:
    ada = live(client, shop, MARKED, MARK, messages=5)
    outcomes = [erase(ada, batch=2, batches_max=4).finished for _ in range(6)]
    assert not outcomes[0]
    assert outcomes[-1]
    assert traces(runtime, MARK) == set()


def test_a_purge_finishes_what_was_stopped(client: FlaskClient, shop: Shop, runtime: Runtime) -> None:
    ada = live(client, shop, MARKED, MARK, messages=5)
    assert not erase(ada, batch=2, batches_max=1).finished
    assert purge(runtime, dry_run=True)["erasures"] == 1
    assert purge(runtime, batch=2)["erasures"] == 1
    assert traces(runtime, MARK) == set()


def test_what_somebody_posts_meanwhile_is_gone_too(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    ada = live(client, shop, MARKED, MARK, messages=3)
    started = threading.Event()
    answers: list[int] = []

    def write() -> None:
        own = client.application.test_client()
        for number in range(40):
            body = {"text": f"Meanwhile {MARK}", "clientMessageId": f"meanwhile-{number}"}
            path = f"/api/v1/widget/conversations/{ada.conversation_id}/messages"
            answers.append(own.post(path, json=body, headers=ada.visitor.headers).status_code)
            started.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert started.wait(30)
    erase(ada, batch=2)
    writer.join(60)
    assert answers[0] == 201
    assert answers[-1] == 401
    assert set(answers) == {201, 401}
    assert traces(runtime, MARK) == set()


def test_a_stranger_and_an_unknown_person_are_not_found(runtime: Runtime, shop: Shop, ada: Life) -> None:
    other = open_shop(runtime)
    for platform_id, record_id in ((other.id, ada.record_id), (shop.id, NOBODY)):
        for outcome in (
            erasure.erase(runtime, platform_id, record_id, actor=ACTOR),
            erasure.extent(runtime, platform_id, record_id),
        ):
            assert isinstance(outcome, Refused)
            assert outcome.reason is Reason.NOT_FOUND
    assert ada.visitor.get("/conversations").status_code == 200


def test_an_anonymous_user_who_was_erased_does_not_come_back(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    visitor = shop.visitor(client)
    visitor.start("Ahoy")
    token = visitor.answer["anonymousToken"]
    record_id = runtime.signer.read_session(visitor.answer["session"]["token"]).record_id
    assert isinstance(erasure.erase(runtime, shop.id, record_id, actor=ACTOR), Erasure)
    again = shop.visitor(client, anonymousToken=token)
    assert again.answer["anonymousToken"] != token
    assert traces(runtime, "Ahoy") == set()


@pytest.mark.usefixtures("quick_passwords")
def test_the_team_sees_and_changes_nothing_of_an_erased_person(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Life
) -> None:
    grace = hire(runtime, shop.id)
    assert not erase(ada, batches_max=1).finished
    assert grace.get(client, "/conversations")["items"] == []
    note = {"text": f"About {MARK}", "clientMessageId": "n"}
    for method, path, body in (("GET", "", None), ("POST", "/notes", note), ("POST", "/messages", note)):
        response = grace.call(client, method, f"/conversations/{ada.conversation_id}{path}", body)
        check_problem(response, 404, "not_found")


def test_the_chores_finish_what_was_interrupted_and_leave_what_was_stopped(
    client: FlaskClient, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "_BATCHES", 5)
    ada, bob, eve = (live(client, shop, who, mark) for who, mark in ((MARKED, MARK), (BOB, "bob-0815"), (EVE, "eve-1")))
    for one in (ada, bob, eve):
        erasure.erase(runtime, shop.id, one.record_id, actor=ACTOR, batches_max=1)
    assert erasure.stop(runtime, shop.id, bob.record_id, actor=ACTOR) is None
    turns = 1
    while chores.erase(runtime):
        turns += 1
    assert turns > 1, "nobody who waits for mail waits for all of it"
    assert traces(runtime, MARK) == traces(runtime, eve.mark) == set()
    assert traces(runtime, bob.mark) != set()
    found = erasure.standing(runtime, shop.id, bob.record_id)
    assert isinstance(found, Standing)
    assert (found.finished, found.stopped) == (False, True)
    assert isinstance(erasure.erase(runtime, shop.id, bob.record_id, actor=ACTOR), Erasure), "asked for again"
    assert traces(runtime, bob.mark) == set()

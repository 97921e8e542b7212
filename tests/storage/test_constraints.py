"""What must not be there twice cannot be: constraints of the database, not looks before writing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.rows import Rows
from tests.shop import Shop
from whosthere.core.resolution import Record
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations, messages, sessions, users
from whosthere.storage.errors import Conflict
from whosthere.storage.messages import Draft
from whosthere.storage.tables import conversations as conversation_table
from whosthere.storage.tables import messages as message_table
from whosthere.storage.tables import users as user_table
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit

NOW = 1_800_000_000_000
HERE = Visit(NOW)
Write = Callable[[Callable[[Tenant], Any]], Any]


@pytest.fixture
def write(runtime: Runtime, shop: Shop) -> Write:
    """Run something in a write transaction of the shop, once: a conflict is not tried again."""

    def once(work: Callable[[Tenant], Any]) -> Any:
        with runtime.database.write() as connection:
            return work(Tenant(connection, shop.id))

    return once


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


def record(runtime: Runtime, **more: Any) -> Record:
    return Record(id=runtime.new_id(), **more)


LONGEST = "𝒖" * 750

TWICE: tuple[tuple[dict[str, Any], dict[str, Any], bool], ...] = (
    ({"user_id": "ada"}, {"user_id": "ada"}, False),
    ({"user_id": "ada"}, {"user_id": "ada", "email": "other@example.com"}, False),
    ({"user_id": LONGEST}, {"user_id": LONGEST}, False),
    ({"user_id": LONGEST}, {"user_id": LONGEST[:-1] + "v"}, True),
    ({"user_id": "ada"}, {"user_id": "Ada"}, True),
    ({"user_id": "é"}, {"user_id": "e\u0301"}, True),
    ({"user_id": "ada"}, {"user_id": "ada", "shadow": True}, True),
    ({"user_id": "ada", "shadow": True}, {"user_id": "ada", "shadow": True}, False),
    ({"email": "ada@example.com"}, {"email": "ada@example.com"}, False),
    ({"email": "ada@example.com"}, {"email": "ADA@Example.COM"}, False),
    ({"email": "kate@example.com"}, {"email": "\u212aate@example.com"}, True),
    ({"email": "ada@example.com"}, {"email": "ada@example.com", "shadow": True}, True),
    ({"email": "ada@example.com"}, {"email": "ada@example.com", "user_id": "ada"}, True),
    ({"email": "a@example.com", "user_id": "ada"}, {"email": "a@example.com", "user_id": "bob"}, True),
    ({}, {}, True),  # anonymous and displaced records
)


@pytest.mark.parametrize(("first", "second", "fits"), TWICE, ids=range(len(TWICE)))
def test_one_record_per_user_id_and_one_email_only_record_per_email_key(
    runtime: Runtime, write: Write, rows: Rows, first: dict[str, Any], second: dict[str, Any], fits: bool
) -> None:
    write(lambda tenant: users.add(tenant, record(runtime, **first), HERE))
    if fits:
        write(lambda tenant: users.add(tenant, record(runtime, **second), HERE))
    else:
        with pytest.raises(Conflict):
            write(lambda tenant: users.add(tenant, record(runtime, **second), HERE))
    assert rows.counts("users") == {"users": 2 if fits else 1}


def test_a_record_cannot_become_what_another_one_is(runtime: Runtime, write: Write) -> None:
    ada, other = record(runtime, user_id="ada"), record(runtime, email="ada@example.com")
    for one in (ada, other):
        write(lambda tenant, one=one: users.add(tenant, one, HERE))
    with pytest.raises(Conflict):
        write(lambda tenant: users.store(tenant, other, replace(other, user_id="ada"), HERE))


MEANWHILE: tuple[dict[str, Any], ...] = (
    {"user_id": "bob"},
    {"user_id": None},
    {"user_id_proven": True},
    {"email": "other@example.com"},
    {"email": "ADA@example.com"},
    {"email_proven": True},
    {"name": "Somebody"},
    {"name_proven": True},
    {"claimed_user_id": "x"},
    {"claimed_email": "x@example.com"},
    {"sealed": True},
)


@pytest.mark.parametrize("change", MEANWHILE, ids=lambda change: ",".join(change))
def test_a_decision_about_a_record_that_has_changed_is_not_stored(
    runtime: Runtime, write: Write, rows: Rows, change: dict[str, Any]
) -> None:
    """Above all: what was proven meanwhile never becomes claimed again."""
    seen = record(runtime, user_id="ada", email="ada@example.com", name="Ada")
    write(lambda tenant: users.add(tenant, seen, HERE))
    meanwhile = replace(seen, **change)
    write(lambda tenant: users.store(tenant, seen, meanwhile, HERE))
    before = rows.one(user_table)
    with pytest.raises(Conflict):
        write(lambda tenant: users.store(tenant, seen, replace(seen, name="Mallory"), HERE))
    assert rows.one(user_table) == before
    write(lambda tenant: users.store(tenant, meanwhile, replace(meanwhile, name="Countess"), HERE))
    assert rows.one(user_table).name == "Countess"


def draft(runtime: Runtime, **more: Any) -> Draft:
    values = {"author_kind": "user", "body": "x", "assurance": "verified", "client_message_id": runtime.new_id()}
    return Draft(**{"id": runtime.new_id(), **values, **more})


def begin(runtime: Runtime, tenant: Tenant, record_id: str, first: Draft, conversation_id: str | None = None) -> str:
    conversation_id = conversation_id or runtime.new_id()
    messages.start(
        tenant,
        conversation_id=conversation_id,
        record_id=record_id,
        draft=first,
        tags=[],
        fields={},
        page_url=None,
        now=NOW,
    )
    return conversation_id


@pytest.fixture
def talk(runtime: Runtime, write: Write) -> tuple[str, str]:
    """A record's id and the id of its conversation."""
    ada = record(runtime, user_id="ada")
    write(lambda tenant: users.add(tenant, ada, HERE))
    return ada.id, write(
        lambda tenant: begin(runtime, tenant, ada.id, draft(runtime, author_id=ada.id, client_message_id="s"))
    )


def test_a_conversation_is_started_once_by_one_idempotency_key(
    runtime: Runtime, write: Write, rows: Rows, talk: tuple[str, str]
) -> None:
    again = draft(runtime, author_id=talk[0], client_message_id="s")
    with pytest.raises(Conflict):
        write(lambda tenant: begin(runtime, tenant, talk[0], again))
    assert rows.counts("conversations", "messages") == {"conversations": 1, "messages": 1}
    assert rows.one(user_table).last_record_seq == 1  # the number was given back


def add(runtime: Runtime, tenant: Tenant, talk: tuple[str, str], message: Draft, was: str = "open") -> Any:
    return messages.append(
        tenant, message, conversation_id=talk[1], record_id=talk[0], was=was, state="open", now=NOW + 1
    )


def test_a_message_is_stored_once_by_one_idempotency_key(
    runtime: Runtime, write: Write, rows: Rows, talk: tuple[str, str]
) -> None:
    with pytest.raises(Conflict):
        write(lambda tenant: add(runtime, tenant, talk, draft(runtime, author_id=talk[0], client_message_id="s")))
    assert rows.one(conversation_table).last_seq == 1
    # Another author's keys are its own, and events of the system have none.
    write(lambda tenant: add(runtime, tenant, talk, draft(runtime, author_id=runtime.new_id(), client_message_id="s")))
    for _ in range(2):
        event = draft(runtime, author_kind="system", author_id=None, client_message_id=None)
        write(lambda tenant, event=event: add(runtime, tenant, talk, event))
    assert sorted(row.seq for row in rows.all(message_table)) == [1, 2, 3, 4]


def test_no_number_is_taken_twice(runtime: Runtime, write: Write, rows: Rows, talk: tuple[str, str]) -> None:
    row = rows.one(message_table)
    for change in ({"record_seq": 9}, {"seq": 9}):  # the other number stays what it is
        twin = row._asdict() | change | {"id": runtime.new_id(), "client_message_id": "twin"}
        with pytest.raises(Conflict):
            write(lambda tenant, twin=twin: tenant.add(message_table, **twin))


@pytest.mark.parametrize(
    ("was", "record_id"), [("resolved", None), ("ended", None), ("open", "01a00000-0000-7000-8000-000000000001")]
)
def test_nothing_is_appended_to_a_conversation_that_is_not_what_it_was(
    runtime: Runtime, write: Write, rows: Rows, talk: tuple[str, str], was: str, record_id: str | None
) -> None:
    wrong = (record_id or talk[0], talk[1])
    if record_id is not None:
        write(lambda tenant: users.add(tenant, Record(id=record_id), HERE))
    with pytest.raises(Conflict):
        write(lambda tenant: add(runtime, tenant, wrong, draft(runtime), was=was))
    assert rows.counts("messages") == {"messages": 1}
    assert {row.last_record_seq for row in rows.all(user_table)} <= {0, 1}


def test_nothing_is_written_for_a_record_that_is_gone(runtime: Runtime, write: Write) -> None:
    with pytest.raises(Conflict):
        write(lambda tenant: begin(runtime, tenant, runtime.new_id(), draft(runtime)))


def test_revoking_and_ending_twice_is_one_thing(runtime: Runtime, write: Write, rows: Rows) -> None:
    session_id, anonymous_id = runtime.new_id(), runtime.new_id()
    revoked = [write(lambda tenant: sessions.revoke(tenant, session_id, expires_at=9, now=1)) for _ in range(2)]
    ended = [write(lambda tenant: sessions.end_anonymous(tenant, anonymous_id, 1)) for _ in range(2)]
    assert (revoked, ended) == ([True, False], [True, False])
    assert rows.counts("revoked_sessions", "ended_anonymous") == {"revoked_sessions": 1, "ended_anonymous": 1}


@pytest.mark.parametrize("side", ["user", "agent"])
def test_unread_counts_what_the_other_side_wrote_after_the_mark(
    runtime: Runtime, write: Write, rows: Rows, talk: tuple[str, str], side: str
) -> None:
    other = {"user": "agent", "agent": "user"}[side]
    read = {"user": conversations.read_by_user, "agent": conversations.read_by_agents}[side]
    if side == "agent":
        write(lambda tenant: read(tenant, talk[1], 1))
    for kind in (other, "system", other, other):
        write(lambda tenant, kind=kind: add(runtime, tenant, talk, draft(runtime, author_kind=kind)))
    left = []
    for seq in (1, 2, 3, 2, 4, 5, 5):
        moved = write(lambda tenant, seq=seq: read(tenant, talk[1], seq))
        left.append((moved, getattr(rows.one(conversation_table), f"{side}_unread")))
    assert left == [(False, 3), (True, 2), (True, 2), (False, 2), (True, 1), (True, 0), (False, 0)]

"""Two transactions at the moment that hurts: the second has read, the first commits, the second goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests import desk
from tests.people import ADA
from tests.rows import Rows
from tests.shop import Shop, Visitor, open_shop
from tests.web.widget.configs import claimed, verified
from whosthere.core.conversation import Actor, State
from whosthere.core.policy import Verification
from whosthere.services.conversations import change_state
from whosthere.services.runtime import Runtime
from whosthere.storage import conversations as conversation_rows
from whosthere.storage.tables import conversations, messages, users
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import digest

pytestmark = pytest.mark.slow


@contextmanager
def meanwhile(runtime: Runtime, platform_id: str, second: Callable[[], Any]) -> Iterator[tuple[Tenant, list[Any]]]:
    """A write transaction that is committed at the end of the block, while `second` waits for it."""
    brought: list[Any] = []
    thread = threading.Thread(target=lambda: brought.append(second()), daemon=True)
    with runtime.database.write() as connection:
        yield Tenant(connection, platform_id), brought
        thread.start()
        thread.join(0.3)
        assert brought == [], "the second did not have to wait"
    thread.join(20)
    assert len(brought) == 1, "the second hangs"


@pytest.fixture
def ada(app: Flask, shop: Shop) -> Visitor:
    return shop.visitor(app.test_client(), ADA.proven())


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


@pytest.fixture
def rows(runtime: Runtime, shop: Shop) -> Rows:
    return Rows(runtime.database, shop.id)


@pytest.mark.parametrize(
    ("state", "status", "after"),
    [(State.ENDED, 409, State.ENDED), (State.REJECTED, 409, State.REJECTED), (State.RESOLVED, 201, State.OPEN)],
)
def test_a_message_that_meets_the_end_of_its_conversation_is_decided_again(
    runtime: Runtime, shop: Shop, ada: Visitor, here: str, rows: Rows, state: State, status: int, after: State
) -> None:
    def post() -> int:
        body = {"text": "x", "clientMessageId": "x"}
        return ada.send("POST", f"/conversations/{here}/messages", body).status_code

    with meanwhile(runtime, shop.id, post) as (tenant, brought):
        conversation = conversation_rows.find(tenant, here)
        assert conversation is not None
        by = Actor.SYSTEM if state is State.ENDED else Actor.AGENT
        change_state(runtime, tenant, conversation, state, by=by, now=runtime.clock())
    assert brought == [status]
    assert rows.one(conversations).state == after
    events = [row.event for row in sorted(rows.all(messages), key=lambda row: row.seq)]
    assert events == [None, state] + (["reopened", None] if after is State.OPEN else [])


def test_a_mark_that_meets_a_reply_does_not_swallow_it(
    runtime: Runtime, shop: Shop, ada: Visitor, here: str, rows: Rows
) -> None:
    desk.reply(runtime, shop.id, here, "one")

    def read() -> int:
        return ada.send("PUT", f"/conversations/{here}/read", {"seq": 2}).status_code

    with meanwhile(runtime, shop.id, read) as (tenant, brought):
        desk.write_reply(runtime, tenant, here, "two")
    assert brought == [204]
    row = rows.one(conversations)
    assert (row.user_read_seq, row.user_unread) == (2, 1)


def test_a_claim_that_meets_a_proof_does_not_undo_it(app: Flask, runtime: Runtime) -> None:
    shop = open_shop(runtime, verification=Verification.REPORT)
    rows = Rows(runtime.database, shop.id)
    shop.visitor(app.test_client(), claimed("ada", "ada@example.com"))
    mallory = claimed("ada", "ada@example.com", userName="Mallory")

    def boot() -> int:
        return shop.boot(app.test_client(), mallory).status_code

    proof = update(users).where(users.c.platform_id == shop.id)
    with meanwhile(runtime, shop.id, boot) as (tenant, brought):
        tenant.connection.execute(proof.values(user_id_proven=True, email_proven=True))
    assert brought == [200]
    record = rows.one(users)
    assert (record.user_id_proven, record.email_proven, record.name) == (True, True, None)


def test_the_second_of_two_first_logins_gets_the_record_of_the_first(
    app: Flask, runtime: Runtime, shop: Shop, rows: Rows
) -> None:
    def boot() -> Any:
        return shop.boot(app.test_client(), verified("ada", "ada@example.com"))

    record_id = runtime.new_id()
    with meanwhile(runtime, shop.id, boot) as (tenant, brought):
        first = {"user_id": "ada", "user_id_digest": digest("ada"), "user_id_proven": True}
        tenant.add(users, id=record_id, created_at=0, last_seen_at=0, **first)
    assert brought[0].status_code == 200
    assert rows.one(users).id == record_id
    assert rows.one(users).email == "ada@example.com"

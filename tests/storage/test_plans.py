"""What a visitor does costs the same however much there is: every statement of it is led by an index of its platform.

Measured on a platform that holds nearly everything, with a person who wrote nearly all of that (docs/performance.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, insert, text

from tests.people import SECRET, Person
from tests.shop import WIDGET, Shop, Visitor, open_shop
from tests.storage.ear import Ear, Heard
from whosthere.services import streams
from whosthere.services.access import Credential
from whosthere.services.runtime import Runtime
from whosthere.storage import sessions
from whosthere.storage.database import Database
from whosthere.storage.tables import (
    conversations,
    ended_anonymous,
    keys,
    messages,
    metadata,
    platforms,
    refusal_counts,
    refusal_samples,
    revoked_sessions,
    users,
)

TENANT_TABLES = {table.name for table in metadata.sorted_tables if table.info.get("tenant")}
BUSY = Person("u0", "u0@example.com", "Ada")
PEOPLE, TALKS, WORDS = 3_000, 1_000, 3_000


def row_id(kind: int, number: int) -> str:
    return f"01a00000-{kind:04x}-7000-8000-{number:012x}"


def others(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "id": row_id(1, number),
            "name": "Other",
            "verification": "enforced",
            "anonymous_days": 7,
            "anonymous_history": "keep",
            "origins": ["https://other.example.com"],
            "appearance": {},
            "created_at": 0,
        }


def people(platform_id: str, now: int) -> Iterator[dict[str, Any]]:
    for number in range(PEOPLE):
        user_id, email = f"u{number}", f"u{number}@example.com"
        yield {
            "platform_id": platform_id,
            "id": row_id(2, number),
            "user_id": user_id,
            "user_id_digest": hashlib.sha256(user_id.encode()).digest(),
            "user_id_proven": True,
            "email": email,
            "email_key": email,
            "email_proven": True,
            "name": "Ada",
            "sealed": True,
            "last_record_seq": WORDS + TALKS,
            "created_at": now + number,
            "last_seen_at": now,
        }


def talks(platform_id: str, now: int) -> Iterator[dict[str, Any]]:
    """The busy person's thousand conversations, and one of everybody else."""
    for number in range(TALKS + PEOPLE - 1):
        yield {
            "platform_id": platform_id,
            "id": row_id(3, number),
            "record_id": row_id(2, max(0, number - TALKS + 1)),
            "state": "open",
            "title": "",
            "assurance": "verified",
            "last_seq": WORDS if number == 0 else 1,
            "user_read_seq": 1,
            "user_unread": number % 2,
            "last_author_kind": "agent",
            "last_body": "",
            "last_message_at": now,
            "tags": [],
            "fields": {},
            "start_id": f"s{number}",
            "created_at": now,
            "updated_at": now + number,
        }


def words(platform_id: str, now: int) -> Iterator[dict[str, Any]]:
    """One long conversation, and one message in each of the others."""
    for number in range(WORDS + TALKS + PEOPLE - 2):
        talk = max(0, number - WORDS + 1)
        yield {
            "platform_id": platform_id,
            "id": row_id(4, number),
            "conversation_id": row_id(3, talk),
            "seq": number + 1 if talk == 0 else 1,
            "record_id": row_id(2, max(0, talk - TALKS + 1)),
            "record_seq": number + 1,
            "author_kind": "user" if number % 2 else "agent",
            "author_id": row_id(2, 0),
            "body": "word",
            "client_message_id": f"m{number}",
            "created_at": now,
        }


def fill(connection: Connection, platform_id: str, now: int) -> None:
    """Make the platform a busy one among many quiet ones."""
    quiet = list(others(600))
    connection.execute(insert(platforms), quiet)
    of_quiet = [{"platform_id": one["id"], "id": one["id"]} for one in quiet]
    key = {"name": "k", "scheme": "standard", "secret": "x", "created_at": 0}
    connection.execute(insert(keys), [one | key for one in of_quiet])
    connection.execute(insert(users), list(people(platform_id, now)))
    connection.execute(insert(conversations), list(talks(platform_id, now)))
    connection.execute(insert(messages), list(words(platform_id, now)))
    own = [{"platform_id": platform_id, "id": row_id(5, number)} for number in range(2_000)]
    over = {"revoked_at": 0, "expires_at": 0}
    connection.execute(insert(revoked_sessions), [one | over for one in own])
    connection.execute(insert(ended_anonymous), [one | {"ended_at": 0} for one in own])
    sample = {"reason": "x", "detail": {}, "created_at": 0}
    connection.execute(insert(refusal_samples), [one | sample | {"day": place % 90} for place, one in enumerate(own)])
    counted = {"reason": "x", "enforced": True, "count": 1}
    connection.execute(insert(refusal_counts), [one | counted | {"minute": place} for place, one in enumerate(own)])


def live_through(runtime: Runtime, shop: Shop, client: FlaskClient) -> None:
    """Everything that a visitor's browser does, as the busy person."""
    nobody = shop.visitor(client)
    token = nobody.answer["anonymousToken"]
    nobody.start()
    shop.visitor(client, anonymousToken=token)
    shop.boot(client, Person("u5", "u5@example.com", "Eve").config())
    ada = shop.visitor(client, BUSY.proven(), anonymousToken=token)
    page = ada.get("/conversations").json
    ada.get(f"/conversations?cursor={page['next']}")
    here = f"/conversations/{row_id(3, 0)}"
    ada.get(here)
    ada.get(f"{here}/messages?after=1500&limit=20")
    ada.send("POST", f"{here}/messages", {"text": "x", "clientMessageId": "new"})
    ada.send("PUT", f"{here}/read", {"seq": WORDS})
    ada.start("new", "new")
    watch(runtime, shop, ada)
    client.post(f"{WIDGET}/boot", json={"platformId": shop.id, **BUSY.proven()}, headers=ada.headers)


def watch(runtime: Runtime, shop: Shop, visitor: Visitor) -> None:
    session = runtime.signer.read_session(visitor.answer["session"]["token"])
    assert session is not None
    opened = streams.open_stream(runtime, Credential(session, None), f"{session.record_id[:13]}.{WORDS - 10}")
    assert isinstance(opened, streams.Stream)
    events = opened.events()
    assert next(events).message is None
    assert next(events).message is not None
    opened.close()
    with runtime.reading(shop.id) as tenant:
        assert sessions.departures(tenant, runtime.clock() - 60_000).gone == frozenset()


# -- plans --------------------------------------------------------------------------------------------------------


def explain_sqlite(run: Callable[..., Any], heard: Heard) -> Iterator[str]:
    """What is wrong with a plan of SQLite: a table read without its platform, or sorted after it was read."""
    statement, parameters = heard
    for *_, detail in run(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall():
        first, _, rest = str(detail).partition(" ")
        if first == "SCAN" and rest.split()[0] in TENANT_TABLES:
            yield detail
        if first == "SEARCH" and rest.split()[0] in TENANT_TABLES and "(platform_id=?" not in rest:
            yield detail
        if "USE TEMP B-TREE" in detail:
            yield detail


def explain_postgres(run: Callable[..., Any], heard: Heard) -> Iterator[str]:
    """What is wrong with a plan of PostgreSQL: the same."""
    statement, parameters = heard
    plan = run(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    waiting = [plan[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", ())
        name = node.get("Relation Name", "")
        if node["Node Type"] in ("Seq Scan", "Sort") and (name in TENANT_TABLES or node["Node Type"] == "Sort"):
            yield f"{node['Node Type']} {name} {node.get('Filter', '')}"
        if "Index Cond" in node and name in TENANT_TABLES and "platform_id" not in node["Index Cond"]:
            yield f"{node['Node Type']} {name} {node['Index Cond']}"


def wrong_plans(database: Database, heard: list[Heard], *, at_any_size: bool = False) -> list[str]:
    """What is wrong with the plans of these statements.

    `at_any_size`: ask PostgreSQL what it would do with tables so large that reading or sorting all of one is no choice.
    """
    explain = explain_sqlite if database.is_sqlite else explain_postgres
    lent = database.engine.raw_connection()
    try:
        run = lent.dbapi_connection.execute
        for choice in ("seqscan", "sort", "bitmapscan") if at_any_size and not database.is_sqlite else ():
            run(f"SET enable_{choice} = off")
        return sorted({f"{wrong} <- {one[0]}" for one in heard for wrong in explain(run, one)})
    finally:
        lent.invalidate()  # with what was set on it


@pytest.mark.slow
def test_every_statement_of_a_visitor_is_led_by_an_index_of_its_platform(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, secret=SECRET)
    with runtime.database.engine.begin() as connection:
        fill(connection, shop.id, runtime.clock() - 1_000_000)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    with Ear().listening() as heard:
        live_through(runtime, shop, client)
    assert len({statement for statement, _ in heard}) > 20
    assert wrong_plans(runtime.database, heard) == []


@pytest.mark.slow
def test_a_statement_without_an_index_would_be_found(runtime: Runtime) -> None:
    shop = open_shop(runtime)
    with runtime.database.engine.begin() as connection:
        fill(connection, shop.id, runtime.clock())
        connection.execute(text("ANALYZE"))
    for statement in (
        "SELECT * FROM users WHERE name = 'Ada'",
        "SELECT * FROM messages ORDER BY body",
        f"SELECT * FROM conversations WHERE platform_id = '{shop.id}' AND title = 'x' ORDER BY last_body",
    ):
        assert wrong_plans(runtime.database, [(statement, {})])

"""A stream outlives a database that is away, and not the session it belongs to."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.clock import Clock
from tests.people import ADA
from tests.servers import until
from tests.shop import Shop, Visitor
from whosthere.core.reasons import Refused
from whosthere.realtime.hub import record_topic
from whosthere.services.access import Credential
from whosthere.services.runtime import Runtime
from whosthere.services.streams import open_stream


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The kind of database makes no difference here."""
    return sqlite_url


@contextmanager
def away(runtime: Runtime) -> Iterator[list[str]]:
    """Let nobody have a connection; gives a list that grows with every try."""
    tries: list[str] = []

    def refuse(*_: object) -> NoReturn:
        tries.append("a connection")
        raise sqlite3.OperationalError("away")

    event.listen(runtime.database.engine, "checkout", refuse)
    try:
        yield tries
    finally:
        event.remove(runtime.database.engine, "checkout", refuse)


@contextmanager
def heard(runtime: Runtime, visitor: Visitor) -> Iterator[tuple[list[str], threading.Thread]]:
    """Listen in a thread; gives what was heard, and the thread, which ends with the stream."""
    session = runtime.signer.read_session(visitor.answer["session"]["token"])
    assert session is not None
    stream = open_stream(runtime, Credential(session, None), None)
    assert not isinstance(stream, Refused)
    texts: list[str] = []

    def listen() -> None:
        for happened in stream.events():
            if happened.message:
                texts.append(happened.message.body)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield texts, thread
    finally:
        runtime.hub.close()
        thread.join(60)
        stream.close()


def wake(runtime: Runtime, shop: Shop, visitor: Visitor) -> None:
    session = runtime.signer.read_session(visitor.answer["session"]["token"])
    assert session is not None
    runtime.hub.publish(record_topic(shop.id, session.record_id))


def test_a_stream_goes_on_where_it_was(shop: Shop, runtime: Runtime, client: FlaskClient) -> None:
    ada = shop.visitor(client, ADA.proven())
    path = f"/conversations/{ada.start()['conversation']['id']}/messages"
    with heard(runtime, ada) as (texts, thread):
        with away(runtime) as tries:
            wake(runtime, shop, ada)
            until(lambda: tries, seconds=60)
        assert ada.send("POST", path, {"text": "After", "clientMessageId": "after"}).status_code == 201
        until(lambda: texts == ["After"], seconds=60)
        assert thread.is_alive()


def test_a_session_that_expires_meanwhile_ends_its_stream(
    shop: Shop, runtime: Runtime, client: FlaskClient, clock: Clock
) -> None:
    ada = shop.visitor(client, ADA.proven())
    with heard(runtime, ada) as (_, thread), away(runtime):
        clock.advance(hours=2)
        wake(runtime, shop, ada)
        thread.join(60)
        assert not thread.is_alive()

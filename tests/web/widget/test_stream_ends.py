"""Streams end within seconds when their session does, or the process; and there are only so many places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient

from tests import desk, servers
from tests.clock import Clock
from tests.listening import listening
from tests.people import ADA, BOB
from tests.rows import Rows
from tests.servers import LiveServer, until
from tests.shop import WIDGET, Shop, Visitor
from tests.team import hash_quickly, hire
from tests.topics import overheard
from tests.web.widget.conftest import Listen
from whosthere.core.abuse import BlockedNetwork
from whosthere.services import blocks, keys, platforms, streams
from whosthere.services.agents import Identity
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.storage import keys as key_rows
from whosthere.storage import platforms as platform_rows
from whosthere.storage.tables import users
from whosthere.storage.tenancy import Tenant
from whosthere.web import create_app
from whosthere.wiring import build_runtime

ADMIN = Actor("test")


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


def log_out(runtime: Runtime, shop: Shop, visitor: Visitor, clock: Clock) -> None:
    visitor.send("DELETE", "/session")


def boot_again(runtime: Runtime, shop: Shop, visitor: Visitor, clock: Clock) -> None:
    body = {"platformId": shop.id, **BOB.proven()}
    visitor.client.post(f"{WIDGET}/boot", json=body, headers=visitor.headers)


def delete_the_key(runtime: Runtime, shop: Shop, visitor: Visitor, clock: Clock) -> None:
    keys.delete(runtime, shop.id, shop.key_id, actor=ADMIN)


def change_the_pattern(runtime: Runtime, shop: Shop, visitor: Visitor, clock: Clock) -> None:
    platforms.change(runtime, shop.id, {"user_id_pattern": "[0-9]+"}, actor=ADMIN)


def take_the_origin_away(runtime: Runtime, shop: Shop, visitor: Visitor, clock: Clock) -> None:
    platforms.change(runtime, shop.id, {"origins": "https://new.example.com"}, actor=ADMIN)


def let_it_expire(runtime: Runtime, shop: Shop, visitor: Visitor, clock: Clock) -> None:
    clock.advance(hours=1)


@pytest.mark.parametrize(
    "end",
    [
        log_out,
        boot_again,
        delete_the_key,
        change_the_pattern,
        take_the_origin_away,
        let_it_expire,
    ],
)
def test_a_stream_ends_soon_after_its_session_and_nothing_comes_after(
    runtime: Runtime,
    shop: Shop,
    ada: Visitor,
    here: str,
    clock: Clock,
    listen: Listen,
    end: Callable[[Runtime, Shop, Visitor, Clock], None],
) -> None:
    with listen(ada) as stream:
        stream.cursor()
        end(runtime, shop, ada, clock)
        desk.reply(runtime, shop.id, here, "not for you any more")
        assert stream.ends()


def test_a_stream_ends_with_the_key_that_proved_its_session(
    runtime: Runtime, shop: Shop, ada: Visitor, here: str, clock: Clock, listen: Listen
) -> None:
    keys.set_end(runtime, shop.id, shop.key_id, clock.now() + 5_000, actor=ADMIN)
    with listen(ada) as stream:
        stream.cursor()
        desk.reply(runtime, shop.id, here, "in time")
        assert stream.messages(1) == ["in time"]
        clock.advance(seconds=5)
        desk.reply(runtime, shop.id, here, "not for you any more")
        assert stream.ends()


def test_a_stream_ends_when_its_anonymous_user_is_ended(client: FlaskClient, shop: Shop, listen: Listen) -> None:
    nobody = shop.visitor(client)
    with listen(nobody) as stream:
        stream.cursor()
        config = ADA.proven(clearAnonymousUserOnLogin=True, anonymousToken=nobody.answer["anonymousToken"])
        shop.visitor(client, config)
        assert stream.ends()


def test_a_deleted_key_ends_its_streams_even_when_no_wake_up_arrives(
    runtime: Runtime, shop: Shop, ada: Visitor, clock: Clock, listen: Listen
) -> None:
    """As when another process deletes it, and the word about it is lost on the way."""

    def delete(tenant: Tenant) -> None:
        platform_rows.raise_access(tenant.connection, shop.id)
        key_rows.delete(tenant, shop.key_id, clock.now())

    with listen(ada) as stream:
        stream.cursor()
        runtime.writing(shop.id, delete)
        assert stream.ends()


def block_the_person(runtime: Runtime, shop: Shop, who: Identity) -> None:
    record_id = Rows(runtime.database, shop.id).one(users).id
    assert blocks.set_blocked(runtime, who, record_id, True) is None


def block_the_network(runtime: Runtime, shop: Shop, who: Identity) -> None:
    assert isinstance(blocks.block_network(runtime, who, shop.id, "127.0.0.0/8"), BlockedNetwork)


@pytest.mark.parametrize("is_heard", [True, False], ids=["heard", "wake-up lost"])
@pytest.mark.parametrize("block", [block_the_person, block_the_network])
def test_the_stream_of_somebody_who_is_blocked_ends_in_every_process(
    runtime: Runtime,
    shop: Shop,
    ada: Visitor,
    here: str,
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
    is_heard: bool,
    block: Callable[[Runtime, Shop, Identity], None],
) -> None:
    """In the process of the agent, and in one that no word of it reaches."""
    hash_quickly(monkeypatch)
    admin = hire(runtime, shop.id, f"{shop.id}@example.com", role="admin").identity
    with listen(ada) as stream:
        stream.cursor()
        block(runtime if is_heard else overheard(runtime)[0], shop, admin)
        desk.reply(runtime if is_heard else overheard(runtime)[0], shop.id, here, "not for you any more")
        assert stream.ends()
    with listen(ada) as again:
        assert again.status in (401, 403)


def test_other_sessions_of_the_person_go_on(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, here: str, listen: Listen
) -> None:
    other = shop.visitor(client, ADA.proven())
    with listen(other) as stream:
        stream.cursor()
        ada.send("DELETE", "/session")
        desk.reply(runtime, shop.id, here, "still for you")
        assert stream.messages(1) == ["still for you"]


@pytest.fixture
def narrow(settings: Settings, clock: Clock) -> Iterator[tuple[Runtime, LiveServer]]:
    """Another process over the same database, with room for two streams."""
    runtime = build_runtime(settings, clock=clock, streams_max=2)
    with servers.serve(create_app(settings, runtime=runtime)) as server:
        yield runtime, server
        runtime.hub.close()
    runtime.database.close()


def test_when_all_places_are_taken_the_client_is_told_to_poll(
    narrow: tuple[Runtime, LiveServer], ada: Visitor, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.2)
    runtime, server = narrow
    path = f"{WIDGET}/stream"
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(listening(server.port, path, ada.headers)).cursor()
        with listening(server.port, path, ada.headers) as third:
            assert (third.status, third.problem()["code"]) == (503, "streams_unavailable")
        with listening(server.port, path, {"Authorization": "Bearer x"}) as forged:
            assert forged.status == 401
        assert ada.get(f"/conversations/{here}/messages").status_code == 200
    # Who went without a word is noticed at the next sign of life, and its place is free again.
    until(lambda: runtime.hub.open_streams == 0, seconds=10)
    with listening(server.port, path, ada.headers) as again:
        again.cursor()


def test_when_the_process_ends_its_streams_end_at_once(narrow: tuple[Runtime, LiveServer], ada: Visitor) -> None:
    runtime, server = narrow
    with listening(server.port, f"{WIDGET}/stream", ada.headers) as stream:
        stream.cursor()
        runtime.hub.close()
        assert stream.ends()
    with listening(server.port, f"{WIDGET}/stream", ada.headers) as late:
        assert late.status == 503


def test_an_idle_stream_holds_no_database_connection(runtime: Runtime, ada: Visitor, listen: Listen) -> None:
    with listen(ada) as stream:
        stream.cursor()
        until(lambda: runtime.database.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]


def test_a_head_request_takes_no_place(client: FlaskClient, runtime: Runtime, ada: Visitor) -> None:
    before = runtime.hub.open_streams
    client.head(f"{WIDGET}/stream", headers=ada.headers).close()
    assert runtime.hub.open_streams == before

"""The host learns who shows a verified session, from the database, and about nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from tests.clock import Clock
from tests.people import ADA, BOB, SECRET, hex_token
from tests.shop import ORIGIN, Shop, open_shop
from tests.wsgi.conftest import Embed
from tests.wsgi.hosts import host
from tests.wsgi.server import ask
from whosthere import ChatMiddleware
from whosthere.core.keys import Scheme
from whosthere.core.policy import Verification
from whosthere.services.runtime import Runtime

BOOT = "/support/api/v1/widget/boot"


class Site:
    """A host with the chat in it, and what it learns about a request."""

    def __init__(self, embed: Embed, **options: Any) -> None:
        self.seen: list[dict[str, Any]] = []
        self.app: ChatMiddleware = embed(host(user=None, seen=self.seen), **options)

    def session(self, shop: Shop, config: dict[str, Any]) -> str:
        """Boot, which has to succeed, and return the session's token."""
        body = {"platformId": shop.id, **config}
        answer = Client(self.app).post(BOOT, json=body, headers={"Origin": ORIGIN})
        assert answer.status_code == 200, answer.text
        return str((answer.json or {})["session"]["token"])

    def logout(self, token: str) -> None:
        path = "/support/api/v1/widget/session"
        assert Client(self.app).delete(path, headers={"Authorization": f"Bearer {token}"}).status_code == 204

    def identity(self, authorization: str, **more: Any) -> Any:
        """Ask the host for something and return what it was told; `None` when the key was not there."""
        ask(self.app, "/orders", HTTP_AUTHORIZATION=authorization, **more)
        environ = self.seen[-1]
        assert environ.get("whosthere.identity", {}) is not None
        return environ.get("whosthere.identity")


@pytest.fixture
def site(embed: Embed) -> Site:
    return Site(embed)


@pytest.fixture
def session(site: Site, shop: Shop) -> str:
    """Ada's verified session."""
    return site.session(shop, ADA.proven())


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_a_verified_session_says_who_asks(site: Site, shop: Shop, session: str, scheme: str) -> None:
    assert site.identity(f"{scheme} {session}") == {
        "userId": ADA.user_id,
        "userEmail": ADA.email,
        "userName": ADA.name,
        "platformId": shop.id,
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_any_method_may_show_it(site: Site, session: str, method: str) -> None:
    ask(site.app, "/orders", method, HTTP_AUTHORIZATION=f"Bearer {session}")
    assert site.seen[-1]["whosthere.identity"]["userId"] == ADA.user_id


def test_an_anonymous_session_says_nothing(site: Site, shop: Shop) -> None:
    assert site.identity(f"Bearer {site.session(shop, {})}") is None


def test_a_claimed_session_says_nothing(site: Site, runtime: Runtime) -> None:
    shop = open_shop(runtime, verification=Verification.OFF)
    assert site.identity(f"Bearer {site.session(shop, ADA.config())}") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "Bearer",
        lambda token: "Bearer ",
        lambda token: token,
        lambda token: f"Basic {token}",
        lambda token: f"Bearer {token}x",
        lambda token: f"Bearer {token[:-1]}",
        lambda token: f"Bearer {token} {token}",
        lambda token: f"Bearer é{token}",
        lambda token: "Bearer " + "x" * 10_000,
        lambda token: "Bearer null",
    ],
)
def test_what_is_no_session_of_ours_says_nothing(site: Site, session: str, spoil: Callable[[str], str]) -> None:
    assert site.identity(spoil(session)) is None


def test_no_client_can_send_it(site: Site, shop: Shop) -> None:
    forged = {"HTTP_WHOSTHERE_IDENTITY": "ada", "QUERY_STRING": "whosthere.identity=ada", "whosthere.identity": {}}
    assert site.identity("Bearer forged", **forged) is None


def test_an_expired_session_says_nothing(site: Site, session: str, clock: Clock) -> None:
    clock.advance(hours=1)
    assert site.identity(f"Bearer {session}") is None


def test_a_session_that_was_logged_out_says_nothing(site: Site, session: str) -> None:
    site.logout(session)
    assert site.identity(f"Bearer {session}") is None


def test_a_session_whose_key_was_deleted_says_nothing(site: Site, shop: Shop, session: str) -> None:
    shop.delete_key(shop.key_id)
    assert site.identity(f"Bearer {session}") is None


def test_a_session_on_a_foreign_page_says_nothing(site: Site, session: str) -> None:
    assert site.identity(f"Bearer {session}", HTTP_ORIGIN="https://evil.example") is None
    assert site.identity(f"Bearer {session}", HTTP_ORIGIN=ORIGIN)["userId"] == ADA.user_id


def test_users_of_another_platform_are_other_people(embed: Embed, shop: Shop, runtime: Runtime) -> None:
    other = open_shop(runtime)
    site = Site(embed, platform_id=shop.id)
    assert site.identity(f"Bearer {site.session(other, ADA.proven())}") is None
    assert site.identity(f"Bearer {site.session(shop, BOB.proven())}")["userId"] == BOB.user_id


def test_without_a_named_platform_several_say_nothing(
    site: Site, session: str, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    open_shop(runtime)
    assert site.identity(f"Bearer {session}") is None
    assert "a request goes on without an identity" in caplog.text


def test_what_was_merely_claimed_beside_a_proof_is_left_out(site: Site, runtime: Runtime) -> None:
    shop = open_shop(runtime, scheme=Scheme.USER_ID_HEX)
    token = site.session(shop, ADA.config(userAuthToken=hex_token(SECRET, ADA.user_id)))
    identity = site.identity(f"Bearer {token}")
    assert (identity["userId"], identity["userEmail"]) == (ADA.user_id, None)


def test_a_database_that_is_gone_proves_nobody(
    site: Site, session: str, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    with runtime.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE platforms RENAME TO away")
    assert site.identity(f"Bearer {session}") is None
    assert "a request goes on without an identity" in caplog.text


def test_the_session_is_read_below_the_mount_by_the_chat_alone(site: Site, session: str) -> None:
    answer = Client(site.app).get(
        "/support/api/v1/widget/conversations", headers={"Authorization": f"Bearer {session}"}
    )
    assert (answer.status_code, site.seen) == (200, [])

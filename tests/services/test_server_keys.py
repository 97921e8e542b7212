"""Server API keys open their own platform, until they are revoked, and are stored as digests only."""

from __future__ import annotations

import pytest

from tests.clock import Clock
from tests.shop import Shop, open_shop
from whosthere.core.reasons import Reason, Refused
from whosthere.services import server_keys
from whosthere.services.journal import Actor, entries
from whosthere.services.runtime import Runtime
from whosthere.services.server_keys import LIVE_MAX, Backend, NewServerKey
from whosthere.storage.server_keys import ServerKey

ADA = Actor("cli:ada")
NOBODY = "00000000-0000-0000-0000-000000000000"


def create(runtime: Runtime, shop: Shop, name: str = "backend") -> NewServerKey:
    created = server_keys.create(runtime, shop.id, actor=ADA, name=name)
    assert isinstance(created, NewServerKey)
    return created


def listed(runtime: Runtime, shop: Shop) -> list[ServerKey]:
    found = server_keys.listed(runtime, shop.id)
    assert not isinstance(found, Refused)
    return found


def reason_of(outcome: object) -> Reason:
    assert isinstance(outcome, Refused)
    return outcome.reason


def test_each_of_several_keys_opens_its_own_platform(runtime: Runtime, shop: Shop) -> None:
    other = open_shop(runtime)
    for owner in (shop, other, shop):
        key = create(runtime, owner)
        assert server_keys.authenticate(runtime, key.secret) == Backend(owner.id, key.id, "backend")


def test_the_secret_itself_is_not_stored(runtime: Runtime, shop: Shop) -> None:
    key = create(runtime, shop)
    with runtime.reading(shop.id) as tenant:
        stored = tenant.connection.exec_driver_sql("SELECT * FROM server_keys").all()
        log = tenant.connection.exec_driver_sql("SELECT * FROM audit_log").all()
    assert key.secret.partition(".")[2] not in repr((stored, log))
    assert key.secret not in repr(key)


def test_a_revoked_key_opens_nothing_from_the_next_request_on(runtime: Runtime, shop: Shop) -> None:
    key, other = create(runtime, shop), create(runtime, shop)
    revoked = server_keys.revoke(runtime, shop.id, key.id, actor=ADA)
    assert isinstance(revoked, ServerKey)
    assert revoked.revoked_at == runtime.clock()
    assert reason_of(server_keys.authenticate(runtime, key.secret)) is Reason.CREDENTIAL_INVALID
    assert isinstance(server_keys.authenticate(runtime, other.secret), Backend)
    assert reason_of(server_keys.revoke(runtime, shop.id, key.id, actor=ADA)) is Reason.NOT_FOUND


def test_a_key_of_another_platform_is_not_revoked(runtime: Runtime, shop: Shop) -> None:
    key = create(runtime, shop)
    assert reason_of(server_keys.revoke(runtime, open_shop(runtime).id, key.id, actor=ADA)) is Reason.NOT_FOUND
    assert isinstance(server_keys.authenticate(runtime, key.secret), Backend)


def _swapped(secret: str) -> str:
    last = "A" if secret[-1] != "A" else "B"
    return secret[:-1] + last


@pytest.mark.parametrize(
    "spoil",
    [
        _swapped,
        lambda secret: secret + "\n",
        lambda secret: f" {secret}",
        lambda secret: secret.partition(".")[0],
        lambda secret: secret.partition(".")[0] + "." + "A" * 43,
        lambda secret: "whs_" + "A" * 43 + "." + secret.partition(".")[2],
        lambda secret: secret.upper(),
        lambda secret: "",
        lambda secret: "whs_" + "é" * 43 + "." + "é" * 43,
    ],
)
def test_a_credential_that_is_not_exactly_a_key_is_refused_alike(runtime: Runtime, shop: Shop, spoil: object) -> None:
    assert callable(spoil)
    outcome = server_keys.authenticate(runtime, spoil(create(runtime, shop).secret))
    assert outcome == Refused(Reason.CREDENTIAL_INVALID, "This is no server API key, or it was revoked.")


def test_the_last_use_is_noted_at_most_once_a_minute(runtime: Runtime, shop: Shop, clock: Clock) -> None:
    key = create(runtime, shop)
    assert listed(runtime, shop)[0].last_used_at is None
    seen = []
    for seconds in (0, 59, 2):
        clock.advance(seconds=seconds)
        server_keys.authenticate(runtime, key.secret)
        seen.append(listed(runtime, shop)[0].last_used_at)
    assert seen == [clock() - 61_000, clock() - 61_000, clock()]


@pytest.mark.parametrize("name", ["", " backend", "two\nlines", "x" * 101])
def test_a_name_is_one_printable_line(runtime: Runtime, shop: Shop, name: str) -> None:
    assert reason_of(server_keys.create(runtime, shop.id, actor=ADA, name=name)) is Reason.INVALID_FIELD


def test_a_platform_has_only_so_many(runtime: Runtime, shop: Shop) -> None:
    created = [create(runtime, shop) for _ in range(LIVE_MAX)]
    assert reason_of(server_keys.create(runtime, shop.id, actor=ADA)) is Reason.TOO_MANY_KEYS
    server_keys.revoke(runtime, shop.id, created[0].id, actor=ADA)
    create(runtime, shop)


def test_an_unknown_platform_has_none(runtime: Runtime) -> None:
    assert reason_of(server_keys.create(runtime, NOBODY, actor=ADA)) is Reason.NOT_FOUND
    assert reason_of(server_keys.listed(runtime, NOBODY)) is Reason.NOT_FOUND


def test_creation_and_revocation_are_in_the_audit_log(runtime: Runtime, shop: Shop) -> None:
    key = create(runtime, shop, "cart")
    server_keys.revoke(runtime, shop.id, key.id, actor=ADA)
    log = [(entry.actor, entry.action, dict(entry.detail)) for entry in reversed(entries(runtime, shop.id))]
    detail = {"key": key.id, "name": "cart"}
    assert log == [("cli:ada", "server_key.created", detail), ("cli:ada", "server_key.revoked", detail)]

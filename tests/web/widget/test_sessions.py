"""Widget sessions: short, new at every boot, and over at the request after whatever ends them (identity.md §7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, BOB, OTHER_SECRET, SECRET, base64_token
from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, Visitor, open_shop
from whosthere.core.policy import Verification
from whosthere.services import keys, platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage import users as user_rows

ADMIN = Actor("test")
HOUR_MS = 3_600_000


def alive(visitor: Visitor) -> bool:
    """Whether the visitor's session still opens a door; if not, the refusal must be the right one."""
    response = visitor.get("/conversations")
    if response.status_code == 200:
        return True
    assert (response.status_code, response.json["code"]) in ((401, "session_ended"), (401, "session_expired"))
    assert response.headers["WWW-Authenticate"] == "Bearer"
    return False


def expires_at(visitor: Visitor) -> int:
    return round(datetime.fromisoformat(visitor.answer["session"]["expiresAt"]).timestamp() * 1000)


def reboot(shop: Shop, client: FlaskClient, before: Visitor, config: dict[str, Any]) -> Any:
    """Boot with the former session in `Authorization`."""
    body = {"platformId": shop.id, **config}
    return client.post(f"{WIDGET}/boot", json=body, headers=before.headers)


def test_a_session_lives_an_hour(client: FlaskClient, shop: Shop, clock: Clock) -> None:
    for visitor in (shop.visitor(client, ADA.proven()), shop.visitor(client)):
        assert expires_at(visitor) == clock.now() + HOUR_MS
    clock.advance(hours=1, ms=-1)
    assert alive(visitor)
    clock.advance(ms=1)
    assert not alive(visitor)
    assert visitor.get("/conversations").json["code"] == "session_expired"


@pytest.mark.parametrize(("seconds", "lives_ms"), [(60, 60_000), (7_200, HOUR_MS)])
def test_a_session_never_outlives_its_jwt(
    client: FlaskClient, shop: Shop, clock: Clock, seconds: int, lives_ms: int
) -> None:
    clock.advance(ms=-clock.now() % 1000)  # a JWT counts whole seconds
    token = ADA.identity_token(clock.now(), exp=clock.now() // 1000 + seconds)
    visitor = shop.visitor(client, {"identityToken": token})
    assert expires_at(visitor) == clock.now() + lives_ms
    clock.advance(ms=lives_ms)
    assert not alive(visitor)


def test_a_session_never_outlives_its_key(client: FlaskClient, shop: Shop, clock: Clock) -> None:
    shop.add_key(OTHER_SECRET, ends_at=clock.now() + 90_000)
    assert expires_at(shop.visitor(client, ADA.proven(OTHER_SECRET))) == clock.now() + 90_000


def test_the_answer_says_how_long_it_lasts_for_clocks_that_are_wrong(client: FlaskClient, shop: Shop) -> None:
    assert shop.visitor(client).answer["session"]["expiresInSeconds"] == 3_600


def test_the_word_for_a_record_is_stable_and_tells_nothing(client: FlaskClient, shop: Shop) -> None:
    """It tells a page whether somebody else is there now."""
    ada, again, bob, nobody = (
        shop.visitor(client, config) for config in (ADA.proven(), ADA.proven(), BOB.proven(), {})
    )
    refs = [visitor.answer["user"]["ref"] for visitor in (ada, again, bob, nobody)]
    assert refs[0] == refs[1]
    assert len(set(refs)) == 3
    for visitor in (ada, bob, nobody):
        session = shop.runtime.signer.read_session(visitor.answer["session"]["token"])
        assert session is not None
        assert session.record_id not in str(visitor.answer["user"])


def test_every_boot_yields_a_new_session(client: FlaskClient, shop: Shop) -> None:
    tokens = {shop.visitor(client, ADA.proven()).answer["session"]["token"] for _ in range(5)}
    assert len(tokens) == 5


@pytest.mark.parametrize("config", [{}, ADA.proven(), BOB.proven(), ADA.config(), ADA.proven(OTHER_SECRET)])
def test_a_boot_revokes_the_session_it_brings_even_when_it_is_refused(
    client: FlaskClient, shop: Shop, rows: Rows, config: dict[str, Any]
) -> None:
    before, other = shop.visitor(client, ADA.proven()), shop.visitor(client, ADA.proven())
    response = reboot(shop, client, before, config)
    assert response.status_code in (200, 401)
    assert not alive(before)
    assert alive(other)
    assert rows.counts("revoked_sessions") == {"revoked_sessions": 1}
    reboot(shop, client, before, config)  # a second time there is nothing left to revoke
    assert rows.counts("revoked_sessions") == {"revoked_sessions": 1}


def test_a_boot_cannot_revoke_a_session_of_another_platform(runtime: Runtime, client: FlaskClient, shop: Shop) -> None:
    visitor, elsewhere = shop.visitor(client, ADA.proven()), open_shop(runtime)
    assert reboot(elsewhere, client, visitor, {}).status_code == 200
    assert alive(visitor)


def test_a_boot_from_a_foreign_origin_revokes_nothing(client: FlaskClient, shop: Shop) -> None:
    visitor = shop.visitor(client)
    headers = visitor.headers | {"Origin": "https://evil.example"}
    assert client.post(f"{WIDGET}/boot", json={"platformId": shop.id}, headers=headers).status_code == 403
    assert alive(visitor)


def test_logout_revokes_at_the_server_once(client: FlaskClient, shop: Shop) -> None:
    visitor = shop.visitor(client, ADA.proven())
    first = visitor.send("DELETE", "/session")
    assert (first.status_code, first.get_data()) == (204, b"")
    second = visitor.send("DELETE", "/session")
    assert (second.status_code, second.json["code"]) == (401, "session_ended")
    assert not alive(visitor)


# -- what ends sessions, and only those ---------------------------------------------------------------------------


def test_a_deleted_key_refuses_its_tokens_and_its_sessions_at_the_next_request(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    other_key = shop.add_key(OTHER_SECRET)
    ada, bob, nobody = (
        shop.visitor(client, ADA.proven()),
        shop.visitor(client, BOB.proven(OTHER_SECRET)),
        shop.visitor(client),
    )
    keys.delete(runtime, shop.id, shop.key_id, actor=ADMIN)
    assert [alive(visitor) for visitor in (ada, bob, nobody)] == [False, True, True]
    assert shop.boot(client, ADA.proven()).status_code == 401
    assert shop.boot(client, ADA.proven(OTHER_SECRET)).status_code == 200
    keys.delete(runtime, shop.id, other_key, actor=ADMIN)
    assert not alive(bob)
    assert shop.boot(client, ADA.proven(OTHER_SECRET)).status_code == 401


def test_a_key_that_is_given_an_end_refuses_from_that_moment_on(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    ada = shop.visitor(client, ADA.proven())
    keys.set_end(runtime, shop.id, shop.key_id, clock.now() + 5_000, actor=ADMIN)
    clock.advance(ms=4_999)
    assert alive(ada)
    clock.advance(ms=1)
    assert not alive(ada)
    assert shop.boot(client, ADA.proven()).status_code == 401


def test_enforcing_ends_claimed_sessions_and_only_those(runtime: Runtime, client: FlaskClient) -> None:
    shop = open_shop(runtime, verification=Verification.OFF)
    claimed, ada, nobody = (
        shop.visitor(client, BOB.config()),
        shop.visitor(client, ADA.proven()),
        shop.visitor(client),
    )
    platforms.change(runtime, shop.id, {"verification": "report"}, actor=ADMIN)
    assert [alive(visitor) for visitor in (claimed, ada, nobody)] == [True, True, True]
    platforms.change(runtime, shop.id, {"verification": "enforced"}, actor=ADMIN)
    assert [alive(visitor) for visitor in (claimed, ada, nobody)] == [False, True, True]


def test_sealing_ends_claimed_sessions_of_that_record(runtime: Runtime, client: FlaskClient) -> None:
    """Also after the policy went back to `off`."""
    shop = open_shop(runtime, verification=Verification.OFF)
    as_ada, as_bob = shop.visitor(client, ADA.config()), shop.visitor(client, BOB.config())
    platforms.change(runtime, shop.id, {"verification": "enforced"}, actor=ADMIN)
    shop.visitor(client, ADA.proven())
    platforms.change(runtime, shop.id, {"verification": "off"}, actor=ADMIN)
    assert [alive(visitor) for visitor in (as_ada, as_bob)] == [False, True]


def test_a_new_pattern_ends_the_sessions_it_does_not_match_and_only_those(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    ada, bob, nobody = shop.visitor(client, ADA.proven()), shop.visitor(client, BOB.proven()), shop.visitor(client)
    by_email = shop.visitor(
        client, {"userEmail": "eve@example.com", "userAuthToken": base64_token(SECRET, "\neve@example.com")}
    )
    platforms.change(runtime, shop.id, {"user_id_pattern": "a.*"}, actor=ADMIN)
    assert [alive(visitor) for visitor in (ada, bob, nobody, by_email)] == [True, False, True, True]
    assert shop.boot(client, BOB.proven()).status_code == 401


@pytest.mark.parametrize("values", [{"name": "New"}, {"email_adoption": "off"}, {"brand_color": "#123456"}])
def test_other_changes_of_a_platform_end_no_session(
    runtime: Runtime, client: FlaskClient, shop: Shop, values: dict[str, str]
) -> None:
    visitors = [shop.visitor(client, ADA.proven()), shop.visitor(client)]
    platforms.change(runtime, shop.id, values, actor=ADMIN)
    assert all(alive(visitor) for visitor in visitors)


def test_an_origin_that_is_taken_off_the_list_is_refused_at_the_next_request(
    runtime: Runtime, client: FlaskClient, shop: Shop
) -> None:
    visitor = shop.visitor(client)
    platforms.change(runtime, shop.id, {"origins": "https://new.example.com"}, actor=ADMIN)
    assert visitor.get("/conversations").json["code"] == "origin_not_allowed"
    platforms.change(runtime, shop.id, {"origins": ORIGIN}, actor=ADMIN)
    assert alive(visitor)


def test_all_sessions_of_one_record_can_be_ended(
    runtime: Runtime, client: FlaskClient, shop: Shop, clock: Clock
) -> None:
    ada, bob = shop.visitor(client, ADA.proven()), shop.visitor(client, BOB.proven())
    record_id = runtime.signer.read_session(ada.answer["session"]["token"]).record_id
    runtime.writing(shop.id, lambda tenant: user_rows.end_sessions(tenant, record_id))
    assert [alive(visitor) for visitor in (ada, bob)] == [False, True]
    assert alive(shop.visitor(client, ADA.proven()))


# -- what a session cannot be -------------------------------------------------------------------------------------


def tampered(token: str) -> dict[str, str]:
    payload, _, signature = token.rpartition(".")
    return {
        "empty": "",
        "cut": token[:-1],
        "other signature": f"{payload}.{signature[::-1]}",
        "other payload": f"{payload[::-1]}.{signature}",
        "no signature": payload,
        "very long": token * 50,
        "not ascii": "tökén",
    }


@pytest.mark.parametrize("how", list(tampered("a.b")))
def test_a_session_that_we_did_not_sign_is_refused(client: FlaskClient, shop: Shop, how: str) -> None:
    token = tampered(shop.visitor(client).answer["session"]["token"])[how]
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    response = client.get(f"{WIDGET}/conversations", headers=headers)
    missing = how == "empty"
    assert (response.status_code, response.json["code"]) == (
        401,
        "credential_missing" if missing else "credential_invalid",
    )


@pytest.mark.parametrize(
    "kind",
    [
        lambda shop, answer: answer["anonymousToken"],
        lambda shop, answer: ADA.user_auth_token(),
        lambda shop, answer: ADA.identity_token(shop.runtime.clock()),
        lambda shop, answer: SECRET,
        lambda shop, answer: "wpat_" + "a" * 43,
        lambda shop, answer: f"whs_{'a' * 43}.{'b' * 43}",
        lambda shop, answer: shop.id,
    ],
)
def test_no_other_kind_of_credential_opens_the_widgets_doors(
    client: FlaskClient, shop: Shop, kind: Callable[[Shop, Any], str]
) -> None:
    visitor = shop.visitor(client)
    headers = {"Authorization": f"Bearer {kind(shop, visitor.answer)}"}
    assert client.get(f"{WIDGET}/conversations", headers=headers).json["code"] == "credential_invalid"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_of_the_credential_is_written_in_any_case(client: FlaskClient, shop: Shop, scheme: str) -> None:
    token = shop.visitor(client).answer["session"]["token"]
    headers = {"Authorization": f"{scheme} {token}"}
    assert client.get(f"{WIDGET}/conversations", headers=headers).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_session_under_another_scheme_is_none(client: FlaskClient, shop: Shop, scheme: str) -> None:
    token = shop.visitor(client).answer["session"]["token"]
    response = client.get(f"{WIDGET}/conversations", headers={"Authorization": f"{scheme} {token}"})
    assert response.json["code"] == "credential_missing"


def test_a_session_never_travels_in_a_url_or_a_cookie(client: FlaskClient, shop: Shop) -> None:
    response = shop.boot(client, ADA.proven())
    assert "Set-Cookie" not in response.headers
    token = response.json["session"]["token"]
    client.set_cookie("session", token)
    for query in (f"?token={token}", f"?session={token}", f"?access_token={token}"):
        assert client.get(f"{WIDGET}/conversations{query}").json["code"] == "credential_missing"

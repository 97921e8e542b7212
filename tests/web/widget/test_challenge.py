"""Before a conversation starts, who proved nothing may be limited, or have to let their device work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA
from tests.shop import Shop
from whosthere.services import challenge, platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.web import create_app


@pytest.fixture
def flooded(settings: Settings, runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Set options of the shop and return a client that starts conversations."""
    monkeypatch.setattr(challenge, "NUMBER_MAX", 50)
    app: Flask = create_app(settings.model_copy(update={"rate_limit": 1000}), runtime=runtime)

    def make(**values: str) -> FlaskClient:
        platforms.change(runtime, shop.id, values, actor=Actor("test"))
        return app.test_client()

    return make


def solved(asked: dict[str, Any]) -> dict[str, Any]:
    """What a device makes of a challenge."""
    numbers = range(asked["maxNumber"] + 1)
    fits = (n for n in numbers if hashlib.sha256(f"{asked['salt']}{n}".encode()).hexdigest() == asked["challenge"])
    return {**{name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}, "number": next(fits)}


def start(client: FlaskClient, shop: Shop, config: dict[str, Any] | None = None, **more: Any) -> Any:
    body = {"text": "Ahoy", "clientMessageId": "1", **more}
    return shop.visitor(client, config).send("POST", "/conversations", body)


def test_a_solved_challenge_lets_one_conversation_start(
    flooded: Callable[..., FlaskClient], shop: Shop, clock: Clock
) -> None:
    client = flooded(proof_of_work="on")
    refused = start(client, shop)
    assert (refused.status_code, refused.json["code"]) == (403, "proof_of_work_needed")
    good = solved(refused.json["challenge"])
    for wrong in (
        {"number": good["number"] + 1},
        {"signature": "0" * 64},
        {"algorithm": "SHA-1"},
        {"salt": good["salt"].replace("expires=", "expires=9")},
        {"salt": f"{good['salt']}{str(good['number'])[:1]}"},
        {"salt": "\u0660" + good["salt"]},
    ):
        assert start(client, shop, proofOfWork={**good, **wrong}).status_code == 403, wrong
    visitor = shop.visitor(client)
    body = {"text": "Ahoy", "clientMessageId": "1", "proofOfWork": good}
    assert visitor.send("POST", "/conversations", body).status_code == 201
    assert visitor.send("POST", "/conversations", body).status_code == 200  # the answer was lost: no work again
    assert start(client, shop, proofOfWork=good).status_code == 403
    late = solved(start(client, shop).json["challenge"])
    clock.advance(ms=challenge.LIFETIME_MS)
    assert start(client, shop, proofOfWork=late).status_code == 403


def test_a_solution_counts_on_its_own_platform_only(runtime: Runtime, shop: Shop) -> None:
    asked = challenge.make(runtime, shop.id)
    asked["maxNumber"] = challenge.NUMBER_MAX
    solution = challenge.Solution(**solved(asked))
    assert challenge.solves(runtime, shop.id, solution)
    assert not challenge.solves(runtime, runtime.new_id(), solution)


def test_nobody_who_is_verified_is_asked_or_limited(flooded: Callable[..., FlaskClient], shop: Shop) -> None:
    client = flooded(proof_of_work="on", anonymous_starts_per_hour="1")
    for number in range(3):
        assert start(client, shop, ADA.proven(), clientMessageId=f"c{number}").status_code == 201


def test_work_is_asked_for_only_when_it_gets_too_much(
    flooded: Callable[..., FlaskClient], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challenge, "FLOOD_STARTS", 2)
    client = flooded(proof_of_work="auto")
    assert [start(client, shop).status_code for _ in range(3)] == [201, 201, 403]
    assert [start(flooded(proof_of_work="off"), shop).status_code for _ in range(2)] == [201, 201]


def test_a_network_starts_so_many_conversations_an_hour(flooded: Callable[..., FlaskClient], shop: Shop) -> None:
    client = flooded(anonymous_starts_per_hour="2")
    answers = [start(client, shop) for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert (answers[2].json["code"], answers[2].headers["Retry-After"]) == ("too_many_requests", "3600")

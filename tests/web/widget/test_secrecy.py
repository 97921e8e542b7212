"""No secret, token, text or name of a visitor reaches a log or an error's body."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people import ADA, OTHER_SECRET, SECRET, base64_token, hex_token
from tests.shop import WIDGET, Shop, Visitor
from whosthere.core.keys import Scheme
from whosthere.services import messages as message_service
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.storage.errors import Unavailable

WORDS = "my card number is four two four two"


def private_values(shop: Shop, visitor: Visitor) -> dict[str, str]:
    """What must not be seen, by what it is."""
    now = shop.runtime.clock()
    return {
        "secret": SECRET,
        "other secret": OTHER_SECRET,
        "token": ADA.user_auth_token(),
        "hex token": hex_token(SECRET, "ada"),
        "forged token": base64_token(OTHER_SECRET, "ada\nada@example.com"),
        "jwt": ADA.identity_token(now),
        "expired jwt": ADA.identity_token(now, exp=1),
        "session": visitor.answer["session"]["token"],
        "anonymous token": shop.visitor(visitor.client).answer["anonymousToken"],
        "email": ADA.email,
        "name": ADA.name,
        "words": WORDS,
    }


def stir(client: FlaskClient, shop: Shop, ada: Visitor, private: dict[str, str]) -> list[Any]:
    """Do everything that can go wrong with private values, and return the answers that were refusals."""
    answers = [
        shop.boot(client, ADA.config(**{name: private[value]}))
        for name in ("userAuthToken", "identityToken", "anonymousToken", "anonymousTabToken")
        for value in (
            "token",
            "hex token",
            "forged token",
            "jwt",
            "expired jwt",
            "session",
            "anonymous token",
            "secret",
        )
    ]
    for value in private.values():
        headers = {"Authorization": f"Bearer {value}"}
        answers += [client.get(f"{WIDGET}/conversations", headers=headers)] if value != private["session"] else []
        answers += [ada.get(f"/conversations/{value}"), ada.get("/conversations", query_string={"cursor": value})]
        answers += [ada.send("POST", "/conversations", {"text": {"x": value}, "clientMessageId": [value]})]
        answers += [ada.send("PUT", "/conversations/x/read", {"seq": value})]
        answers += [ada.client.put(f"{WIDGET}/conversations/x/read", data=value, headers=ada.headers)]
    here = ada.start(WORDS)["conversation"]["id"]
    answers += [ada.send("POST", f"/conversations/{here}/messages", {"text": "other", "clientMessageId": "first"})]
    ada.send("DELETE", "/session")
    answers += [ada.send("DELETE", "/session")]
    return [answer for answer in answers if answer.status_code >= 400]


def test_refusals_neither_log_nor_repeat_anything_private(
    client: FlaskClient, shop: Shop, ada: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    shop.add_key(OTHER_SECRET, Scheme.USER_ID_HEX)
    private = private_values(shop, ada)
    with caplog.at_level(logging.DEBUG):
        refusals = stir(client, shop, ada, private)
    assert len(refusals) > 50
    seen = caplog.text + "".join(f"{answer.headers}{answer.get_data(as_text=True)}" for answer in refusals)
    assert [what for what, value in private.items() if value in seen] == []


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (RuntimeError("something broke"), 500, "internal_error"),
        (Unavailable("the disk is full"), 503, "temporarily_unavailable"),
    ],
)
def test_a_failure_of_ours_is_logged_with_its_request_and_told_without_detail(
    ada: Visitor,
    shop: Shop,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    status: int,
    code: str,
) -> None:
    here = ada.start()["conversation"]["id"]
    private = private_values(shop, ada)

    def fail(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr(message_service.messages, "append", fail)
    with caplog.at_level(logging.DEBUG):
        answer = ada.send("POST", f"/conversations/{here}/messages", {"text": WORDS, "clientMessageId": "1"})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert str(failure) not in answer.get_data(as_text=True)
    assert str(failure) in caplog.text
    assert answer.json["requestId"] in caplog.text
    assert ("Retry-After" in answer.headers) is (status == 503)
    seen = caplog.text + answer.get_data(as_text=True)
    assert [what for what, value in private.items() if value in seen] == []


def test_what_is_put_together_shows_no_secret(app: Flask, settings: Settings, runtime: Runtime, shop: Shop) -> None:
    ada = shop.visitor(app.test_client(), ADA.proven())
    session = runtime.signer.read_session(ada.answer["session"]["token"])
    shown = repr((settings, runtime, app, session, settings.masked()))
    secrets = [settings.secret_key.get_secret_value(), *(key.get_secret_value() for key in settings.encryption_keys)]
    assert not any(secret in shown for secret in (*secrets, ada.answer["session"]["token"], SECRET))

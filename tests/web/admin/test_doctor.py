"""The doctor at the desk: what is pasted is read as it is meant, answered, and forgotten."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.people import ADA, BOB, MALLORY, SECRET, base64_token, jwt
from tests.rows import Rows
from tests.shop import ORIGIN, Shop, open_shop
from tests.web.admin.room import Room
from tests.web.agent.desk import text_of
from whosthere.core.keys import Scheme
from whosthere.core.reasons import Refused
from whosthere.services import agents, keys, platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.web.admin.pasted import read_config


def diagnosis(room: Room, **fields: str) -> str:
    """What the doctor says."""
    response = room.send("doctor", **fields)
    assert response.status_code == 200, text_of(response)
    return text_of(response)


@pytest.mark.parametrize(
    "config",
    [
        '{{"userId": "ada", "userEmail": "ada@example.com", "userAuthToken": "{token}"}}',
        "window.whosthereConfig = {{\n  userId: 'ada', // the customer\n  userEmail: \"ada@example.com\",\n"
        "  userName: user.name,\n  userAuthToken: '{token}',\n}};",
    ],
)
def test_the_doctor_reads_what_stands_in_a_page(room: Room, config: str) -> None:
    good, bad = ADA.user_auth_token(), ADA.user_auth_token("another secret, of more than thirty-two bytes")
    assert "this visitor is verified" in diagnosis(room, config=config.format(token=good))
    assert "signature_unknown" in diagnosis(room, config=config.format(token=bad))
    assert "Bearer" in diagnosis(room, config=config.format(token=f"Bearer {good}"))


def test_the_doctor_takes_fields_and_keeps_them(room: Room) -> None:
    fields = {"userId": "ada", "userEmail": "Ada@example.com", "userAuthToken": ADA.user_auth_token()}
    said = room.send("doctor", **fields)
    assert "email_case" in text_of(said)
    assert 'value="Ada@example.com"' in said.get_data(as_text=True)


def test_the_doctor_knows_the_keys_of_the_platforms_that_one_manages(runtime: Runtime, room: Room, shop: Shop) -> None:
    foreign = open_shop(runtime, secret="the key of somebody else, of more than thirty-two bytes")
    own = open_shop(runtime, secret="the key of my other shop, of more than thirty-two bytes", user_id_pattern="x")
    platforms.change(runtime, own.id, {"name": "Quay"}, actor=Actor("cli:ada"))
    assert agents.join_platform(runtime, "grace@example.com", own.id, "admin") is None

    def said(secret: str) -> str:
        return diagnosis(room, userId="ada", userEmail="ada@example.com", userAuthToken=ADA.user_auth_token(secret))

    assert "made with a key of the platform “Quay”" in said("the key of my other shop, of more than thirty-two bytes")
    assert "signature_unknown" in said("the key of somebody else, of more than thirty-two bytes")
    assert foreign.id != own.id


def test_the_doctor_says_that_a_config_is_about_another_platform(room: Room) -> None:
    said = diagnosis(room, config='{"platformId": "another", "userId": "ada", "userAuthToken": "x"}')
    assert "The config’s platformId is not this platform’s." in said


@pytest.mark.parametrize("config", ["", "   ", "hello", "[1, 2]", "{}", "{" * 20_000, "x" * 20_001])
def test_the_doctor_says_what_cannot_be_read(room: Room, config: str) -> None:
    refused = room.send("doctor", config=config)
    assert refused.status_code == 400
    assert 'id="config-wrong"' in refused.get_data(as_text=True)


def test_nothing_that_is_pasted_is_stored_or_logged(room: Room, rows: Rows, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = rows.counts()
    response = room.send("doctor", userId="ada", userAuthToken=ADA.user_auth_token())
    assert response.headers["Cache-Control"] == "no-store"
    assert rows.counts() == before
    assert ADA.user_auth_token() not in caplog.text


def test_a_failed_boot_is_chosen_from_the_day(client: FlaskClient, room: Room, shop: Shop) -> None:
    shop.boot(client, MALLORY.config(userAuthToken=BOB.user_auth_token(), page={"url": f"{ORIGIN}/cart?x=1"}))
    found = re.search(r'/doctor/boots/([0-9a-f-]{36})"?', room.open("doctor").get_data(as_text=True))
    assert found is not None
    said = room.read(f"doctor/boots/{found[1]}")
    assert "signature_unknown Page shop.example.com/cart Origin https://shop.example.com" in said
    assert MALLORY.user_id not in said


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda token: f"Bearer {token}", "token_prefixed", "The token begins with `Bearer`."),
        (lambda token: base64.b64decode(token).hex(), "hex_instead_of_base64", "expects base64"),
        (lambda token: f'"{token}"', "token_quoted", "wrapped in quotes"),
        (lambda token: base64.b64encode(token.encode()).decode(), "token_encoded_twice", "encoded twice"),
    ],
)
def test_a_failed_boot_says_which_rule_its_token_broke(
    client: FlaskClient, room: Room, shop: Shop, spoil: Callable[[str], str], code: str, words: str
) -> None:
    """Known from the daily sample alone, and on every page of the desk that shows it."""
    assert shop.boot(client, ADA.config(userAuthToken=spoil(ADA.user_auth_token()))).status_code == 401
    listed = room.open("doctor").get_data(as_text=True)
    found = re.search(r'/doctor/boots/([0-9a-f-]{36})"?', listed)
    assert found is not None
    said = room.read(f"doctor/boots/{found[1]}")
    assert code in said
    for page in (said, room.read("setup"), room.read("verification")):
        assert words in page
    assert ADA.user_id not in said.split()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{userId: "ada", userAuthToken: "new", // userAuthToken: "old"\n}', {"userId": "ada", "userAuthToken": "new"}),
        ('{userId: "ada", /* userEmail: "x@y.example", */}', {"userId": "ada"}),
        ('{userId: "ada", widgetOptions: {userId: "bob"}}', {"userId": "ada"}),
        ('{tags: [{name: "userId"}], userId: "ada"}', {"userId": "ada"}),
        ('if (a) { x() } load({"userId": "ada"}); other({userId: "bob"})', {"userId": "ada"}),
        ('userId: "42"\nuserEmail: "a@b.example",', {"userId": "42", "userEmail": "a@b.example"}),
        ("{userId: user.id, userEmail: mail('x')}", {"userId": None, "userEmail": None}),
        ('{userId: "a" + "da"}', {"userId": None}),
        ("{userId: `${id}`, userEmail: `a@b.example`}", {"userId": None, "userEmail": "a@b.example"}),
        ("{userId: '\\u0061\\x64a', userEmail: \"it's\"}", {"userId": "ada", "userEmail": "it's"}),
        ("{userId: 42, fullPrivacy: true}", {"userId": 42, "fullPrivacy": True}),
        ("{a: 1}", {}),
    ],
)
def test_a_config_is_read_as_the_page_means_it(text: str, read: dict[str, object]) -> None:
    assert read_config(text) == read


@given(st.text(st.sampled_from("{}[]:,'\"`\\/*\n ud0userId+($"), max_size=60) | st.text(max_size=60))
def test_any_text_is_read_without_a_mistake(text: str) -> None:
    """And what is read can be written down again."""
    for value in read_config(f"{{userId: {text}").values():
        str(value).encode()
    read_config(text)


def test_the_doctor_names_keys_that_were_deleted(runtime: Runtime, room: Room, shop: Shop) -> None:
    """Their secrets are gone: what a JWT names is certain, all else a hint."""
    secret = "last year's secret, of more than thirty-two bytes"
    old = keys.new(runtime, shop.id, keys.Wanted(Scheme.STANDARD, "Last year", secret), actor=Actor("cli:ada"))
    assert isinstance(old, keys.NewKey)
    token, named = ADA.user_auth_token(secret), jwt(secret, {"kind": "USER", "uid": "ada"}, kid=old.id)
    assert "this visitor is verified" in diagnosis(room, userId="ada", userEmail=ADA.email, userAuthToken=token)
    deleted = keys.delete(runtime, shop.id, old.id, actor=Actor("cli:ada"))
    assert not isinstance(deleted, Refused)
    said = diagnosis(room, userId="ada", userEmail=ADA.email, userAuthToken=token)
    assert "signature_unknown" in said
    assert "The token may be one of the key “Last year”, which was deleted on 15 January 2027." in said
    assert "The token names the key “Last year”, which was deleted on" in diagnosis(room, identityToken=named)


def test_a_shifted_boundary_is_refused_by_the_doctor_as_by_the_boot(
    runtime: Runtime, client: FlaskClient, room: Room, shop: Shop
) -> None:
    """`u1` with `0x@evil.example` signs the same text as `u10` with `x@evil.example`, and u10 is somebody."""
    secret = "a secret of another vendor, of more than thirty-two bytes"
    shop.add_key(secret, Scheme.HELPSHIFT)
    config = {"userId": "u10", "userEmail": "x@evil.example"}
    config["userAuthToken"] = base64_token(secret, "u10x@evil.example")
    assert "accepted all the same" in diagnosis(room, **config), "nobody is called u10 yet"
    real = {"userId": "u10", "userEmail": "real@example.com"}
    proof = base64_token(SECRET, "u10\nreal@example.com")
    assert shop.boot(client, {**real, "userAuthToken": proof}).status_code == 200
    assert shop.boot(client, config).status_code == 401
    said = diagnosis(room, **config)
    assert "ambiguous_token" in said
    assert "Refused" in said
    assert "accepted all the same" not in said

"""A new platform, and the three steps to its first verified visitor."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA, SECRET
from tests.shop import ORIGIN, Shop, Visitor
from tests.web.admin.room import PASSWORD_FIELD, Room
from tests.web.agent.desk import text_of
from whosthere.assets import docs_dir, script_number
from whosthere.services import platforms
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage.platforms import Platform
from whosthere.web.admin.setup import LANGUAGES


def made(room: Room) -> tuple[str, str]:
    """Create a platform; return its id and its secret."""
    response = room.send("/platforms/new", name="Harbour App", origins=f" {ORIGIN}/")  # as an address bar gives it
    assert response.status_code == 200, text_of(response)
    page = response.get_data(as_text=True)
    secret = re.search(r'aria-label="Secret key"><code>([^<]+)</code>', page)
    platform_id = re.search(r"/admin/platforms/([0-9a-f-]{36})/setup", page)
    assert secret is not None
    assert platform_id is not None
    return platform_id[1], secret[1]


def test_from_nothing_to_a_verified_visitor(client: FlaskClient, room: Room) -> None:
    platform_id, secret = made(room)
    new = Room(room.client, platform_id)
    shop = Shop(client.application.extensions["whosthere.runtime"], platform_id, "")
    assert "Waiting for your page." in new.read("setup")
    assert secret not in new.open("setup").get_data(as_text=True), "the secret is shown once"
    shop.visitor(client)
    progress = new.read("setup/progress")
    assert "Your page has reached us." in progress
    assert "Nobody verified yet." in progress
    shop.visitor(client, ADA.proven(secret))
    assert "A key last proved a visitor" in new.read("setup/progress")
    assert "Harbour App" in room.read("/")


def test_the_snippet_holds_the_real_ids(room: Room, shop: Shop) -> None:
    for way, words in {
        "html": f'platformId: "{shop.id}"',
        "wsgi": f'platform_id="{shop.id}"',
        "react": 'import { load } from "whosthere"',
        "vue": f'platformId: "{shop.id}"',
        "anything": 'src="http://localhost/embed.js"',
    }.items():
        assert words in room.read("setup", way=way)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_language_shows_the_file_that_the_tests_run(room: Room, language: str) -> None:
    shown = room.open("setup", language=language).get_data(as_text=True)
    source = (docs_dir() / "tokens" / LANGUAGES[language].file).read_text("utf-8")
    first = next(line for line in source.splitlines() if "Prove" in line or "prove" in line)
    assert first.replace("&", "&amp;").replace('"', "&#34;").replace("<", "&lt;").replace("'", "&#39;") in shown
    call = LANGUAGES[language].call
    if language != "python":  # its own section imports the package
        assert f"`{call}`" in (docs_dir() / "tokens.md").read_text("utf-8")


def test_a_page_from_elsewhere_is_named_and_can_be_allowed(client: FlaskClient, room: Room, shop: Shop) -> None:
    elsewhere = "https://staging.example.com"

    def boot() -> int:
        body = {"platformId": shop.id}
        return client.post("/api/v1/widget/boot", json=body, headers={"Origin": elsewhere}).status_code

    assert boot() == 403
    said = room.read("setup/progress")
    assert "A page asked from an origin that is not on the list." in said
    assert f"Allow {elsewhere}" in said
    assert room.send("setup/origin", origin=elsewhere).status_code == 303
    assert f"{elsewhere} is allowed now." in room.read("setup/progress")
    assert boot() == 200
    refused = room.send("setup/origin", origin="https://a.example/path")
    assert refused.status_code == 400
    assert "is not an origin" in text_of(refused)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (ADA.config(), "The page named a visitor, and gave no token."),
        (ADA.config(userAuthToken="A" * 44), "The token is not the spelling of a SHA-256 digest."),
        (ADA.proven("another secret, of more than thirty-two bytes"), "The token fits no key that this platform has."),
        ({"userId": 42}, "The userId is not a string."),
        ({"userId": "undefined"}, "what a template prints for a missing value"),
    ],
)
def test_a_boot_that_fails_says_why(
    client: FlaskClient, room: Room, shop: Shop, config: dict[str, object], words: str
) -> None:
    shop.boot(client, config)
    assert words in room.read("setup/progress")


def test_a_page_with_the_id_of_another_platform_is_told_apart(
    runtime: Runtime, client: FlaskClient, room: Room, shop: Shop
) -> None:
    """The other platform turned it away, and it is one of the same admin's."""
    new_id, _ = made(room)
    platforms.change(runtime, shop.id, {"origins": "https://old.example.com"}, actor=Actor("cli:ada"))
    here = Room(room.client, new_id)
    assert "sends the platformId of" not in here.read("setup/progress")
    assert shop.boot(client, ADA.config()).status_code == 403
    said = here.read("setup/progress")
    assert f"Your page sends the platformId of “ Shop ”. Put {new_id} into its snippet." in said
    assert Shop(runtime, new_id, "").boot(client).status_code == 200
    assert "sends the platformId of" not in here.read("setup/progress")


@pytest.mark.parametrize(("number", "told"), [(0, True), (script_number(), False), (10**9, False), ("0", False)])
def test_a_page_with_an_older_script_is_told_apart(
    client: FlaskClient, room: Room, shop: Shop, number: object, told: bool
) -> None:
    """It is let in all the same, and not counted among those whose proof fails."""
    assert shop.boot(client, ADA.proven(script=number)).status_code == 200
    assert ("an older embed script" in room.read("setup/progress")) is told
    assert "Verified." in room.read("setup/progress")
    said = room.read("verification")
    assert ("script_outdated" in said) is told
    assert ("0 of 0 visits" in said) is told


def test_the_first_boot_is_noted_once(runtime: Runtime, client: FlaskClient, room: Room, clock: Clock) -> None:
    platform_id, _ = made(room)
    shop = Shop(runtime, platform_id, "")
    shop.visitor(client)
    first = platforms.find(runtime, platform_id)
    clock.advance(minutes=1)
    again: Visitor = shop.visitor(client)
    assert again.answer["user"]["state"] == "anonymous"
    second = platforms.find(runtime, platform_id)
    assert isinstance(first, Platform)
    assert isinstance(second, Platform)
    assert first.first_boot_at is not None
    assert second == first


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(room: Room) -> None:
    refused = room.send("/platforms/new", name="Harbour <App>", origins="shop.example.com/path")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert 'id="origins-wrong"' in page
    assert 'aria-describedby="origins-wrong origins-hint" aria-invalid="true"' in page
    assert 'value="Harbour &lt;App&gt;"' in page
    assert 'value="shop.example.com/path"' in page
    assert "without an origin" in text_of(room.send("/platforms/new", name="X", origins=" "))


def test_reloading_the_page_of_a_new_platform_makes_no_second_one(room: Room, runtime: Runtime) -> None:
    seen = re.search(r'name="seen" value="(\d+)"', room.open("/platforms/new").get_data(as_text=True))
    assert seen is not None
    fields = {"name": "Harbour App", "origins": ORIGIN, "seen": seen[1]}
    assert room.send("/platforms/new", **fields).status_code == 200
    before = platforms.listed(runtime)
    again = room.send("/platforms/new", **fields)
    assert again.status_code == 409
    assert "sent twice" in text_of(again)
    assert 'value="Harbour App"' in again.get_data(as_text=True)
    assert platforms.listed(runtime) == before


def test_a_new_platform_takes_the_password_of_these_minutes(room: Room, clock: Clock) -> None:
    clock.advance(minutes=11)
    asked = room.send("/platforms/new", name="Harbour App", origins=ORIGIN)
    assert asked.status_code == 403
    assert "Give your password again for this." in text_of(asked)
    assert 'value="Harbour App"' in asked.get_data(as_text=True)
    wrong = room.send("/platforms/new", name="Harbour App", origins=ORIGIN, password="not it at all")
    assert "This is not your password." in text_of(wrong)
    assert room.send("/platforms/new", name="Harbour App", origins=ORIGIN, **PASSWORD_FIELD).status_code == 200


def test_no_page_shows_a_secret_of_a_key(client: FlaskClient, room: Room, shop: Shop) -> None:
    for path in ("setup", "keys", f"keys/{shop.key_id}", "verification", "doctor", "log", "log.csv", "appearance"):
        response = room.open(path)
        assert response.status_code == 200, path
        assert SECRET not in response.get_data(as_text=True), path

"""`token sign` and `token explain`."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import CommandLine
from tests.people import ADA, SECRET, base64_token, hex_token
from whosthere.services.journal import entries
from whosthere.settings import load_settings
from whosthere.wiring import build_runtime

ADA_OPTIONS = ("--user-id", ADA.user_id, "--email", ADA.email)


@pytest.fixture
def shop(lite: CommandLine) -> str:
    platform = lite.json("platform", "create", "Harbour Shop", "--origin", "https://shop.example.com")
    lite.done("key", "new", platform["platformId"], "--name", "known", "--secret-stdin", stdin=SECRET)
    return str(platform["platformId"])


def explained(lite: CommandLine, *arguments: str, stdin: str) -> tuple[bool, list[str]]:
    result = lite.run("token", "explain", *arguments, "--json", stdin=stdin)
    answer = json.loads(result.stdout)
    assert result.exit_code == (0 if answer["verified"] else 1)
    return answer["verified"], [finding["code"] for finding in answer["findings"]]


def test_sign_prints_nothing_but_the_token_of_the_newest_key(lite: CommandLine, shop: str) -> None:
    assert lite.done("token", "sign", shop, *ADA_OPTIONS) == f"{ADA.user_auth_token()}\n"


@pytest.mark.parametrize(
    ("scheme", "token"),
    [
        ("helpshift", base64_token("imported " + SECRET, ADA.user_id + ADA.email)),
        ("user-id-hex", hex_token("imported " + SECRET, ADA.user_id)),
        ("email-hex", hex_token("imported " + SECRET, ADA.email)),
    ],
)
def test_sign_follows_the_scheme_of_the_key(lite: CommandLine, shop: str, scheme: str, token: str) -> None:
    lite.done("key", "new", shop, "--name", "legacy", "--scheme", scheme, "--secret-stdin", stdin="imported " + SECRET)
    assert lite.done("token", "sign", shop, *ADA_OPTIONS, "--key", "legacy").strip() == token
    assert lite.done("token", "sign", shop, *ADA_OPTIONS).strip() == ADA.user_auth_token()
    assert "Only a standard key" in lite.refused("token", "sign", shop, *ADA_OPTIONS, "--key", "legacy", "--jwt")


@pytest.mark.parametrize("jwt", [(), ("--jwt",), ("--jwt", "--expires-in", "60")])
def test_what_was_signed_is_explained_as_verified(lite: CommandLine, shop: str, jwt: tuple[str, ...]) -> None:
    answer = lite.json("token", "sign", shop, *ADA_OPTIONS, *jwt)
    assert answer["config"][answer["field"]] == answer["token"]
    assert explained(lite, shop, "--config", stdin=json.dumps(answer["config"])) == (True, [])
    assert explained(lite, shop, *ADA_OPTIONS, *jwt[:1], stdin=answer["token"] + "\n") == (True, [])


def test_a_token_made_with_the_key_of_another_platform_is_told_apart(lite: CommandLine, shop: str) -> None:
    quay = str(lite.json("platform", "create", "Quay", "--origin", "https://quay.example.com")["platformId"])
    lite.done("key", "new", quay, "--name", "its own", "--secret-stdin", stdin="quay " + SECRET)
    token = lite.done("token", "sign", quay, *ADA_OPTIONS).strip()
    assert explained(lite, shop, *ADA_OPTIONS, stdin=token) == (False, ["key_of_other_platform"])
    assert "Quay" in lite.run("token", "explain", shop, *ADA_OPTIONS, stdin=token).stdout


def test_sign_needs_somebody_and_a_live_key(lite: CommandLine, shop: str) -> None:
    lite.refused("token", "sign", shop)
    assert "userId begins or ends with white space" in lite.refused("token", "sign", shop, "--user-id", " ada")
    for key in lite.json("key", "list", shop):
        lite.done("key", "delete", shop, key["id"])
    assert "no such key that is live" in lite.refused("token", "sign", shop, *ADA_OPTIONS)


def test_explain_says_why_and_what_to_do(lite: CommandLine, shop: str) -> None:
    token = hex_token(SECRET, f"{ADA.user_id}\n{ADA.email}")
    result = lite.run("token", "explain", shop, token, *ADA_OPTIONS)
    assert result.exit_code == 1
    assert result.stdout.startswith("Refused.")
    assert "Why: " in result.stdout
    assert "Do: " in result.stdout
    assert explained(lite, shop, *ADA_OPTIONS, stdin=token) == (False, ["hex_instead_of_base64"])


@pytest.mark.parametrize("stdin", ["", "[]", "{", "null", "[" * 100_000, '{"userId": "\\ud800"}'])
def test_a_config_that_is_none_is_refused_without_a_crash(lite: CommandLine, shop: str, stdin: str) -> None:
    result = lite.run("token", "explain", shop, "--config", stdin=stdin)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_whoever_signs_is_in_the_audit_log(lite: CommandLine, shop: str) -> None:
    token = lite.done("token", "sign", shop, *ADA_OPTIONS).strip()
    runtime = build_runtime(load_settings(lite.environ))
    newest = entries(runtime, shop)[0]
    runtime.database.close()
    assert (newest.action, newest.actor.split(":")[0]) == ("token.signed", "cli")
    assert newest.detail["userId"] == ADA.user_id
    assert token not in repr(newest)

"""`agent create` and `agent token`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine
from whosthere.core.reasons import Refused
from whosthere.services import agent_sessions, links, personal_tokens
from whosthere.services.agent_sessions import SignedIn
from whosthere.services.agents import Identity
from whosthere.settings import load_settings
from whosthere.wiring import build_runtime

EMAIL = "grace@example.com"
PASSWORD = "nine ships in the harbour"


@pytest.fixture
def shop(cli: CommandLine) -> str:
    return str(cli.json("platform", "create", "Harbour Shop", "--origin", "https://shop.example.com")["platformId"])


def signs_in(cli: CommandLine, password: str) -> bool:
    runtime = build_runtime(load_settings(cli.environ))
    try:
        return isinstance(agent_sessions.sign_in(runtime, EMAIL, password), SignedIn)
    finally:
        runtime.database.close()


def test_an_agent_signs_in_with_the_password_from_stdin(cli: CommandLine, shop: str) -> None:
    options = ("--platform", shop, "--role", "admin", "--password-stdin")
    answer = cli.json("agent", "create", EMAIL, *options, stdin=f"{PASSWORD}\n")
    assert answer["email"] == EMAIL
    assert answer["id"]
    assert "password" not in answer
    assert signs_in(cli, PASSWORD)
    assert not signs_in(cli, f"{PASSWORD}\n")


def test_without_a_password_one_is_made_and_shown(cli: CommandLine, shop: str) -> None:
    made = cli.json("agent", "create", EMAIL)
    assert signs_in(cli, made["password"])
    printed = cli.done("agent", "create", "ada@example.com", "--platform", shop, "--name", "Ada")
    assert "Ada (ada@example.com)" in printed
    assert "(shown once)" in printed


def test_a_token_stands_for_its_agent_and_their_platforms(cli: CommandLine, shop: str) -> None:
    cli.done("agent", "create", EMAIL, "--password-stdin", stdin=PASSWORD)
    answer = cli.json("agent", "token", EMAIL, "--name", "export")
    assert cli.done("agent", "token", EMAIL).strip() != answer["token"]
    runtime = build_runtime(load_settings(cli.environ))
    identity = personal_tokens.by_token(runtime, answer["token"])
    runtime.database.close()
    assert isinstance(identity, Identity)
    assert identity.platform_ids == (shop,)


def test_problems_are_told(cli: CommandLine, shop: str) -> None:
    assert "not an email address" in cli.refused("agent", "create", "grace")
    cli.refused("agent", "create", EMAIL, "--password-stdin", stdin="")
    cli.refused("agent", "create", EMAIL, "--password-stdin", stdin="short")
    assert "There is no platform" in cli.refused("agent", "create", EMAIL, "--platform", "Nowhere")
    assert "no agent" in cli.refused("agent", "token", EMAIL)
    cli.done("agent", "create", EMAIL)
    assert "exists already" in cli.refused("agent", "create", EMAIL.upper())


def test_the_platform_is_asked_for_as_soon_as_there_are_several(cli: CommandLine) -> None:
    assert "There is no platform yet" in cli.refused("agent", "create", EMAIL)
    for name in ("First", "Second"):
        cli.json("platform", "create", name)
    said = cli.refused("agent", "create", EMAIL)
    assert "--platform" in said
    assert "'First'" in said


def test_an_agent_joins_one_more_platform(cli: CommandLine, shop: str) -> None:
    second = cli.json("platform", "create", "Second Shop")["platformId"]
    cli.done("agent", "create", EMAIL, "--platform", shop)
    answer = cli.json("agent", "join", EMAIL, "--platform", "Second Shop", "--role", "admin")
    assert answer == {"email": EMAIL, "platformId": second, "role": "admin"}
    token = cli.json("agent", "token", EMAIL)["token"]
    runtime = build_runtime(load_settings(cli.environ))
    identity = personal_tokens.by_token(runtime, token)
    runtime.database.close()
    assert identity is not None
    assert {(each.platform_id, each.role) for each in identity.memberships} == {(shop, "agent"), (second, "admin")}
    assert "no agent" in cli.refused("agent", "join", "nobody@example.com", "--platform", shop)


def test_a_token_has_scopes_and_an_end_and_is_revoked_by_its_name(cli: CommandLine, shop: str) -> None:
    cli.done("agent", "create", EMAIL)
    made = cli.json("agent", "token", EMAIL, "--name", "export", "--scope", "read", "--days", "30")
    assert made["scopes"] == ["read"]
    assert made["expiresAt"]
    (listed,) = cli.json("agent", "tokens", EMAIL)
    assert (listed["id"], listed["name"], listed["lastUsedAt"]) == (made["id"], "export", None)
    assert made["token"] not in cli.done("agent", "tokens", EMAIL)
    assert cli.json("agent", "revoke-token", EMAIL, "export") == {"id": made["id"]}
    assert cli.json("agent", "tokens", EMAIL) == []
    assert "no such token" in cli.refused("agent", "revoke-token", EMAIL, "export")
    for name in ("twice", "twice"):
        cli.done("agent", "token", EMAIL, "--name", name)
    assert "by its id" in cli.refused("agent", "revoke-token", EMAIL, "twice")


def test_an_operator_opens_the_way_back_in_and_closes_an_account(cli: CommandLine, shop: str) -> None:
    cli.done("agent", "create", EMAIL, "--role", "owner", "--password-stdin", stdin=PASSWORD)
    link = cli.json("agent", "password", EMAIL)["link"]
    path, _, secret = link.partition("#")
    assert path == "/agent/reset"
    runtime = build_runtime(load_settings(cli.environ))
    try:
        assert not isinstance(links.set_password(runtime, secret, "another ship in the bay"), Refused)
    finally:
        runtime.database.close()
    assert "no second factor" in cli.refused("agent", "reset-second-factor", EMAIL)
    assert signs_in(cli, "another ship in the bay")
    assert cli.json("agent", "disable", EMAIL)["disabledAt"]
    assert not signs_in(cli, "another ship in the bay")
    for command in ("password", "tokens", "disable", "reset-second-factor"):
        assert "no agent" in cli.refused("agent", command, "nobody@example.com")
    assert "no agent" in cli.refused("agent", "password", EMAIL)

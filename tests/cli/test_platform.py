"""`platform create / show / list / set` and `apikey`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine

SHOP = "Harbour Shop"
ORIGIN = "https://shop.example.com"


def test_create_answers_with_the_id_the_first_secret_and_the_snippet(cli: CommandLine) -> None:
    answer = cli.json("platform", "create", SHOP, "--origin", ORIGIN, "--origin", "http://localhost:3000")
    assert len(answer["key"]["secret"]) >= 43
    assert f'platformId: "{answer["platformId"]}"' in answer["snippet"]
    assert 'src="http://127.0.0.1:8000/embed.js"' in answer["snippet"]
    assert [key["id"] for key in cli.json("key", "list", answer["platformId"])] == [answer["key"]["id"]]
    shown = cli.json("platform", "show", answer["platformId"])
    assert shown["origins"] == [ORIGIN, "http://localhost:3000"]
    assert shown["verification"] == "enforced"


def test_create_prints_the_secret_once_for_people(lite: CommandLine) -> None:
    printed = lite.done("platform", "create", SHOP, "--origin", ORIGIN)
    secret = next(line for line in printed.splitlines() if line.startswith("Secret")).split()[1]
    assert "(shown once)" in printed
    for arguments in (("platform", "show", SHOP), ("key", "list", SHOP), ("platform", "list")):
        assert secret not in lite.done(*arguments)


def test_the_snippet_names_the_public_url(lite: CommandLine) -> None:
    result = lite.run("platform", "create", SHOP, WHOSTHERE_PUBLIC_URL="https://chat.example.com/support")
    assert 'src="https://chat.example.com/support/embed.js"' in result.stdout
    assert "no page can open the chat yet" in result.stderr


def test_create_tells_every_problem_at_once(lite: CommandLine) -> None:
    said = lite.refused("platform", "create", "", "--origin", "shop.example.com")
    assert said.count("Error:") == 2
    assert lite.json("platform", "list") == []


def test_list_shows_every_platform(cli: CommandLine) -> None:
    for name in ("First", "Second"):
        cli.json("platform", "create", name, "--origin", ORIGIN)
    assert {platform["name"] for platform in cli.json("platform", "list")} == {"First", "Second"}
    printed = cli.done("platform", "list")
    assert "First" in printed
    assert "enforced" in printed


def test_without_platforms_list_says_how_to_create_one(lite: CommandLine) -> None:
    assert "whosthere platform create" in lite.done("platform", "list")


def test_set_takes_the_documented_names(cli: CommandLine) -> None:
    platform_id = cli.json("platform", "create", SHOP, "--origin", ORIGIN)["platformId"]
    settings = (
        "verification=off",
        "origins=https://a.example,https://b.example",
        "anonymous_days=30",
        "anonymous_history=ask",
        "email_adoption=off",
        "user_id_pattern=[0-9]+",
    )
    answer = cli.json("platform", "set", platform_id, *settings)
    assert answer == cli.json("platform", "show", platform_id)
    assert answer["verification"] == "off"
    assert answer["origins"] == ["https://a.example", "https://b.example"]
    assert answer["anonymousDays"] == 30
    assert answer["anonymousHistory"] == "ask"
    assert answer["emailAdoption"] is False
    assert answer["userIdPattern"] == "[0-9]+"


def test_set_changes_all_or_nothing_and_tells_every_problem(cli: CommandLine) -> None:
    before = cli.json("platform", "create", SHOP, "--origin", ORIGIN)["platformId"]
    said = cli.refused("platform", "set", before, "verification=report", "anonymous_days=0", "colour=red")
    assert "anonymous_days" in said
    assert "colour" in said
    assert cli.json("platform", "show", before)["verification"] == "enforced"


def test_show_prints_the_options_as_set_takes_them(lite: CommandLine) -> None:
    lite.done("platform", "create", SHOP, "--origin", ORIGIN)
    printed = lite.done("platform", "show", SHOP)
    shown = {tuple(line.split(maxsplit=1)) for line in printed.splitlines()}
    assert {("verification", "enforced"), ("anonymous_days", "7")} <= shown


def test_a_platform_is_named_by_id_or_by_its_only_name(lite: CommandLine) -> None:
    first = lite.json("platform", "create", SHOP, "--origin", ORIGIN)["platformId"]
    assert lite.json("platform", "show", SHOP)["platformId"] == first
    assert lite.json("platform", "show", first.upper())["platformId"] == first
    second = lite.json("platform", "create", SHOP, "--origin", ORIGIN)["platformId"]
    said = lite.refused("platform", "show", SHOP)
    assert first in said
    assert second in said


@pytest.mark.parametrize("unknown", ["Nowhere", "00000000-0000-0000-0000-000000000000", "'; DROP TABLE platforms"])
def test_an_unknown_platform_is_told_with_a_way_to_find_it(cli: CommandLine, unknown: str) -> None:
    for arguments in (("show",), ("set", "verification=off")):
        said = cli.refused("platform", arguments[0], unknown, *arguments[1:])
        assert "There is no platform" in said
        assert "whosthere platform list" in said


def test_server_api_keys_are_created_listed_and_revoked(cli: CommandLine) -> None:
    platform_id = cli.json("platform", "create", SHOP, "--origin", ORIGIN)["platformId"]
    key = cli.json("apikey", "create", platform_id, "--name", "cart")
    assert key["secret"].startswith("whs_")
    [listed] = cli.json("apikey", "list", platform_id)
    assert (listed["id"], listed["name"], listed["revokedAt"]) == (key["id"], "cart", None)
    assert cli.json("apikey", "revoke", platform_id, "cart")["id"] == key["id"]
    [listed] = cli.json("apikey", "list", platform_id)
    assert listed["revokedAt"] is not None
    assert "There is no server API key in use" in cli.refused("apikey", "revoke", platform_id, key["id"])
    assert key["secret"] not in cli.done("apikey", "list", platform_id)

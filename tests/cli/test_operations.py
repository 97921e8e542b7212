"""`db`, `config check` and `purge`."""

from __future__ import annotations

import base64
import json

from tests.cli.conftest import CommandLine

OTHER_ENCRYPTION_KEY = base64.urlsafe_b64encode(b"another key of the tests, 32 by.").decode()


def test_an_upgrade_brings_an_empty_database_to_head_and_a_second_one_changes_nothing(empty: CommandLine) -> None:
    before = empty.json("db", "status")
    assert (before["current"], before["atHead"]) == (None, False)
    upgraded = empty.json("db", "upgrade")
    assert (upgraded["before"], upgraded["atHead"]) == (None, True)
    after = empty.json("db", "status")
    assert after == {"current": before["head"], "head": before["head"], "atHead": True}
    assert empty.json("db", "upgrade")["before"] == before["head"]


def test_status_can_be_asked_by_a_script(empty: CommandLine) -> None:
    assert empty.run("db", "status").exit_code == 0
    assert empty.run("db", "status", "--check").exit_code == 1
    assert "upgraded: empty" in empty.done("db", "upgrade")
    assert "has the schema of this release" in empty.done("db", "status", "--check")


def test_check_shows_the_settings_without_a_secret(cli: CommandLine) -> None:
    answer = cli.json("config", "check")
    assert answer["ok"] is True
    assert answer["problems"] == []
    assert answer["settings"]["WHOSTHERE_SECRET_KEY"] == "set"
    printed = cli.run("config", "check").output
    assert "Everything is in order." in printed
    assert cli.environ["WHOSTHERE_SECRET_KEY"] not in printed
    assert cli.environ["WHOSTHERE_ENCRYPTION_KEYS"] not in printed


def test_check_names_every_problem_of_the_settings_at_once(lite: CommandLine) -> None:
    result = lite.run(
        "config", "check", "--json", WHOSTHERE_SECRET_KEY="short", WHOSTHERE_RATE_LIMIT="often", WHOSTHERE_METRIC="1"
    )
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["ok"] is False
    assert len(answer["problems"]) == 3


def test_check_finds_a_schema_that_is_not_at_head(empty: CommandLine) -> None:
    result = empty.run("config", "check")
    assert result.exit_code == 1
    assert "run: whosthere db upgrade" in result.stderr


def test_check_finds_secrets_that_the_encryption_keys_do_not_open(lite: CommandLine) -> None:
    lite.done("platform", "create", "Harbour Shop", "--origin", "https://shop.example.com")
    result = lite.run("config", "check", WHOSTHERE_ENCRYPTION_KEYS=OTHER_ENCRYPTION_KEY)
    assert result.exit_code == 1
    assert "Harbour Shop" in result.stderr
    refused = lite.run("key", "new", "Harbour Shop", WHOSTHERE_ENCRYPTION_KEYS=OTHER_ENCRYPTION_KEY)
    assert refused.exit_code == 1
    assert "WHOSTHERE_ENCRYPTION_KEYS lacks the key" in refused.stderr


def test_check_finds_a_database_and_a_redis_that_are_not_there(lite: CommandLine) -> None:
    result = lite.run(
        "config",
        "check",
        WHOSTHERE_DATABASE_URL="postgresql://ada:hunter2@127.0.0.1:1/whosthere",
        WHOSTHERE_REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert result.exit_code == 1
    assert "WHOSTHERE_DATABASE_URL" in result.stderr
    assert "WHOSTHERE_REDIS_URL" in result.stderr
    assert "hunter2" not in result.output


def test_purge_says_what_it_did_or_would_do(cli: CommandLine) -> None:
    cli.done("platform", "create", "Harbour Shop", "--origin", "https://shop.example.com")
    answer = cli.json("purge", "--dry-run")
    assert answer["dryRun"] is True
    assert set(answer["purged"].values()) == {0}
    assert cli.json("purge")["dryRun"] is False
    assert cli.done("purge") == "Nothing has expired.\n"

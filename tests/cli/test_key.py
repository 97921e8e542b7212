"""`key list / new / end / delete`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.cli.conftest import CommandLine
from tests.clock import START_MS
from tests.people import SECRET
from whosthere.cli.moments import parse

SHOP = "Harbour Shop"


@pytest.fixture
def shop(cli: CommandLine) -> str:
    return str(cli.json("platform", "create", SHOP, "--origin", "https://shop.example.com")["platformId"])


def test_a_new_key_stands_next_to_the_old_one(cli: CommandLine, shop: str) -> None:
    answer = cli.json("key", "new", shop, "--name", "backend")
    assert answer["scheme"] == "standard"
    assert len(answer["secret"]) >= 43
    listed = cli.json("key", "list", shop)
    assert [key["name"] for key in listed] == [datetime.now(UTC).strftime("%Y-%m"), "backend"]
    assert listed[1]["id"] == answer["id"]
    assert {"id", "name", "scheme", "createdAt", "lastUsedAt", "endsAt"} <= set(listed[1])
    assert "secret" not in listed[1]


@pytest.mark.parametrize("scheme", ["helpshift", "user-id-hex", "email-hex"])
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_is_imported_from_stdin_without_its_line_end(
    cli: CommandLine, shop: str, scheme: str, ending: str
) -> None:
    answer = cli.json("key", "new", shop, "--scheme", scheme, "--secret-stdin", stdin=f"{SECRET}{ending}")
    assert (answer["scheme"], answer["secret"]) == (scheme, SECRET)


def test_a_short_imported_secret_is_warned_about_for_good(cli: CommandLine, shop: str) -> None:
    result = cli.run("key", "new", shop, "--scheme", "helpshift", "--secret-stdin", stdin="0123456789abcdef")
    assert result.exit_code == 0
    assert "fewer than 32 bytes" in result.stderr
    assert "0123456789abcdef" not in result.output
    assert "helpshift (weak)" in cli.done("key", "list", shop)
    assert "at least 32 bytes" in cli.refused("key", "new", shop, "--secret-stdin", stdin="0123456789")


@pytest.mark.parametrize("stdin", ["", "\n", b"\xff\xfe", "x" * 70_000, " padded secret of a vendor, long enough"])
def test_a_secret_that_cannot_be_one_is_refused(cli: CommandLine, shop: str, stdin: str | bytes) -> None:
    cli.refused("key", "new", shop, "--scheme", "helpshift", "--secret-stdin", stdin=stdin)
    assert len(cli.json("key", "list", shop)) == 1


def test_a_sixth_live_key_is_refused(cli: CommandLine, shop: str) -> None:
    for _ in range(4):
        cli.json("key", "new", shop)
    assert "at most 5 live keys" in cli.refused("key", "new", shop)


def test_a_key_ends_when_it_is_told_to(cli: CommandLine, shop: str) -> None:
    key = cli.json("key", "new", shop, "--name", "old")
    assert cli.json("key", "end", shop, "old", "2999-01-31T18:00Z")["endsAt"] == "2999-01-31T18:00:00.000Z"
    assert cli.json("key", "end", shop, key["id"], "never")["endsAt"] is None
    cli.done("key", "end", shop, "old", "now")
    assert "(ended)" in cli.done("key", "list", shop)


def test_a_deleted_key_is_gone(cli: CommandLine, shop: str) -> None:
    key = cli.json("key", "new", shop, "--name", "old")
    assert cli.json("key", "delete", shop, "old") == {"id": key["id"], "name": "old", "deleted": True}
    assert "There is no key 'old'" in cli.refused("key", "delete", shop, "old")
    assert len(cli.json("key", "list", shop)) == 1


def test_deleting_or_ending_the_last_key_warns_that_nobody_can_be_verified(cli: CommandLine, shop: str) -> None:
    [key] = cli.json("key", "list", shop)
    assert "no live key left" in cli.run("key", "end", shop, key["id"], "now").stderr
    assert "no live key left" not in cli.run("key", "end", shop, key["id"], "30d").stderr
    assert "no live key left" in cli.run("key", "delete", shop, key["id"]).stderr
    assert "nobody can be verified" in cli.done("key", "list", shop)


def test_an_unknown_platform_or_key_is_refused(cli: CommandLine, shop: str) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    assert "There is no platform" in cli.refused("key", "list", nobody)
    assert "There is no platform" in cli.refused("key", "new", nobody)
    assert "There is no key" in cli.refused("key", "delete", shop, nobody)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("never", None),
        ("now", START_MS),
        ("90m", START_MS + 90 * 60_000),
        ("12h", START_MS + 12 * 3_600_000),
        ("30d", START_MS + 30 * 86_400_000),
        ("2027-01-15", START_MS - 8 * 3_600_000),
        ("2027-01-15T08:00Z", START_MS),
        ("2027-01-15T09:00+01:00", START_MS),
        ("2027-01-15T08:00", START_MS),
    ],
)
def test_moments_are_read_as_people_type_them(text: str, moment: int | None) -> None:
    assert parse(text, START_MS) == moment


@pytest.mark.parametrize("text", ["", "later", "30", "-1d", "30w", "31.01.2027", "2027-13-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the standard library's own messages differ by version)
        parse(text, START_MS)

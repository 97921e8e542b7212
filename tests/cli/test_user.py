"""The command line finds people, hands their data over, ends their sessions, and erases them."""

from __future__ import annotations

import json
import signal
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.serving import start
from tests.servers import until
from whosthere.services.identify import Identified, Named, identify
from whosthere.services.journal import Actor
from whosthere.services.people import Wanted, look_up
from whosthere.settings import load_settings
from whosthere.storage import drafts, messages, tables
from whosthere.storage.messages import Draft
from whosthere.storage.tenancy import Tenant
from whosthere.wiring import build_runtime

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def platform(lite: CommandLine) -> str:
    """A platform on which the backend has named Ada, and two people share an address."""
    platform_id = str(lite.json("platform", "create", "Harbour Shop")["platformId"])
    runtime = build_runtime(load_settings(dict(lite.environ)))
    for named in (
        Named("ada", "ada@example.com", "Ada"),
        Named("bob", "us@example.com"),
        Named("eve", "us@example.com"),
    ):
        assert isinstance(identify(runtime, platform_id, named, actor=Actor("cli:grace")), Identified)
    runtime.hub.close()
    runtime.database.close()
    return platform_id


def test_people_are_found_by_exactly_one_identifier(lite: CommandLine, platform: str) -> None:
    (ada,) = lite.json("user", "find", platform, "--user-id", "ada")
    assert (ada["userEmail"], ada["userIdProven"]) == ("ada@example.com", True)
    assert lite.json("user", "find", "Harbour Shop", "--id", ada["id"]) == [ada]
    assert len(lite.json("user", "find", platform, "--email", "US@example.com")) == 2
    assert "Nobody" in lite.done("user", "find", platform, "--user-id", "Ada")
    assert "exactly one" in lite.misunderstood("user", "find", platform)
    assert "exactly one" in lite.misunderstood("user", "find", platform, "--user-id", "ada", "--email", "x")
    assert "--id" in lite.misunderstood("user", "find", platform, "--id", "x")


def test_an_export_is_a_new_file_for_its_owner_alone(lite: CommandLine, platform: str, tmp_path: Path) -> None:
    place = tmp_path / "ada.zip"
    lite.json("user", "export", platform, "--user-id", "ada", "--output", str(place))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with ZipFile(place) as archive:
        assert json.loads(archive.read("person.json"))["user"]["userId"]["value"] == "ada"
    assert "exists" in lite.refused("user", "export", platform, "--user-id", "ada", "--output", str(place))
    nobody = tmp_path / "nobody.zip"
    assert "no such user" in lite.refused("user", "export", platform, "--id", NOBODY, "--output", str(nobody))
    assert not nobody.exists()


def test_a_part_of_an_export_never_has_its_name_and_a_running_one_is_left_alone(
    lite: CommandLine, platform: str, tmp_path: Path
) -> None:
    place, part = tmp_path / "ada.zip", tmp_path / "ada.zip.part"
    export = ("user", "export", platform, "--user-id", "ada", "--output", str(place))
    with drafts.hold(part):
        assert "just being written" in lite.refused(*export)
    assert not place.exists()
    part.chmod(0o755)
    lite.done(*export)
    assert not part.exists()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with ZipFile(place) as archive:
        assert archive.testzip() is None
    place.unlink()
    part.write_bytes(b"something of mine")
    assert str(part) in lite.refused(*export)
    assert part.read_bytes() == b"something of mine"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_export_that_is_interrupted_goes_on_with_the_same_command(
    lite: CommandLine, platform: str, tmp_path: Path, number: signal.Signals
) -> None:
    count = 10_000
    say_much(lite, platform, count)
    place, part = tmp_path / "ada.zip", tmp_path / "ada.zip.part"
    export = ("user", "export", platform, "--user-id", "ada", "--output", str(place))
    while not interrupted(lite, tmp_path / "run", part, export, number):
        place.unlink()  # it was faster than the signal
    assert 0 < written(part) <= count
    assert not place.exists()
    if number is signal.SIGINT:
        assert "The same command goes on" in (tmp_path / "run" / "stderr").read_text()
    lite.done(*export)
    assert not part.exists()
    with ZipFile(place) as archive:
        (talk,) = json.loads(archive.read("person.json"))["conversations"]
        page = archive.read("person.html").decode()
    assert [message["seq"] for message in talk["messages"]] == list(range(1, count + 1))
    assert page.count("<article>") == count


def interrupted(lite: CommandLine, folder: Path, part: Path, export: Sequence[str], number: signal.Signals) -> bool:
    """Begin an export and send it a signal when some of it is written; return whether that ended it."""
    with start(lite.environ, folder, *export) as process:
        until(lambda: written(part) > 0 or process.poll() is not None, seconds=60, every_seconds=0.001)
        process.send_signal(number)
        return process.wait(30) != 0


def written(part: Path) -> int:
    """How many messages are in an export that is not whole."""
    return int((drafts.read_mark(part) or {"done": 0})["done"])


def say_much(lite: CommandLine, platform: str, count: int) -> None:
    """Let Ada write so many messages in one conversation."""
    runtime = build_runtime(load_settings(dict(lite.environ)))
    (ada,) = look_up(runtime, platform, Wanted(user_id="ada"))
    talk, record, now = runtime.new_id(), ada.record.id, runtime.clock()

    def store(tenant: Tenant) -> None:
        draft = Draft(runtime.new_id(), "user", "1", record, assurance="claimed")
        about = {"tags": [], "fields": {}, "page_url": None, "now": now}
        messages.start(tenant, conversation_id=talk, record_id=record, draft=draft, **about)

    runtime.writing(platform, store)
    runtime.hub.close()
    runtime.database.close()
    names = [column.name for column in tables.messages.c]
    with closing(sqlite3.connect(str(runtime.database.url.database))) as connection, connection:
        (row,) = connection.execute(f"SELECT {', '.join(names)} FROM messages")
        first = dict(zip(names, row, strict=True))
        rows = (
            [*(first | {"id": runtime.new_id(), "seq": number, "record_seq": number, "body": number}).values()]
            for number in range(2, count + 1)
        )
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO messages ({', '.join(names)}) VALUES ({marks})", rows)


def test_erasing_asks_first_counts_on_a_dry_run_and_names_who_is_meant(lite: CommandLine, platform: str) -> None:
    (ada,) = lite.json("user", "find", platform, "--user-id", "ada")
    assert lite.json("user", "erase", platform, "--user-id", "ada", "--dry-run")["dryRun"]
    assert "Several" in lite.refused("user", "erase", platform, "--email", "us@example.com", "--yes")
    refusing = lite.run("user", "erase", platform, "--user-id", "ada", stdin="n\n")
    assert refusing.exit_code == 1
    assert lite.json("user", "find", platform, "--user-id", "ada") == [ada]
    erased = lite.json("user", "erase", platform, "--user-id", "ada", "--yes")
    assert erased == {
        "id": ada["id"],
        "dryRun": False,
        "erased": {"conversations": 0, "messages": 0, "notes": 0, "attachments": 0},
    }
    assert lite.json("user", "find", platform, "--user-id", "ada") == []
    assert lite.json("user", "erase", platform, "--id", ada["id"], "--yes")["id"] == ada["id"]
    assert "no such user" in lite.refused("user", "erase", platform, "--id", NOBODY, "--yes")


def test_sessions_are_ended(lite: CommandLine, platform: str) -> None:
    assert "are over" in lite.done("user", "end-sessions", platform, "--user-id", "ada")
    assert "no such user" in lite.refused("user", "end-sessions", platform, "--id", NOBODY)


def test_a_record_is_unsealed_once_verification_is_not_enforced(lite: CommandLine, platform: str) -> None:
    assert "enforced" in lite.refused("user", "unseal", platform, "--user-id", "ada")
    lite.done("platform", "set", platform, "verification=report")
    (ada,) = lite.json("user", "find", platform, "--user-id", "ada")
    assert lite.json("user", "unseal", platform, "--id", ada["id"]) == {"id": ada["id"], "unsealed": True}
    assert "open already" in lite.done("user", "unseal", platform, "--id", ada["id"])
    assert "no such user" in lite.refused("user", "unseal", platform, "--id", NOBODY)

"""The command line finds people, hands their data over, ends their sessions, and erases them."""

from __future__ import annotations

import fcntl
import json
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import CommandLine
from whosthere.cli.new_file import new_file

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def platform(lite: CommandLine) -> str:
    """A platform on which the backend has named Ada, and two people share an address."""
    from whosthere.services.identify import Identified, Named, identify
    from whosthere.services.journal import Actor
    from whosthere.settings import load_settings
    from whosthere.wiring import build_runtime

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


def test_an_export_takes_over_what_a_killed_one_left_and_leaves_a_running_one_alone(
    lite: CommandLine, platform: str, tmp_path: Path
) -> None:
    """It gets its name when it is whole: nobody takes a part of it for everything there is."""
    place, part = tmp_path / "ada.zip", tmp_path / "ada.zip.part"
    part.write_bytes(b"x" * 1_000_000)
    with part.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refused = lite.refused("user", "export", platform, "--user-id", "ada", "--output", str(place))
        assert "just being written" in refused
    assert part.stat().st_size == 1_000_000
    lite.done("user", "export", platform, "--user-id", "ada", "--output", str(place))
    assert not part.exists()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with ZipFile(place) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_new_file_that_is_not_finished_is_not_there(tmp_path: Path, error: type[BaseException]) -> None:
    def interrupted() -> None:
        with new_file(tmp_path / "new") as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert list(tmp_path.iterdir()) == []


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

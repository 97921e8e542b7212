from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from whosthere import instance
from whosthere.storage.database import Database


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_generated_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "secret_key"
    assert instance.keep_secret(path, lambda: "first") == "first"
    assert instance.keep_secret(path, lambda: "second") == "first"


def test_only_the_owner_can_reach_it(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "secret_key"
    instance.keep_secret(path, lambda: "secret")
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    instance.keep_secret(tmp_path / "secret_key", lambda: "secret")
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("wide", [0o640, 0o604, 0o660, 0o644])
def test_a_secret_that_others_can_reach_is_refused(tmp_path: Path, wide: int) -> None:
    path = tmp_path / "secret_key"
    instance.keep_secret(path, lambda: "secret")
    path.chmod(wide)
    with pytest.raises(instance.Exposed, match="chmod 600") as refusal:
        instance.keep_secret(path, lambda: "another")
    assert "secret\n" not in str(refusal.value)


def test_the_loser_of_a_race_reads_the_winners_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"

    def generate_late() -> str:
        assert instance.keep_secret(path, lambda: "winner") == "winner"
        return "loser"

    assert instance.keep_secret(path, generate_late) == "winner"


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys; from whosthere import instance; sys.stdin.read();"
        f"print(instance.keep_secret(pathlib.Path({str(tmp_path)!r}) / 'secret_key', lambda: str(os.getpid())))"
    )
    command = [sys.executable, "-c", program]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in started:
        assert process.stdin
        process.stdin.close()
    answers = {process.stdout.read().strip() for process in started if process.stdout}
    for process in started:
        assert process.wait() == 0
        assert process.stdout
        process.stdout.close()
    assert len(answers) == 1


def test_a_database_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "whosthere.sqlite3"
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE messages (body TEXT)")
        assert {mode(path), mode(path.with_name(f"{path.name}-wal"))} == {0o600}
    database.close()

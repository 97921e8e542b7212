"""The folder of stored files: who may read at once, and what a disk that fills up leaves behind."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from whosthere.services.runtime import new_id
from whosthere.storage import files as storage_files
from whosthere.storage.errors import Unavailable
from whosthere.storage.files import LocalFiles


def test_so_many_are_read_at_once_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes long to receive one holds a thread; not all threads may wait for such clients."""
    monkeypatch.setattr(storage_files, "OPEN_SECONDS", 0.01)
    files, platform_id, one = LocalFiles(tmp_path, open_max=2), new_id(), new_id()
    files.keep(files.receive([b"hello"], 5), platform_id, one, 0)
    for _ in range(3):
        assert files.open(platform_id, new_id()) is None
    held = [files.open(platform_id, one) for _ in range(2)]
    with pytest.raises(Unavailable):
        files.open(platform_id, one)
    for file in held:
        assert file is not None
        assert file.read() == b"hello"
        file.close()
        file.close()
    with pytest.raises(ValueError, match="file"):
        files.open(platform_id, "../x")
    for _ in range(3):
        again = files.open(platform_id, one)
        assert again is not None
        again.close()


def test_uploads_that_fill_the_disk_together_stop_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There was room for each of them when it began, but not for all."""
    rooms = iter([True, True])
    monkeypatch.setattr(LocalFiles, "has_room", lambda self: next(rooms, False))
    with pytest.raises(OSError, match="nearly full") as full:
        LocalFiles(tmp_path).receive([b"a"] * 3, 3)
    assert full.value.errno == errno.ENOSPC
    assert list((tmp_path / "incoming").iterdir()) == []

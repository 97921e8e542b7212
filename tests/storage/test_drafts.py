"""A draft is written by one process at a time, for its owner only, and goes on at its mark."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from whosthere.storage import drafts


def test_only_one_process_writes_a_draft_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "draft"
    with drafts.hold(folder) as draft:
        draft.restart(("a",))
        draft.write("a", "x")
        draft.keep({"n": 1})
        with pytest.raises(drafts.Held), drafts.hold(folder):
            pass
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    with drafts.hold(folder) as draft:
        assert draft.mark == {"n": 1}
        draft.remove()
    assert drafts.read_mark(folder) is None
    folder.symlink_to(tmp_path)
    with pytest.raises(OSError, match="in the way"), drafts.hold(folder):
        pass


def test_what_was_kept_is_there_and_what_was_not_is_cut_off(tmp_path: Path) -> None:
    with drafts.hold(tmp_path / "draft") as draft:
        draft.restart(("a", "b"))
        draft.write("a", "one, ")
        draft.keep({"n": 1})
        draft.write("a", "two, ")
        draft.write("b", "two, ")
    with drafts.hold(tmp_path / "draft") as draft:
        assert draft.resume(("a", "b"))
        draft.write("a", "three")
        draft.keep({"n": 3})
        assert draft.mark == {"n": 3}
        assert (draft.path("a").read_text(), draft.path("b").read_text()) == ("one, three", "")


def test_parts_that_are_not_what_the_mark_says_are_not_gone_on_with(tmp_path: Path) -> None:
    with drafts.hold(tmp_path / "draft") as draft:
        assert not draft.resume(("a",)), "nothing was kept yet"
        draft.restart(("a",))
        draft.write("a", "one")
        draft.keep({})
        assert not draft.resume(("a", "b"))
        draft.path("a").write_bytes(b"on")
        assert not draft.resume(("a",))


def test_nothing_more_of_a_removed_draft_is_kept(tmp_path: Path) -> None:
    """Somebody is erased while another process writes what they said."""
    with drafts.hold(tmp_path / "draft") as draft:
        draft.restart(("a",))
        draft.write("a", "secret")
        drafts.remove(tmp_path / "draft")
        with pytest.raises(FileNotFoundError):
            draft.keep({})
    assert not (tmp_path / "draft").exists()

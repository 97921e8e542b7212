"""A person's archive as a new file: there whole or not at all, and gone on with by whoever asks again."""

from __future__ import annotations

import os
from pathlib import Path

from whosthere.cli.failures import Failure
from whosthere.cli.installation import whoever_types
from whosthere.cli.progress import Told
from whosthere.core.reasons import Refused
from whosthere.services import export, export_draft
from whosthere.services.archive import write_zip
from whosthere.services.runtime import Runtime
from whosthere.storage import drafts
from whosthere.storage.drafts import Draft


def write_archive(runtime: Runtime, platform_id: str, person: str, place: Path, told: Told) -> None:
    """Write everything there is of a person to `place`, which must not exist, readable for its owner only.

    Until it is whole it is a folder, `<place>.part`, with which the next command for the same person goes on.

    Raises:
        Failure: there is such a file, or it is just being written; there is no such person; somebody stopped it.
    """
    _must_be_new(place)
    part = place.with_name(f"{place.name}.part")
    try:
        with drafts.hold(part) as draft:
            _write(runtime, platform_id, person, draft, told)
            _must_be_new(place)
            draft.path("archive").rename(place)
            draft.remove()
    except drafts.Held:
        raise Failure(f"{part} is just being written by another command.") from None
    except export.Gone:
        raise Failure("The person was erased meanwhile.") from None
    except KeyboardInterrupt:
        raise Failure(f"Stopped. The same command goes on within a day; {part} holds what was done.") from None


def _write(runtime: Runtime, platform_id: str, person: str, draft: Draft, told: Told) -> None:
    actor = whoever_types()
    begun = export.begin(runtime, platform_id, person, actor=actor)
    if isinstance(begun, Refused):
        draft.remove()
        raise Failure(begun.detail)
    export_draft.write(draft, begun, actor=actor, progress=lambda done, total: told("messages", done, total))
    with draft.new_file("archive") as file:
        parts = export_draft.open_parts(draft)
        write_zip(begun, parts, file, progress=lambda done, total: told("files", done, total))
        file.flush()
        os.fsync(file.fileno())


def _must_be_new(place: Path) -> None:
    if place.exists():
        raise Failure(f"{place}: File exists")

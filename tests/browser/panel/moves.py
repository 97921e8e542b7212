"""What the tests of the panel do again and again, on either side of the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from playwright.sync_api import Frame, Page

from tests.browser.stage import Stage, opened, say
from tests.people import ADA
from tests.team import Colleague, hire
from whosthere.core.reasons import Refused
from whosthere.services import inbox, inbox_attachments, options, typing
from whosthere.services.attachments import Upload
from whosthere.services.messages import Text
from whosthere.storage import platforms

_numbers = count(1)


def begin(stage: Stage, page: Page, text: str = "Hello?", config: dict[str, Any] | None = None) -> Frame:
    """Let Ada, or whoever the config names, write the first message; return the panel."""
    stage.visit(page, ADA.proven() if config is None else config)
    frame = opened(page)
    say(frame, text)
    return frame


def adjust(stage: Stage, **values: str) -> None:
    """Set options of the platform, as in `whosthere platform set`."""

    def change(connection: Any) -> None:
        platform = platforms.find(connection, stage.shop.id)
        assert platform is not None
        changed = options.apply(platform, values)
        assert not isinstance(changed, options.Invalid), changed
        platforms.save(connection, changed)

    stage.shop.runtime.database.transact(change)


def grace(stage: Stage) -> Colleague:
    """Hire an agent."""
    return hire(stage.shop.runtime, stage.shop.id, f"grace-{next(_numbers)}@example.com")


def types(stage: Stage, agent: Colleague, on: bool = True) -> None:
    """Let an agent type in the newest conversation, or stop."""
    assert typing.by_agent(stage.shop.runtime, agent.identity, stage.newest(), on) is None


def sends(stage: Stage, agent: Colleague, name: str, media_type: str, data: bytes, text: str = "") -> None:
    """Let an agent send a file into the newest conversation."""

    def chunks() -> Iterator[bytes]:
        yield data

    runtime, where = stage.shop.runtime, stage.newest()
    kept = inbox_attachments.upload(runtime, agent.identity, where, Upload(name, media_type, chunks()))
    assert not isinstance(kept, Refused), kept
    posted = inbox.reply(runtime, agent.identity, where, Text(text, f"file-{next(_numbers)}", (kept.id,)))
    assert not isinstance(posted, Refused), posted


def pick(frame: Frame, *files: tuple[str, str, bytes]) -> None:
    """Choose files: name, media type as the browser sees it, bytes."""
    frame.set_input_files(
        "#file", [{"name": name, "mimeType": media_type, "buffer": data} for name, media_type, data in files]
    )

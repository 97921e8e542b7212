"""An export goes on where it was, whatever interrupts it, and holds nothing that was taken away meanwhile."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.clock import Clock
from tests.people import ADA, BOB
from tests.services.lives import Life, live
from tests.shop import Shop
from whosthere.core.reasons import Refused
from whosthere.services import dossier, erasure, export, export_draft, redaction
from whosthere.services.archive import write_zip
from whosthere.services.export import Export, Gone
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime
from whosthere.storage import drafts
from whosthere.storage.tables import conversations, merge_ledger, messages

ACTOR = Actor("agent:grace")
MARK = "ada-4711-xyzzy"


@pytest.fixture(autouse=True)
def _pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Life:
    """Ada, beside Bob; she has begun two conversations."""
    live(client, shop, BOB, "bob-0815")
    life = live(client, shop, ADA, MARK, messages=3)
    life.visitor.start("And another thing")
    return life


def begun(life: Life) -> Export:
    found = export.begin(life.shop.runtime, life.shop.id, life.record_id, actor=ACTOR)
    assert isinstance(found, Export)
    return found


def once(folder: Path, life: Life, *, enough: bool = True, actor: Actor = ACTOR) -> bool:
    """Go on with a draft for one step, as another process would; return whether it is finished."""
    with drafts.hold(folder) as draft:
        return export_draft.write(draft, begun(life), actor=actor, enough=lambda: enough)


def done(folder: Path) -> int:
    """How many messages a draft holds."""
    state = export_draft.state_of(drafts.read_mark(folder))
    return 0 if state is None else state.done


def packed(folder: Path, life: Life) -> tuple[dict[str, Any], str]:
    """The document and the page of a draft, brought to its end."""
    file = io.BytesIO()
    with drafts.hold(folder) as draft:
        about = begun(life)
        assert export_draft.write(draft, about, actor=ACTOR)
        write_zip(about, export_draft.open_parts(draft), file)
    with ZipFile(file) as archive:
        return json.loads(archive.read("person.json")), archive.read("person.html").decode()


def said(known: dict[str, Any]) -> list[str]:
    return [message["body"] for talk in known["conversations"] for message in talk["messages"]]


def test_a_draft_that_is_interrupted_after_every_step_becomes_the_same_archive(ada: Life, tmp_path: Path) -> None:
    steps = 0
    while not once(tmp_path / "draft", ada):
        steps += 1
    assert steps >= 10
    whole, page = packed(tmp_path / "whole", ada)
    assert packed(tmp_path / "draft", ada) == (whole, page)
    assert whole == json.loads("".join(dossier.pieces(begun(ada))))
    assert len(whole["conversations"]) == 2
    assert page.count("<article>") > 6


def test_what_was_written_after_the_mark_is_cut_off(ada: Life, tmp_path: Path) -> None:
    """As a process leaves it that is killed in the middle of a word."""
    for _ in range(4):
        once(tmp_path / "draft", ada)
    for name in (export_draft.JSON, export_draft.HTML):
        with (tmp_path / "draft" / name).open("ab") as part:
            part.write(b'{"body": "half a wo')
    assert packed(tmp_path / "draft", ada) == packed(tmp_path / "whole", ada)


def test_it_goes_on_and_does_not_begin_anew(ada: Life, tmp_path: Path) -> None:
    for _ in range(5):
        once(tmp_path / "draft", ada)
    assert done(tmp_path / "draft") == 4
    ada.visitor.send("POST", f"/conversations/{ada.conversation_id}/messages", {"text": "late", "clientMessageId": "l"})
    ada.visitor.send("POST", "/conversations", {"text": "Later still", "clientMessageId": "later"})
    once(tmp_path / "draft", ada)
    assert done(tmp_path / "draft") == 5
    known, _ = packed(tmp_path / "draft", ada)
    assert {"late", "Later still"} <= set(said(known))
    assert len(said(known)) == len(set(said(known)))


def redact_a_message(runtime: Runtime, life: Life, clock: Clock) -> None:
    assert not isinstance(redaction.redact_message(runtime, life.shop.id, life.message_id, actor=ACTOR), Refused)


def redact_a_file(runtime: Runtime, life: Life, clock: Clock) -> None:
    assert redaction.redact_attachment(runtime, life.shop.id, life.attachment_id, actor=ACTOR) is None


def purge_a_message(runtime: Runtime, life: Life, clock: Clock) -> None:
    with runtime.database.write() as connection:
        connection.execute(messages.delete().where(messages.c.id == life.message_id))


def move_a_conversation(runtime: Runtime, life: Life, clock: Clock) -> None:
    with runtime.database.write() as connection:
        mine = conversations.c.id == life.conversation_id
        connection.execute(update(conversations).where(mine).values(record_id=_bob(life)))


def undo_a_merge(runtime: Runtime, life: Life, clock: Clock) -> None:
    with runtime.database.write() as connection:
        connection.execute(update(merge_ledger).values(undone_at=clock.now()))


def let_a_day_pass(runtime: Runtime, life: Life, clock: Clock) -> None:
    clock.advance(days=1)


def be_another_version(runtime: Runtime, life: Life, clock: Clock) -> None:
    mark = runtime.exports / "x" / "y" / "mark"
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "done": 4, "new": True}))


def lose_a_part(runtime: Runtime, life: Life, clock: Clock) -> None:
    (runtime.exports / "x" / "y" / export_draft.HTML).write_bytes(b"")


def break_the_mark(runtime: Runtime, life: Life, clock: Clock) -> None:
    (runtime.exports / "x" / "y" / "mark").write_bytes(b'{"done": ')


def _bob(life: Life) -> str:
    with life.shop.runtime.reading(life.shop.id) as tenant:
        rows = tenant.connection.execute(conversations.select())
        return next(row.record_id for row in rows if row.record_id != life.record_id)


@pytest.mark.parametrize(
    "change",
    [
        redact_a_message,
        redact_a_file,
        purge_a_message,
        move_a_conversation,
        undo_a_merge,
        let_a_day_pass,
        be_another_version,
        lose_a_part,
        break_the_mark,
    ],
)
def test_a_draft_that_holds_what_nobody_may_read_any_more_is_begun_anew(
    runtime: Runtime, ada: Life, clock: Clock, change: Callable[[Runtime, Life, Clock], None]
) -> None:
    folder = runtime.exports / "x" / "y"
    for _ in range(8):
        once(folder, ada)
    assert done(folder) == 6
    change(runtime, ada, clock)
    once(folder, ada)
    assert done(folder) == 0, "the first step of a new one"
    known, page = packed(folder, ada)
    assert known == json.loads("".join(dossier.pieces(begun(ada))))
    assert (f"See {MARK}" in page) == (f"See {MARK}" in said(known))


def test_a_draft_is_for_whoever_asked_for_it(ada: Life, tmp_path: Path) -> None:
    for _ in range(5):
        once(tmp_path / "draft", ada)
    once(tmp_path / "draft", ada, actor=Actor("agent:eve"))
    assert done(tmp_path / "draft") == 0


def test_who_is_erased_leaves_no_draft(runtime: Runtime, shop: Shop, ada: Life, tmp_path: Path) -> None:
    about = begun(ada)
    once(tmp_path / "draft", ada)
    erasure.erase(runtime, shop.id, ada.record_id, actor=ACTOR)
    with drafts.hold(tmp_path / "draft") as draft, pytest.raises(Gone):
        export_draft.write(draft, about, actor=ACTOR)
    assert not (tmp_path / "draft").exists()


def test_who_is_erased_while_an_archive_is_packed_is_not_packed_any_further(
    runtime: Runtime, shop: Shop, ada: Life, tmp_path: Path
) -> None:
    about = begun(ada)
    with drafts.hold(tmp_path / "draft") as draft:
        assert export_draft.write(draft, about, actor=ACTOR)
        parts = export_draft.open_parts(draft)
    erasure.erase(runtime, shop.id, ada.record_id, actor=ACTOR)
    with pytest.raises(Gone):
        write_zip(about, parts, io.BytesIO())

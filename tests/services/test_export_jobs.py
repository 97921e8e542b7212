"""What a request has no time for is exported by the chores, and is gone when nobody may have it any more."""

from __future__ import annotations

import io
import json
import os
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.people import ADA
from tests.services.lives import Life, live
from tests.shop import Shop
from whosthere.core.reasons import Refused
from whosthere.services import chores, dossier, erasure, export, export_draft, export_jobs, redaction
from whosthere.services.journal import Actor
from whosthere.services.runtime import Runtime

ACTOR = Actor("agent:grace")


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Life:
    return live(client, shop, ADA, "ada-4711-xyzzy", messages=3)


def prepared(runtime: Runtime, life: Life, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ask the desk for an export that takes more than one request."""
    monkeypatch.setattr(export_jobs, "REQUEST_SECONDS", 0)
    assert export_jobs.take(runtime, life.shop.id, life.record_id, actor=ACTOR) is None
    return runtime.exports / life.shop.id / life.record_id


def test_the_chores_finish_what_a_request_has_begun(
    runtime: Runtime, ada: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_jobs, "PART_SECONDS", 0)
    folder = prepared(runtime, ada, monkeypatch)
    parts = 1
    while export_jobs.go_on(runtime):
        parts += 1
    assert parts >= 8
    pieces = export_jobs.take(runtime, ada.shop.id, ada.record_id, actor=ACTOR)
    assert pieces is not None
    assert not isinstance(pieces, Refused)
    with ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        again = export.look_again(runtime, ada.shop.id, ada.record_id)
        assert not isinstance(again, Refused)
        assert json.loads(archive.read("person.json")) == json.loads("".join(dossier.pieces(again)))
    assert not folder.exists(), "it has been taken along"


def test_a_prepared_export_that_is_broken_off_can_be_taken_again(
    runtime: Runtime, ada: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = prepared(runtime, ada, monkeypatch)
    assert not export_jobs.go_on(runtime)
    monkeypatch.setattr("whosthere.services.archive._CHUNK_BYTES", 1)
    pieces = export_jobs.take(runtime, ada.shop.id, ada.record_id, actor=ACTOR)
    assert pieces is not None
    assert not isinstance(pieces, Refused)
    with closing(pieces):  # type: ignore[type-var]
        assert next(pieces).startswith(b"PK")
    assert folder.exists()


def test_a_prepared_export_is_gone_after_a_day(
    runtime: Runtime, ada: Life, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = prepared(runtime, ada, monkeypatch)
    kept_at = clock.now() / 1000
    os.utime(folder, (kept_at, kept_at))
    export_jobs.sweep(runtime)
    assert folder.exists()
    clock.advance(days=1, seconds=1)
    export_jobs.sweep(runtime)
    assert not folder.exists()


@pytest.mark.parametrize("erases", [True, False], ids=["erased", "taken back"])
def test_a_prepared_export_is_gone_with_what_it_holds(
    runtime: Runtime, ada: Life, monkeypatch: pytest.MonkeyPatch, erases: bool
) -> None:
    folder = prepared(runtime, ada, monkeypatch)
    if erases:
        erasure.erase(runtime, ada.shop.id, ada.record_id, actor=ACTOR)
    else:
        redaction.redact_message(runtime, ada.shop.id, ada.message_id, actor=ACTOR)
    assert not folder.exists()


def test_exports_that_cannot_go_on_keep_no_chore_from_its_turn(
    runtime: Runtime, ada: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = prepared(runtime, ada, monkeypatch)
    (folder / export_draft.HTML).unlink()
    (folder / export_draft.HTML).mkdir()
    chores.do_due(runtime)
    assert not export_jobs.go_on(runtime)
    assert export_jobs.standing(runtime, ada.shop.id, ada.record_id, actor=ACTOR) is not None

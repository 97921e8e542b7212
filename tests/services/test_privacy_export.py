"""An export is one ZIP that holds everything of one person, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from tests.files import png
from tests.people import ADA, BOB, Person
from tests.services.lives import Life, live
from tests.shop import Shop, open_shop
from whosthere.core.reasons import Reason, Refused
from whosthere.services import dossier, erasure, export, export_draft, export_jobs
from whosthere.services.archive import write_zip
from whosthere.services.export import Export, Gone
from whosthere.services.journal import Actor, entries
from whosthere.services.runtime import Runtime
from whosthere.storage import drafts

ACTOR = Actor("cli:grace")
MARK = "ada-4711-xyzzy"
HOSTILE = Person("<script>alert(1)</script>", "ada@example.com", '"><img src=x onerror=alert(1)>')


class Pipe(io.RawIOBase):
    """A file that can only be written, from its beginning to its end."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


@pytest.fixture
def ada(client: FlaskClient, shop: Shop) -> Life:
    """Ada, beside Bob."""
    live(client, shop, BOB, "bob-0815")
    return live(client, shop, ADA, MARK)


def zipped(life: Life) -> ZipFile:
    """The export as one gets it through a pipe."""
    pipe, runtime = Pipe(), life.shop.runtime
    begun = export.begin(runtime, life.shop.id, life.record_id, actor=ACTOR)
    assert isinstance(begun, Export)
    with drafts.hold(runtime.exports / "draft") as draft:
        assert export_draft.write(draft, begun, actor=ACTOR)
        write_zip(begun, export_draft.open_parts(draft), pipe)  # type: ignore[arg-type]
        draft.remove()
    return ZipFile(io.BytesIO(pipe.content))


def test_the_archive_holds_everything_and_nothing_of_anybody_else(runtime: Runtime, shop: Shop, ada: Life) -> None:
    archive = zipped(ada)
    assert archive.testzip() is None
    picture = f"attachments/{ada.attachment_id}-{MARK}.png"
    assert set(archive.namelist()) == {"person.json", "person.html", picture}
    assert archive.read(picture) == png()
    known, page = json.loads(archive.read("person.json")), archive.read("person.html").decode()
    assert known["user"]["userEmail"] == {"value": ADA.email, "provenance": "proven"}
    assert known["user"]["contact"] == {"name": f"Captain {MARK}", "email": f"{MARK}@contact.example.com"}
    assert [merge["kind"] for merge in known["merges"]] == ["anonymous_history"]
    (mail,) = known["conversations"][0]["mails"]
    assert (mail["recipient"], mail["subject"]) == (f"{MARK}@mail.example.com", f"On {MARK}")
    assert f"{MARK}@mail.example.com" in page
    for text in (f"Hello {MARK}", f"See {MARK}", f"Dear {MARK}", f"A note on {MARK}", f"order {MARK}", ADA.user_id):
        assert text in json.dumps(known)
        assert text in page
    assert f'href="{picture}"' in page
    assert "bob-0815" not in json.dumps(known) + page
    assert [(entry.actor, entry.action) for entry in entries(runtime, shop.id)] == [("cli:grace", "user.exported")]


def test_nothing_in_the_page_runs(client: FlaskClient, shop: Shop) -> None:
    page = zipped(live(client, shop, HOSTILE, "<b>bold</b>x")).read("person.html").decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert set(re.findall(r'content="(default-src[^"]*)"', page)) == {"default-src 'none'; style-src 'unsafe-inline'"}


def test_a_field_called_like_one_of_ours_hides_nothing(client: FlaskClient, shop: Shop) -> None:
    visitor = shop.visitor(client, ADA.proven())
    fields = {"State": {"type": "singleline", "value": "Bremen"}}
    start = {"text": "Ahoy?", "clientMessageId": "first", "fields": fields}
    assert visitor.send("POST", "/conversations", start).status_code == 201
    record_id = shop.runtime.signer.read_session(visitor.answer["session"]["token"]).record_id
    page = zipped(Life(shop, MARK, visitor, record_id, "", "", "")).read("person.html").decode()
    assert "<dt>State</dt><dd>open</dd>" in page
    assert "<dt>Field “State”</dt><dd>Bremen</dd>" in page


def test_a_name_is_set_apart_from_what_we_say_of_it(client: FlaskClient, shop: Shop) -> None:
    """Whoever is called so is not verified for that."""
    mallory = Person("x, claimed", "mallory@example.com", "Ada · verified")
    page = zipped(live(client, shop, mallory, MARK)).read("person.html").decode()
    assert "<strong><bdi>Ada · verified</bdi></strong> · verified · " in page
    assert "<dt>User id, proven</dt><dd>x, claimed</dd>" in page


def test_every_file_system_takes_the_name_of_a_file(client: FlaskClient, shop: Shop) -> None:
    mark = "船" * 83
    (place,) = [name for name in zipped(live(client, shop, ADA, mark)).namelist() if name.endswith(".png")]
    assert len(place.removeprefix("attachments/").encode()) <= 255
    assert f"{mark}.png".endswith(place.partition("-船")[2])


def test_a_long_history_is_read_in_pages(client: FlaskClient, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    ada = live(client, shop, ADA, MARK, messages=5)
    (talk,) = json.loads(zipped(ada).read("person.json"))["conversations"]
    assert [message["seq"] for message in talk["messages"]] == list(range(1, 9))


def test_who_is_erased_meanwhile_is_not_exported_any_further(runtime: Runtime, shop: Shop, ada: Life) -> None:
    begun = export.begin(runtime, shop.id, ada.record_id, actor=ACTOR)
    assert isinstance(begun, Export)
    pieces = dossier.pieces(begun)
    next(pieces)
    erasure.erase(runtime, shop.id, ada.record_id, actor=ACTOR)
    with pytest.raises(Gone):
        list(pieces)


def test_a_stranger_is_not_exported(runtime: Runtime, shop: Shop, ada: Life) -> None:
    refused = export_jobs.take(runtime, open_shop(runtime).id, ada.record_id, actor=ACTOR)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOT_FOUND

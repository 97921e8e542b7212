"""Attachments: what a file is decides who gets in, and who may read the message decides who gets it out."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clock import Clock
from tests.files import WHOLE, described, jpeg, png
from tests.people import ADA, BOB
from tests.rows import Rows
from tests.shop import ORIGIN, WIDGET, Shop, Visitor, open_shop
from tests.web.widget.endpoints import check_problem
from whosthere.core.attachments import FILES_PER_DAY
from whosthere.services import leftovers
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings
from whosthere.storage import attachments as rows_of_files
from whosthere.storage.files import OPEN_MAX, LocalFiles
from whosthere.storage.tables import attachments
from whosthere.web import create_app

URL = f"{WIDGET}/attachments"


def upload(who: Visitor, data: bytes = png(), **headers: str) -> TestResponse:
    sent = who.headers | described() | {name.replace("_", "-"): value for name, value in headers.items()}
    return who.client.post(URL, data=data, headers=sent)


def uploaded(who: Visitor, data: bytes = png(), media_type: str = "image/png") -> str:
    response = who.client.post(URL, data=data, headers=who.headers | described(media_type))
    assert response.status_code == 201, response.get_data(as_text=True)
    return str(response.json["id"])


def post(who: Visitor, conversation_id: str, ids: list[str], text: str = "", key: str = "k") -> TestResponse:
    body = {"text": text, "clientMessageId": key, "attachments": ids}
    return who.send("POST", f"/conversations/{conversation_id}/messages", body)


@pytest.fixture
def here(ada: Visitor) -> str:
    return str(ada.start()["conversation"]["id"])


def files_of(settings: Settings, shop: Shop) -> list[Path]:
    return list((settings.instance_path / "attachments" / shop.id).glob("*/*"))


@pytest.mark.parametrize("media_type", WHOLE)
def test_a_file_comes_out_as_it_went_in_and_nothing_in_it_can_run(ada: Visitor, here: str, media_type: str) -> None:
    one = uploaded(ada, WHOLE[media_type], media_type)
    message = post(ada, here, [one]).json
    (shown,) = message["attachments"]
    assert (shown["id"], shown["mediaType"], shown["size"]) == (one, media_type, len(WHOLE[media_type]))
    assert ada.get(f"/conversations/{here}/messages?after=1").json["items"] == [message]
    response = ada.get(f"/attachments/{one}", buffered=True)
    assert response.get_data() == WHOLE[media_type]
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    assert response.headers["Content-Disposition"].startswith('attachment; filename="a.')
    assert response.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert response.headers.getlist("Cache-Control") == ["no-store"]
    assert response.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_photo_is_kept_without_where_it_was_taken(ada: Visitor, here: str, shop: Shop, settings: Settings) -> None:
    photo = jpeg()[:2] + b"\xff\xe1\0\x12" + b"Exif\0\0" + b"48.858N 2E" + jpeg()[2:] + b"a film"
    one = uploaded(ada, photo, "image/jpeg")
    (shown,) = post(ada, here, [one]).json["attachments"]
    assert (shown["size"], shown["width"], shown["height"]) == (len(jpeg()), 3, 2)
    assert ada.get(f"/attachments/{one}", buffered=True).get_data() == jpeg()
    (file,) = files_of(settings, shop)
    assert file.read_bytes() == jpeg()
    endless = jpeg()[:-2] + b"\xff\xfe\xff\xff\xff\xd9"  # what is said in it has no end
    refused = ada.client.post(URL, data=endless, headers=ada.headers | described("image/jpeg"))
    assert (refused.status_code, refused.json["code"]) == (400, "attachment_refused")
    assert list((settings.instance_path / "attachments" / "incoming").iterdir()) == []


def test_a_stored_file_is_its_owners_only(ada: Visitor, shop: Shop, settings: Settings) -> None:
    one = uploaded(ada)
    (file,) = files_of(settings, shop)
    assert (file.name, file.stat().st_mode & 0o777) == (one, 0o600)
    assert file.parent.stat().st_mode & 0o077 == 0


def test_nobody_else_sees_it_before_or_after_it_is_sent(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, here: str
) -> None:
    elsewhere = open_shop(runtime).visitor(client, ADA.proven())
    others = [shop.visitor(client, BOB.proven()), shop.visitor(client), elsewhere]
    one = uploaded(ada)
    for sent in (False, True):
        if sent:
            assert post(ada, here, [one]).status_code == 201
        assert ada.get(f"/attachments/{one}", buffered=True).status_code == 200
        for other in others:
            check_problem(other.get(f"/attachments/{one}", buffered=True), 404, "not_found")
    assert client.get(f"{URL}/{one}").status_code == 401
    ada.send("DELETE", "/session")
    assert ada.get(f"/attachments/{one}", buffered=True).status_code == 401


def test_a_message_names_only_its_authors_own_unsent_files(
    runtime: Runtime, client: FlaskClient, shop: Shop, ada: Visitor, here: str, rows: Rows
) -> None:
    bob = shop.visitor(client, BOB.proven())
    foreign = uploaded(bob)
    elsewhere = uploaded(open_shop(runtime).visitor(client, ADA.proven()))
    sent = uploaded(ada)
    assert post(ada, here, [sent], key="sent").status_code == 201
    mine = uploaded(ada)
    before = rows.counts()
    for wrong in (foreign, elsewhere, sent, runtime.new_id(), "../x"):
        for ids in ([wrong], [mine, wrong]):
            response = post(ada, here, ids)
            check_problem(response, 400, "invalid_field")
            assert response.json["field"] == "attachments"
    assert rows.counts() == before
    assert post(ada, here, [mine]).status_code == 201
    assert post(bob, bob.start()["conversation"]["id"], [foreign]).status_code == 201


def test_the_same_message_again_is_the_same_and_with_other_files_a_conflict(ada: Visitor, here: str) -> None:
    one, two = uploaded(ada), uploaded(ada)
    first = post(ada, here, [one, two], "x")
    again = post(ada, here, [one, two], "x")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert [shown["id"] for shown in first.json["attachments"]] == [one, two]
    for ids in ([two, one], [one], [], [one, two, uploaded(ada)]):
        check_problem(post(ada, here, ids, "x"), 409, "idempotency_conflict")


def test_a_conversation_may_begin_with_a_file(client: FlaskClient, shop: Shop) -> None:
    """Of somebody who has said nothing before, too."""
    nobody = shop.visitor(client)
    body = {"clientMessageId": "s", "attachments": [uploaded(nobody)]}
    first, again = (nobody.send("POST", "/conversations", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    conversation = first.json["conversation"]
    assert "a.png" in conversation["title"]
    assert "a.png" in conversation["lastMessage"]["body"]
    other = nobody.send("POST", "/conversations", body | {"attachments": [uploaded(nobody)]})
    check_problem(other, 409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("data", "headers", "status", "code"),
    [
        (b"", {}, 400, "attachment_refused"),
        (b"<svg/>", {}, 400, "attachment_refused"),
        (png()[:-1], {}, 400, "attachment_refused"),
        (png(), {"Content_Type": "image/jpeg"}, 400, "invalid_field"),
        (png(), {"Content_Type": "image/svg+xml"}, 415, "unsupported_media_type"),
        (png(), {"Content_Type": "text/html"}, 415, "unsupported_media_type"),
        (png(), {"Content_Type": "application/json"}, 415, "unsupported_media_type"),
        (png(), {"Content_Type": "multipart/form-data; boundary=x"}, 415, "unsupported_media_type"),
        (png(), {"Content_Encoding": "gzip"}, 415, "unsupported_media_type"),
        (png(), {"Content_Disposition": ""}, 400, "invalid_field"),
        (png(), {"Content_Disposition": "inline"}, 400, "invalid_field"),
        (png(), {"Content_Disposition": 'attachment; filename="a.png"'}, 400, "invalid_field"),
        (png(), {"Content_Disposition": "attachment; filename*=UTF-8''a.html"}, 400, "invalid_field"),
        (png(), {"Content_Disposition": "attachment; filename*=UTF-8''%ff.png"}, 400, "invalid_field"),
        (png(), {"Content_Disposition": "attachment; filename*=UTF-8''" + "a" * 5_000}, 400, "invalid_field"),
    ],
)
def test_what_is_no_good_file_leaves_nothing_behind(
    ada: Visitor,
    shop: Shop,
    settings: Settings,
    rows: Rows,
    data: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    before = rows.counts()
    check_problem(upload(ada, data, **headers), status, code)
    assert rows.counts() == before
    assert files_of(settings, shop) == []
    assert not list((settings.instance_path / "attachments").glob("incoming/*"))


@pytest.fixture
def small(settings: Settings, runtime: Runtime) -> Any:
    """Call it with a greatest size, for an application over the same installation."""

    def made(size: int, **more: Any) -> FlaskClient:
        parts = replace(runtime, attachment_bytes_max=size, **more)
        return create_app(settings, runtime=parts).test_client()

    return made


def test_a_file_has_an_end_whether_or_not_it_says_so(small: Any, shop: Shop, settings: Settings) -> None:
    ada = shop.visitor(small(len(png())), ADA.proven())
    assert ada.answer["attachments"]["maxBytes"] == len(png())
    assert upload(ada).status_code == 201
    check_problem(upload(ada, png() + b"x"), 413, "payload_too_large")
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    sent = ada.headers | described()
    response = ada.client.post(URL, data=png() + b"x" * 100_000, headers=sent, environ_overrides=chunked)
    check_problem(response, 413, "payload_too_large")
    assert len(files_of(settings, shop)) == 1


def test_nobody_fills_the_disk(small: Any, shop: Shop, clock: Clock, settings: Settings) -> None:
    ada = shop.visitor(small(len(png())), ADA.proven())
    for _ in range(10):
        assert upload(ada).status_code == 201
    check_problem(upload(ada), 429, "too_many_requests")
    assert len(files_of(settings, shop)) == 10
    clock.advance(hours=24, ms=1)
    ada = shop.visitor(ada.client, ADA.proven())
    assert upload(ada).status_code == 201
    assert FILES_PER_DAY == 100


def test_an_attachment_that_was_sent_or_only_asked_about_gives_its_place_back(ada: Visitor) -> None:
    one = uploaded(ada)
    for _ in range(OPEN_MAX + 1):
        assert ada.get(f"/attachments/{one}", buffered=True).status_code == 200
        assert ada.client.head(f"{URL}/{one}", headers=ada.headers, buffered=True).status_code == 200


def test_a_disk_that_is_nearly_full_takes_nothing(
    ada: Visitor, settings: Settings, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalFiles, "has_room", lambda self: False)
    check_problem(upload(ada), 503, "temporarily_unavailable")
    assert files_of(settings, shop) == []


def test_a_row_that_cannot_be_stored_leaves_no_row_and_no_visible_file(
    ada: Visitor, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFiles, "keep", fail)
    before = rows.counts()
    check_problem(upload(ada), 503, "temporarily_unavailable")
    assert rows.counts() == before


def test_what_is_never_sent_is_removed_after_a_day(
    runtime: Runtime, ada: Visitor, here: str, shop: Shop, settings: Settings, clock: Clock, rows: Rows
) -> None:
    sent, unsent = uploaded(ada), uploaded(ada)
    assert post(ada, here, [sent]).status_code == 201
    stray = next(file for file in files_of(settings, shop) if file.name == sent)
    stray = stray.with_name(stray.name.replace(stray.name[:8], "00000000", 1))
    stray.write_bytes(b"x")
    os.utime(stray, ns=(clock() * 1_000_000, clock() * 1_000_000))
    now = clock.advance(hours=24)
    assert leftovers.remove_unsent(runtime, shop.id, now, 10) == 0
    assert leftovers.remove_strays(runtime, shop.id, now) == 0
    now = clock.advance(minutes=1)
    assert leftovers.unsent_number(runtime, shop.id, now) == 1
    assert leftovers.remove_unsent(runtime, shop.id, now, 10) == 1
    assert leftovers.remove_strays(runtime, shop.id, now) == 1
    assert [file.name for file in files_of(settings, shop)] == [sent]
    assert [row.id for row in rows.all(attachments)] == [sent]
    with runtime.reading(shop.id) as tenant:
        assert rows_of_files.find(tenant, unsent) is None


def test_one_address_cannot_send_for_ever(settings: Settings, runtime: Runtime, shop: Shop) -> None:
    app: Flask = create_app(settings.model_copy(update={"rate_limit": 2}), runtime=runtime)
    ada = shop.visitor(app.test_client(), ADA.proven())
    assert [upload(ada).status_code for _ in range(3)] == [201, 201, 429]


def test_the_name_of_a_file_comes_back_percent_encoded(ada: Visitor) -> None:
    response = ada.client.post(URL, data=png(), headers=ada.headers | described(name='Käpt"n\r\nX: 1.png'))
    assert response.json["name"] == "Käpt_n  X_ 1.png"
    header = ada.get(f"/attachments/{response.json['id']}", buffered=True).headers["Content-Disposition"]
    assert header == "attachment; filename=\"K_pt_n  X_ 1.png\"; filename*=UTF-8''K%C3%A4pt_n%20%20X_%201.png"


def test_another_site_may_not_upload(ada: Visitor, rows: Rows) -> None:
    before = rows.counts()
    check_problem(upload(ada, Origin="https://evil.example"), 403, "origin_not_allowed")
    assert rows.counts() == before
    assert ORIGIN in ada.headers.values()

"""A SQLite file that can be read and not written: nothing is acknowledged, readiness tells, and it all comes back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.cli.conftest import variables
from tests.cli.serving import start
from tests.people import ADA, BOB
from tests.shop import WIDGET, Shop
from whosthere.services.runtime import Runtime


@contextmanager
def read_only(runtime: Runtime) -> Iterator[None]:
    """Let SQLite refuse every write, as it does when its file system has become read-only."""

    def refuse(driver: Any, *_: object) -> None:
        driver.execute("PRAGMA query_only = ON")

    def allow(driver: Any, *_: object) -> None:
        driver.execute("PRAGMA query_only = OFF")

    event.listen(runtime.database.engine, "checkout", refuse)
    try:
        yield
    finally:
        event.remove(runtime.database.engine, "checkout", refuse)
        event.listen(runtime.database.engine, "checkout", allow)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The one kind of database this is about."""
    return sqlite_url


def test_nothing_is_acknowledged_and_readiness_tells(shop: Shop, runtime: Runtime, client: FlaskClient) -> None:
    ada = shop.visitor(client, ADA.proven())
    path = f"/conversations/{ada.start()['conversation']['id']}/messages"
    with read_only(runtime):
        refused = ada.send("POST", path, {"text": "During", "clientMessageId": "during"})
        assert (refused.status_code, refused.get_json()["code"]) == (503, "temporarily_unavailable")
        assert int(refused.headers["Retry-After"]) > 0
        assert client.get("/readyz").status_code == 503
        assert ada.get(path).status_code == 200
        assert shop.boot(client, BOB.proven()).status_code == 503  # nobody who would have to be stored
    assert client.get("/readyz").status_code == 200
    assert ada.send("POST", path, {"text": "During", "clientMessageId": "during"}).status_code == 201
    assert [item["body"] for item in ada.get(path).get_json()["items"]] == ["Hello?", "During"]


def test_a_logout_that_could_not_be_stored_is_not_acknowledged(
    shop: Shop, runtime: Runtime, client: FlaskClient
) -> None:
    ada = shop.visitor(client, ADA.proven())
    with read_only(runtime):
        assert ada.send("DELETE", "/session").status_code == 503
    assert client.delete(f"{WIDGET}/session", headers=ada.headers).status_code == 204
    assert ada.get("/conversations").status_code == 401


def test_readiness_tells_before_anybody_tried_to_write(runtime: Runtime, client: FlaskClient) -> None:
    with read_only(runtime):
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


def test_a_server_refuses_to_start_in_a_folder_it_may_not_write(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), folder / "whosthere.sqlite3")
    folder.chmod(0o500)
    as_somebody = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    if as_somebody and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and nothing here can keep it from that")
    environ = variables(f"sqlite:///{folder / 'whosthere.sqlite3'}", tmp_path / "instance")
    with start(environ, tmp_path / "server", "serve", "--port", "0", prefix=as_somebody) as process:
        assert process.wait(60) == 1
    folder.chmod(0o700)
    said = (tmp_path / "server" / "stderr").read_text()
    assert said == "Error: The database cannot be used: the writer lock cannot be taken: Permission denied\n"

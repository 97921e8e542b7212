"""What cannot work is said when the middleware is made, before the first visitor comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.shop import Shop
from tests.wsgi.conftest import Embed
from tests.wsgi.hosts import PAGE, host
from tests.wsgi.server import ask
from whosthere import ChatMiddleware
from whosthere.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"mount": "/"}, ValueError, "mount must be an absolute path"),
        ({"streams": -1}, ValueError, "streams must not be negative"),
        ({"streams": "2"}, TypeError, "streams must be an integer, not str"),
        ({"streams": True}, TypeError, "streams must be an integer, not bool"),
        ({"secret": "short"}, ValueError, "at least 32 bytes"),
        ({"config": {"userId": "ada"}}, ValueError, "config holds userId"),
        ({"config": {"tags": {1, 2}}}, TypeError, "not JSON serializable"),
    ],
)
def test_what_cannot_work_is_said_at_start(
    embed: Embed, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        embed(host(), **options)


def test_settings_come_from_the_environment_and_their_problems_are_said_at_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WHOSTHERE_INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("WHOSTHERE_DATABASE_URL", "mysql://localhost/x")
    with pytest.raises(SettingsError, match="WHOSTHERE_DATABASE_URL"):
        ChatMiddleware(host())


def test_a_missing_database_is_said_at_start_and_not_created(
    embed: Embed, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = tmp_path / "missing.sqlite3"
    app = embed(host(), settings=Settings(**{**dict(settings), "database_url": f"sqlite:///{missing}"}))
    assert "bring its database up to date with `whosthere db upgrade`" in caplog.text
    assert not missing.exists()
    assert ask(app).content == PAGE  # the host serves all the same


def test_a_database_that_is_down_is_said_at_start_and_the_host_serves(
    embed: Embed, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "postgresql://postgres@127.0.0.1:1/whosthere"
    app = embed(host(), settings=Settings(**{**dict(settings), "database_url": nowhere}))
    assert "the chat does not work yet: the database is unavailable" in caplog.text
    assert ask(app).content == PAGE
    assert "a page goes out without a chat: the database is unavailable" in caplog.text


def test_no_connection_is_left_for_forked_processes_to_share(embed: Embed, shop: Shop) -> None:
    app = embed(host())
    pool: Any = app.chat.extensions["whosthere.runtime"].database.engine.pool
    assert pool.checkedin() == 0
    ask(app)
    assert pool.checkedin() == 1

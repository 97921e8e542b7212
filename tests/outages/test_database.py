"""Whatever happens to the database: honest errors, nothing lost, no door opened, and back within thirty seconds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from tests import servers
from tests.cli.conftest import CommandLine, variables
from tests.cli.serving import WIDGET, bearer
from tests.conftest import present
from tests.outages.conftest import Serve
from tests.outages.listener import page_of
from tests.outages.power import Blip, Down, Outage, ReadOnly, SmallFiles, small_disk
from tests.outages.site import RECOVERY_SECONDS, Site, Visitor
from tests.people import ADA, BOB, MALLORY, SECRET
from tests.servers import until
from whosthere.storage.database import Database
from whosthere.storage.migrate import upgrade

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

POSTS_MAX = 500


def refused_post(visitor: Visitor, text: str) -> dict[str, Any]:
    """Try to post, which has to be refused honestly."""
    with closing(visitor.site.server.connect()) as connection:
        connection.request(
            "POST",
            f"{WIDGET}/conversations/{visitor.conversation_id}/messages",
            json.dumps({"text": text, "clientMessageId": text}),
            visitor.headers | {"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        problem: dict[str, Any] = json.loads(answer.read())
    assert (answer.status, problem["code"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "application/problem+json"
    return problem


def post_until_refused(visitor: Visitor) -> tuple[list[str], str]:
    """Post one message after the other; return those that were acknowledged, and the first that was not."""
    acknowledged: list[str] = []
    for number in range(POSTS_MAX):
        text = f"Message {number}: " + "x" * 2000
        status, answer = visitor.post(text, f"number {number}")
        if status != 201:
            assert (status, answer["code"]) == (503, "temporarily_unavailable")
            return acknowledged, text
        acknowledged.append(text)
    raise AssertionError("everything was acknowledged")


def survive(site: Site, outage: Outage, *, reads: bool) -> None:
    """Live through an outage that keeps messages from being stored.

    Args:
        reads: whether what was stored can still be read meanwhile.
    """
    ada = site.boot(ADA).start()
    former = site.boot(BOB)
    assert site.server.ask("DELETE", f"{WIDGET}/session", **former.headers)[0] == 204
    with page_of(ada) as page:
        assert ada.post("Before")[0] == 201
        page.hears("Before")
        outage.begin()
        acknowledged, refused = post_until_refused(ada)
        refused_post(ada, "During")
        until(lambda: site.ready()[0] == 503, seconds=RECOVERY_SECONDS)
        closed(site, former, reads=reads)
        if reads:
            assert ada.texts()[2:] == acknowledged
        outage.end()
        site.recovers()
        number = f"number {len(acknowledged)}"
        assert until(lambda: ada.post(refused, number)[0] in (200, 201), seconds=RECOVERY_SECONDS)
        assert ada.post("After")[0] == 201
        page.hears(refused, "After")
        everything = ["Hello?", "Before", *acknowledged, refused, "After"]
        assert [text for text in ada.texts() if text != "During"] == everything
        assert page.heard == ada.texts()[1:]
        assert page.seqs == list(range(page.seqs[0], page.seqs[0] + len(page.seqs)))
    assert site.server.ask("GET", f"{WIDGET}/conversations", **former.headers)[0] == 401
    silent(site, ada)


def closed(site: Site, former: Visitor, *, reads: bool) -> None:
    """Insist that what cannot be checked is refused, and what can be is refused as ever."""
    answers = {401} if reads else {401, 503}
    for _ in range(3):
        assert site.server.ask("GET", f"{WIDGET}/conversations", **former.headers)[0] in answers
        forged = {"platformId": site.platform_id, **ADA.config(userAuthToken=MALLORY.user_auth_token())}
        assert site.server.ask("POST", f"{WIDGET}/boot", forged)[0] in {401, 503}
        assert site.server.ask("GET", f"{WIDGET}/conversations", **bearer("nonsense"))[0] in {401, 503}


def silent(site: Site, visitor: Visitor) -> None:
    """Insist that the log tells what happened without a secret, a message or a traceback."""
    said = site.server.said
    assert "the database is unavailable" in said
    for secret in ("Traceback", SECRET, visitor.session, "Message 0", site.cli.environ["WHOSTHERE_ENCRYPTION_KEYS"]):
        assert secret not in said, said


def whole(path: str) -> None:
    """Insist that a SQLite file has not been damaged."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def cluster() -> Iterator[servers.Postgres]:
    """A PostgreSQL of this test's own."""
    with present(servers.postgres()) as running:
        yield running


def installation(url: str, folder: Path) -> CommandLine:
    """A fresh installation on this database."""
    database = Database(url)
    upgrade(database)
    database.close()
    return CommandLine(variables(url, folder) | {"WHOSTHERE_RATE_LIMIT": "off"})


def test_files_that_cannot_grow(sqlite_url: str, tmp_path: Path, serve: Serve) -> None:
    site = serve(installation(sqlite_url, tmp_path / "instance"), "--no-access-log")
    survive(site, SmallFiles(site.server.process.pid, 128 * 1024), reads=True)
    site.server.stop()
    whole(str(make_url(sqlite_url).database))


def test_a_disk_that_is_full(tmp_path: Path, serve: Serve) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk, ExitStack() as stack:
        if disk is None:
            pytest.skip("nothing can be mounted here; files that cannot grow are tested instead")
        path = disk.folder / "whosthere.sqlite3"
        site = serve(installation(f"sqlite:///{path}", tmp_path / "instance"))
        stack.callback(site.server.stop)
        survive(site, disk, reads=True)
        site.server.stop()
        whole(str(path))


def test_a_postgresql_that_is_down(cluster: servers.Postgres, tmp_path: Path, serve: Serve) -> None:
    site = serve(installation(cluster.create("whosthere"), tmp_path / "instance"))
    survive(site, Down(cluster.program, lambda: servers._answers(cluster)), reads=False)


def test_a_postgresql_that_takes_no_writes(cluster: servers.Postgres, tmp_path: Path, serve: Serve) -> None:
    site = serve(installation(cluster.create("whosthere"), tmp_path / "instance"))
    survive(site, ReadOnly(cluster, "whosthere"), reads=True)


def test_connections_that_are_cut_cost_nobody_a_message(
    cluster: servers.Postgres, tmp_path: Path, serve: Serve
) -> None:
    site = serve(installation(cluster.create("whosthere"), tmp_path / "instance"))
    ada = site.boot(ADA).start()
    blip = Blip(cluster, "whosthere")
    with page_of(ada) as page:
        texts = [f"Message {number}" for number in range(20)]
        for text in texts:
            blip.begin()
            until(lambda text=text: ada.post(text)[0] in (200, 201), seconds=RECOVERY_SECONDS)
        page.hears(*texts)
        assert page.heard == texts
        assert ada.texts() == ["Hello?", *texts]
    assert "Traceback" not in site.server.said

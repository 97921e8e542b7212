"""Rotating a key while visitors keep coming refuses nobody, and ends what came from the old key (operating.md)."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import variables
from tests.cli.serving import WIDGET, Serving, bearer, serving
from tests.people import ADA, SECRET, Person
from tests.servers import until
from tests.shop import open_shop
from whosthere.core.keys import Scheme
from whosthere.core.reasons import Refused
from whosthere.services import keys
from whosthere.services.journal import Actor
from whosthere.services.keys import Wanted
from whosthere.settings import Settings
from whosthere.wiring import build_runtime

pytestmark = pytest.mark.slow

BROWSERS, BOOTS = 6, 40
PATIENCE_SECONDS = 60
ADMIN = Actor("test")


@dataclass(slots=True)
class Site:
    """A website whose backend signs with one secret of `secrets` after the other, and its many visitors.

    Attributes:
        answers: how often each status was answered to a token of each secret.
    """

    server: Serving
    platform_id: str
    secrets: tuple[str, ...]
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failed: list[BaseException] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    counting: threading.Lock = field(default_factory=threading.Lock)
    under_way: Counter[str] = field(default_factory=Counter)

    def browse(self, browser: int) -> None:
        """Boot one person after the other, known and new ones, until the site closes."""
        try:
            for number in count():
                if self.closing.is_set():
                    return
                with self.counting:
                    secret = self.secrets[number % len(self.secrets)]
                    self.under_way[secret] += 1
                person = Person(f"{browser}-{number % 30}", f"{browser}-{number % 30}@example.com", "Somebody")
                status, _ = self.boot(person, secret)
                with self.counting:
                    self.under_way[secret] -= 1
                    self.answers[secret, status] += 1
        except BaseException as error:
            self.failed.append(error)

    def boot(self, person: Person, secret: str) -> tuple[int, Any]:
        return self.server.ask("POST", f"{WIDGET}/boot", {"platformId": self.platform_id, **person.proven(secret)})

    def serve_more(self, secret: str) -> None:
        """Go on until another `BOOTS` tokens of this secret were answered."""
        goal = self.answered(secret) + BOOTS
        until(lambda: self.failed or self.answered(secret) >= goal, seconds=PATIENCE_SECONDS)
        assert self.failed == []

    def answered(self, secret: str) -> int:
        with self.counting:
            return sum(number for (signed_with, _), number in self.answers.items() if signed_with == secret)

    def sign_with(self, *secrets: str) -> None:
        """Change the backend, and wait until no page with a token of another secret is left."""
        with self.counting:
            self.secrets = secrets
        until(lambda: not set(+self.under_way) - set(secrets), seconds=PATIENCE_SECONDS)


@contextmanager
def open_site(server: Serving, platform_id: str, secret: str) -> Iterator[Site]:
    site = Site(server, platform_id, (secret,))
    threads = [threading.Thread(target=site.browse, args=(browser,), daemon=True) for browser in range(BROWSERS)]
    for thread in threads:
        thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)


def everywhere(ask: Callable[[], tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Ask so often that every process of the server is asked, too."""
    return [ask() for _ in range(16)]


def ends(stream: http.client.HTTPResponse) -> bool:
    """Whether a stream that was just opened ends without another sign of life."""
    while stream.readline().strip():
        pass  # the rest of the first event
    return stream.readline() == b""


def test_a_rotation_under_load_refuses_no_good_user_and_then_every_token_of_the_old_key(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    runtime = build_runtime(settings)
    shop = open_shop(runtime)
    environ = variables(database_url, settings.instance_path) | {"WHOSTHERE_RATE_LIMIT": "off"}
    with serving(environ, tmp_path / "server", "--workers", "2") as server:
        with open_site(server, shop.id, SECRET) as site:
            site.serve_more(SECRET)
            fresh = keys.new(runtime, shop.id, Wanted(Scheme.STANDARD), actor=ADMIN)
            assert not isinstance(fresh, Refused)
            site.sign_with(SECRET, fresh.secret)  # some machines of the backend have the new secret, some the old one
            site.serve_more(SECRET)
            site.serve_more(fresh.secret)
            site.sign_with(fresh.secret)
            status, ada = site.boot(ADA, SECRET)  # a page that was open for long
            assert status == 200
            session = ada["session"]["token"]
            with server.stream(session) as stream:
                assert not isinstance(keys.delete(runtime, shop.id, shop.key_id, actor=ADMIN), Refused)
                refused = everywhere(lambda: site.boot(ADA, SECRET))
                ended = everywhere(lambda: server.ask("GET", f"{WIDGET}/conversations", **bearer(session)))
                stream_ended = ends(stream)
            site.serve_more(fresh.secret)
        assert site.failed == []
        assert {secret for secret, _ in site.answers} == {SECRET, fresh.secret}
        assert {status for _, status in site.answers} == {200}
        assert {(status, problem.get("detail")) for status, problem in refused} == {(401, "invalid user auth token")}
        assert {(status, problem.get("code")) for status, problem in ended} == {(401, "session_ended")}
        assert stream_ended
    runtime.hub.close()
    runtime.database.close()

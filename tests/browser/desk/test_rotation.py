"""A key is rotated at the desk while visitors keep coming, and none of them notices."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.clock import Clock
from tests.people import SECRET, Person
from tests.servers import until
from tests.shop import WIDGET
from tests.team import PASSWORD, hash_quickly, hire

pytestmark = pytest.mark.browser

VISITORS = 3
QUIET_DAYS = 8


@dataclass
class Crowd:
    """Visitors of a site that signs with one secret; each boots again and again, over a connection of their own.

    Attributes:
        refused: what the server said to whoever was not let in as verified.
        proven: of each visitor, how often they were let in by a token of each secret.
    """

    stage: Stage
    secret: str
    refused: list[str] = field(default_factory=list)
    proven: list[dict[str, int]] = field(default_factory=lambda: [{} for _ in range(VISITORS)])

    def sign_with(self, secret: str) -> None:
        """Let the site sign with another secret, and wait until every visitor came with a token of it."""
        self.secret = secret
        self.wait()

    def wait(self) -> None:
        """Wait until everybody has come once more, so that nobody is on the way with an older token."""
        before = [dict(each) for each in self.proven]

        def all_came() -> bool:
            now = self.secret
            return all(each.get(now, 0) > old.get(now, 0) + 1 for each, old in zip(self.proven, before, strict=True))

        until(lambda: self.refused or all_came(), seconds=60)

    def boot(self, connection: http.client.HTTPConnection, person: Person, secret: str) -> tuple[int, str]:
        """Boot once; return the status and who the server takes it for, or what it says."""
        body = json.dumps({"platformId": self.stage.shop.id, **person.proven(secret)})
        headers = {"Content-Type": "application/json", "Origin": self.stage.site_url}
        connection.request("POST", f"{WIDGET}/boot", body, headers)
        with connection.getresponse() as response:
            answer = json.loads(response.read())
            return response.status, str(answer["user"]["assurance"] if response.status == 200 else answer)

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Let them come until the block ends."""
        over = threading.Event()
        threads = [threading.Thread(target=self._come, args=(over, number)) for number in range(VISITORS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _come(self, over: threading.Event, number: int) -> None:
        person = Person(f"visitor-{number}", f"visitor-{number}@example.com", "Ada")
        try:
            while not over.wait(0.02):
                secret, connection = self.secret, http.client.HTTPConnection("127.0.0.1", self.stage.chat.port, 60)
                status, said = self.boot(connection, person, secret)
                connection.close()
                if (status, said) != (200, "verified"):
                    self.refused.append(f"{status} {said}")
                self.proven[number][secret] = self.proven[number].get(secret, 0) + 1
        except Exception as error:
            self.refused.append(repr(error))


def enter(page: Page, stage: Stage, email: str) -> None:
    """Sign in at the desk, on the page of the keys."""
    page.goto(f"{stage.chat.url}/admin/platforms/{stage.shop.id}/keys")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.get_by_role("heading", name="Keys", exact=True)).to_be_visible()


def test_a_key_is_rotated_while_visitors_come_and_none_is_refused(
    stage: Stage, tabs: Callable[..., Page], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_quickly(monkeypatch)
    grace = hire(stage.shop.runtime, stage.shop.id, role="admin")
    crowd, desk = Crowd(stage, SECRET), tabs()
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    with crowd.coming():
        crowd.wait()
        enter(desk, stage, grace.email)
        desk.fill("#name", "rotated")
        desk.get_by_role("button", name="Create key").click()
        expect(desk.get_by_role("heading", name="The key “rotated” is ready")).to_be_focused()
        secret = desk.get_by_label("Secret key", exact=True).inner_text()
        crowd.wait()  # the old one goes on working
        desk.get_by_role("link", name="Keys", exact=True).click()
        expect(desk.get_by_role("heading", name="rotated")).to_be_visible()
        assert secret not in desk.content()  # shown once
        assert asked == ["beforeunload"], "nobody copied it"

        crowd.sign_with(secret)
        desk.get_by_role("link", name="End or delete standard").click()
        expect(desk.get_by_text("something still signs with it")).to_be_visible()
        clock.advance(days=QUIET_DAYS)
        crowd.wait()
        enter(desk, stage, grace.email)
        expect(desk.get_by_text("Nothing has used this key for 7 days. It can go.")).to_have_count(1)
        desk.get_by_role("link", name="End or delete standard").click()
        expect(desk.get_by_text("Nothing has used it for 7 days.")).to_be_visible()
        desk.get_by_role("button", name="Delete “standard” for good").click()
        expect(desk.get_by_role("status")).to_have_text("The key is deleted.")
        crowd.wait()
    assert crowd.refused == []
    late = http.client.HTTPConnection("127.0.0.1", stage.chat.port, 60)
    assert crowd.boot(late, Person("late", "late@example.com", "Bob"), SECRET)[0] == 401
    assert crowd.boot(late, Person("late", "late@example.com", "Bob"), secret) == (200, "verified")
    late.close()

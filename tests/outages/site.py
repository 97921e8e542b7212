"""A served installation with one platform, and the visitors who keep using it while something is broken."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.cli.conftest import CommandLine
from tests.cli.serving import ORIGIN, WIDGET, Serving, bearer, serving
from tests.listening import Stream, listening
from tests.people import ADA, SECRET, Person
from tests.servers import until

RECOVERY_SECONDS = 30
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Site:
    """A running server and its platform."""

    server: Serving
    cli: CommandLine
    platform_id: str

    def boot(self, person: Person = ADA) -> Visitor:
        """Let somebody in, who has to be let in."""
        return Visitor(self, self.server.boot({"platformId": self.platform_id, **person.proven()}))

    def try_boot(self, person: Person = ADA) -> tuple[int, Any]:
        """Ask to be let in."""
        config = {"platformId": self.platform_id, **person.proven()}
        return self.server.ask("POST", f"{WIDGET}/boot", config)

    def ready(self) -> tuple[int, Any]:
        """What `/readyz` says."""
        return self.server.ask("GET", "/readyz")

    def recovers(self) -> None:
        """Insist that the server is ready again within the promised time."""
        until(lambda: self.ready()[0] == 200, seconds=RECOVERY_SECONDS, every_seconds=0.2)

    def open_streams(self) -> int:
        """How many streams the only worker holds (needs `WHOSTHERE_METRICS`)."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.port}/metrics", timeout=20) as response:
            found = re.search(r"^whosthere_open_streams\{.*\} ([0-9.]+)$", response.read().decode(), re.MULTILINE)
        assert found
        return int(float(found[1]))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session, and the conversation they are in."""

    site: Site
    session: str
    conversation_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.session) | {"Origin": ORIGIN}

    def start(self) -> Visitor:
        """Start a conversation."""
        body = {"text": "Hello?", "clientMessageId": "first"}
        status, answer = self.site.server.ask("POST", f"{WIDGET}/conversations", body, **self.headers)
        assert status == 201, answer
        return replace(self, conversation_id=answer["conversation"]["id"])

    def post(self, text: str, client_message_id: str | None = None) -> tuple[int, Any]:
        """Try to post a message."""
        body = {"text": text, "clientMessageId": client_message_id or text}
        path = f"{WIDGET}/conversations/{self.conversation_id}/messages"
        return self.site.server.ask("POST", path, body, **self.headers)

    def texts(self) -> list[str]:
        """What the log of the conversation holds."""
        after, found = 0, []
        while True:
            path = f"{WIDGET}/conversations/{self.conversation_id}/messages?after={after}"
            status, answer = self.site.server.ask("GET", path, **self.headers)
            assert status == 200, answer
            if not answer["items"]:
                return found
            found += [item["body"] for item in answer["items"]]
            after = answer["items"][-1]["seq"]

    @contextmanager
    def listening(self, cursor: str | None = None) -> Iterator[Stream]:
        """Open a stream, from a cursor on."""
        resuming = {} if cursor is None else {"Last-Event-ID": cursor}
        with listening(self.site.server.port, f"{WIDGET}/stream", self.headers | resuming) as stream:
            yield stream


@contextmanager
def open_site(cli: CommandLine, folder: Path, *arguments: str, **more: str) -> Iterator[Site]:
    """Serve an installation; `more` are further environment variables."""
    platform = cli.json("platform", "create", "Harbour Shop", "--origin", ORIGIN)
    cli.done("key", "new", platform["platformId"], "--name", "known", "--secret-stdin", stdin=SECRET)
    with serving({**cli.environ, **more}, folder, *arguments) as server:
        yield Site(server, cli, platform["platformId"])

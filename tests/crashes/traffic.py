"""Visitors who repeat every request until it is acknowledged, and remember what was promised to them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.cli.serving import WIDGET, bearer
from tests.people import ADA, BOB, SECRET, Person, base64_token
from tests.servers import until

PATIENCE_SECONDS = 90
RETRY_SECONDS = 0.05
LOST_ANSWERS = 0.05  # the share of answers that get lost on the way, so that what is done already is asked for again
WRITERS = (ADA, BOB)

Ask = Callable[..., tuple[int, Any] | None]


@dataclass(frozen=True, slots=True)
class Promise:
    """A message whose storage was acknowledged to `writer`."""

    writer: str
    conversation_id: str
    client_message_id: str
    id: str
    seq: int
    text: str


@dataclass(slots=True)
class Traffic:
    """Everybody who is in the chat.

    Attributes:
        ask: sends one request; `None` when the server was gone before it could answer.
        repeats: how often the server was gone, or said honestly that its database was.
        promises: acknowledged messages; those of one writer in the order of their acknowledgements.
        adopted: people whose login with a userId was acknowledged after one with their email alone.
    """

    ask: Ask
    platform_id: str
    promises: list[Promise] = field(default_factory=list)
    adopted: list[Person] = field(default_factory=list)
    repeats: int = 0
    failed: list[BaseException] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def write(self, person: Person, tab: str) -> None:
        """Write one message after the other until closing time."""
        session = self.boot(person.proven())
        for number in count():
            if self.closing.is_set():
                return
            self.say(session, tab, f"{tab}-{number}", "x" * random.randint(1, 1500))

    def say(self, session: str, writer: str, client_message_id: str, text: str) -> None:
        """Write into the conversation of this session's person, which all their tabs share."""
        here = self._insist("/conversations", {"text": "Hello?", "clientMessageId": "start"}, session)
        conversation_id = here["conversation"]["id"]
        body = {"text": text, "clientMessageId": client_message_id}
        stored = self._insist(f"/conversations/{conversation_id}/messages", body, session)
        promise = Promise(writer, conversation_id, client_message_id, stored["id"], stored["seq"], text)
        self.promises.append(promise)

    def arrive(self, prefix: str) -> None:
        """Come by email, say something, then come with a userId, too; and again as the next person."""
        for number in count():
            if self.closing.is_set():
                return
            person = Person(f"{prefix}-{number}", f"{prefix}-{number}@example.com", "Somebody")
            alone = {"userEmail": person.email, "userAuthToken": base64_token(SECRET, f"\n{person.email}")}
            started = {"text": "It is me.", "clientMessageId": "start"}
            self._insist("/conversations", started, self.boot(alone))
            self.boot(person.proven())
            self.adopted.append(person)

    def boot(self, config: dict[str, Any]) -> str:
        """Boot until let in; return the session token."""
        return str(self._insist("/boot", {"platformId": self.platform_id, **config})["session"]["token"])

    def _insist(self, path: str, body: dict[str, Any], session: str | None = None) -> Any:
        headers = {} if session is None else bearer(session)
        for _ in range(round(PATIENCE_SECONDS / RETRY_SECONDS)):
            answer = self.ask("POST", WIDGET + path, body, **headers)
            if answer is not None and answer[0] in (200, 201):
                if random.random() < LOST_ANSWERS:
                    continue
                return answer[1]
            assert answer is None or answer[0] == 503, answer
            if self.failed:
                break
            self.repeats += 1
            threading.Event().wait(RETRY_SECONDS)
        raise AssertionError(f"{path} was never acknowledged")

    def go_on(self, most: int = 30) -> None:
        """Wait for a random moment: until one to `most` more messages were acknowledged."""
        goal = len(self.promises) + random.randint(1, most)
        until(lambda: self.failed or len(self.promises) >= goal, seconds=PATIENCE_SECONDS)
        assert self.failed == []


@contextmanager
def traffic(ask: Ask, platform_id: str) -> Iterator[Traffic]:
    """Two people with two tabs each, and two streams of new people, until the block ends."""
    running = Traffic(ask, platform_id)

    def until_closing(work: Callable[..., None], *arguments: Any) -> None:
        try:
            work(*arguments)
        except BaseException as error:
            running.failed.append(error)

    works: list[tuple[Any, ...]] = [(running.arrive, f"new-{number}") for number in "12"]
    works += [(running.write, person, f"{person.user_id}-{tab}") for person in WRITERS for tab in "12"]
    threads = [threading.Thread(target=until_closing, args=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield running
    except BaseException as error:
        running.failed.append(error)  # nobody insists any longer
        raise
    finally:
        running.closing.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
    assert running.failed == []
    assert not any(thread.is_alive() for thread in threads), "somebody hangs"

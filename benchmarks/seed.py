"""Databases of any size: a platform, the caller (Ada), and everybody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uuid_utils

from benchmarks.bulk import Row, bulk
from benchmarks.serving import ENCRYPTION_KEY, SECRET_KEY
from tests.people import ADA, SECRET, Person
from tests.shop import open_shop
from whosthere.settings import load_settings
from whosthere.storage.migrate import upgrade
from whosthere.storage.users import digest
from whosthere.wiring import build_runtime

_CONVERSATIONS_A_PERSON = 10
_MINUTE_MS = 60_000
_WAITING_EVERY = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much a database holds.

    Attributes:
        conversations: how many there are.
        each: messages in each of them.
        own_every: every how many-th conversation is Ada's; of the others ten are one person's.
    """

    conversations: int
    each: int
    own_every: int = 1

    @property
    def messages(self) -> int:
        """All messages of the database."""
        return self.conversations * self.each


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measurements have to know of a filled database."""

    url: str
    platform_id: str


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation to be: the `turn`-th of its owner, the `number`-th of all."""

    id: str
    owner: str
    turn: int
    number: int


def seed(url: str, size: Size, tell: Callable[[int], None] = lambda messages: None) -> Seeded:
    """Bring an empty database to the schema and fill it; `tell` hears how many messages are stored so far."""
    secrets = {"secret_key": SECRET_KEY, "encryption_keys": ENCRYPTION_KEY}
    runtime = build_runtime(load_settings({}, database_url=url, instance_path="/nonexistent", **secrets))
    upgrade(runtime.database)
    platform_id = open_shop(runtime, secret=SECRET).id
    runtime.database.close()
    people, talks = _cast(size)
    now = runtime.clock()
    turns = Counter(talk.owner for talk in talks)
    with bulk(url) as into:
        into.write("users", ({**_user(*one, turns, size, now), "platform_id": platform_id} for one in people.items()))
        into.write("conversations", ({**_conversation(talk, size, now), "platform_id": platform_id} for talk in talks))
        into.write("messages", ({**row, "platform_id": platform_id} for row in _messages(talks, size, now, tell)))
    return Seeded(url, platform_id)


def _cast(size: Size) -> tuple[dict[str, Person], list[_Talk]]:
    """Return everybody by record id, and who talks when."""
    ada = _new_id()
    others = [_new_id() for _ in range(1 + size.conversations // _CONVERSATIONS_A_PERSON)]
    people = {ada: ADA}
    people |= {other: Person(f"u{n}", f"u{n}@example.com", f"Visitor {n}") for n, other in enumerate(others)}
    turns: Counter[str] = Counter()
    talks: list[_Talk] = []
    for number in range(size.conversations):
        owner = others[number // _CONVERSATIONS_A_PERSON] if number % size.own_every else ada
        talks.append(_Talk(_new_id(), owner, turns[owner], number))
        turns[owner] += 1
    return people, talks


def _user(record_id: str, person: Person, turns: Counter[str], size: Size, now: int) -> Row:
    return {
        "id": record_id,
        "anonymous": False,
        "user_id": person.user_id,
        "user_id_digest": digest(person.user_id),
        "user_id_proven": True,
        "email": person.email,
        "email_key": person.email,
        "email_proven": True,
        "name": person.name,
        "name_proven": False,
        "sealed": True,
        "shadow": False,
        "last_record_seq": turns[record_id] * size.each,
        "created_at": now,
        "last_seen_at": now,
    }


def _conversation(talk: _Talk, size: Size, now: int) -> Row:
    at = now - (size.conversations - talk.number) * _MINUTE_MS
    return {
        "id": talk.id,
        "record_id": talk.owner,
        "state": "open",
        "title": f"Question {talk.number}",
        "assurance": "verified",
        "last_seq": size.each,
        "user_read_seq": size.each,
        "agent_read_seq": 0,
        "user_unread": 0,
        "agent_unread": size.each,
        "waiting_since": None if talk.number % _WAITING_EVERY else at,
        "last_author_kind": "user",
        "last_body": _body(talk, size.each),
        "last_message_at": at,
        "tags": "[]",
        "fields": "{}",
        "start_id": f"start-{talk.number}",
        "created_at": at,
        "updated_at": at,
    }


def _messages(talks: list[_Talk], size: Size, now: int, tell: Callable[[int], None]) -> Iterator[Row]:
    for stored, talk in enumerate(talks, 1):
        at = now - (size.conversations - talk.number) * _MINUTE_MS
        for seq in range(1, size.each + 1):
            yield {
                "id": _new_id(),
                "conversation_id": talk.id,
                "seq": seq,
                "record_id": talk.owner,
                "record_seq": talk.turn * size.each + seq,
                "author_kind": "user",
                "author_id": talk.owner,
                "author_name": "Visitor",
                "body": _body(talk, seq),
                "assurance": "verified",
                "client_message_id": f"seeded-{seq}",
                "created_at": at,
            }
        tell(stored * size.each)


def _body(talk: _Talk, seq: int) -> str:
    return f"Where is order {talk.number}? I have been waiting for {seq} days by now, and nobody has told me anything."


def _new_id() -> str:
    return str(uuid_utils.uuid7())

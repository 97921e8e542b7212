"""What the inbox's templates show: names, words and times for conversations and people."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from whosthere.core.assurance import Assurance
from whosthere.core.redaction import REDACTED
from whosthere.services.colleagues import Colleague
from whosthere.services.inbox import Thread
from whosthere.services.inbox_views import NOBODY
from whosthere.storage.events import Event
from whosthere.storage.inbox import Case, Note
from whosthere.storage.ledger import Entry
from whosthere.storage.messages import Message
from whosthere.storage.users import User
from whosthere.web.agent.links import Piece
from whosthere.web.agent.links import pieces as cut
from whosthere.web.times import ago, clock, day_name, exact, iso  # noqa: F401 (templates call them)

_EVENTS = {
    "resolved": "Resolved",
    "reopened": "Reopened",
    "rejected": "Rejected",
    "ended": "Ended",
}
_REMOVED = "This message was removed."
_STATES = {"open": "Open", "resolved": "Resolved", "rejected": "Rejected", "ended": "Ended"}


KEYS = (
    (("j", "k"), "Next, previous conversation"),
    (("r",), "Write a reply"),
    (("n",), "Write a note"),
    (("Ctrl ↵",), "Send"),
    (("/",), "Search; in a reply: a canned reply"),
    (("@",), "In a note: call a colleague"),
    (("a",), "Assign to me"),
    (("s",), "Snooze"),
    (("t",), "Tags"),
    (("e",), "Resolve or reopen"),
    (("u",), "Back to the list"),
    (("Esc",), "Leave the field, close what is open"),
    (("Ctrl K",), "All commands"),
    (("?",), "This sheet"),
)
"""Every key of the inbox, and what it does."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier on the card, and whose word it is."""

    label: str
    value: str
    proven: bool

    @property
    def in_words(self) -> str:
        """What an agent reads under the value."""
        return "Proven" if self.proven else "Claimed, not proven"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a thread: a message, an event or a note."""

    key: str
    kind: str
    body: str
    author: str
    at: int
    assurance: Assurance | None = None
    proof: str = ""
    seen: bool = False
    removed: bool = False
    files: tuple[Mapping[str, Any], ...] = ()


def name_of(case: Case) -> str:
    """Return what to call the person: their name, else what they go by, else where they came from."""
    record = case.user.record
    left = case.user.contact
    known = (record.name, record.email, record.user_id, record.claimed_email, record.claimed_user_id)
    names = (*known, left.name, left.email)
    given = next((name for name in names if seen(name)), None)
    if given is not None:
        return given
    path = _path(case.conversation.page_url or "")
    return f"Visitor from {path}" if len(path) > 1 else "Visitor"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # a page may say anything, "http://[" too
        return ""


def seen(text: str | None) -> str | None:
    """Return `text` if there is anything to see in it: a name of blanks and invisible characters is none."""
    return text if text and any(unicodedata.category(character)[0] in "LNPS" for character in text) else None


def flat(text: str) -> str:
    """Return a text for places that know no markup: one line, and nothing that turns the reading direction."""
    return " ".join("".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text).split())[:120]


def field_in_words(field: Mapping[str, Any]) -> str:
    """Return the value of a custom field as an agent reads it."""
    value = field.get("value")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field.get("type") == "date" and isinstance(value, int):
        with suppress(OverflowError, ValueError):  # beyond the year 9999
            return iso(value)[:10]
    return str(value)


def properties_in_words(event: Event) -> str:
    """Return what belongs to an event as an agent reads it."""
    return ", ".join(f"{name}: {value}" for name, value in event.properties.items())


def size_in_words(size: int) -> str:
    """Return a file's size as a reader wants it."""
    for unit, bytes_ in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size} bytes"


def initials(name: str) -> str:
    """Return one or two letters for the avatar."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def identifiers(user: User) -> list[Identifier]:
    """Return the person's identifiers, each with whose word it is."""
    record = user.record
    found = [
        ("User ID", record.user_id, record.user_id_proven),
        ("Email", record.email, record.email_proven),
        ("User ID", record.claimed_user_id, False),
        ("Email", record.claimed_email, False),
        ("Name, left in the chat", user.contact.name, False),
        ("Email, left in the chat", user.contact.email, False),
    ]
    return [Identifier(label, value, proven) for label, value, proven in found if value]


def entry_in_words(entry: Entry) -> str:
    """Return an entry of the ledger as an agent reads it."""
    if entry.kind == "anonymous_history":
        count = len(entry.conversation_ids)
        return f"{count} conversation{'' if count == 1 else 's'} from before signing in, joined to this person"
    return f"User ID {entry.user_id or '?'} added to the record of {entry.email or 'this address'}"


def without(args: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the arguments of an address without one of them."""
    return {key: value for key, value in args.items() if key != name}


def filter_in_words(name: str, value: str, colleagues: Mapping[str, Colleague]) -> str:
    """Return a filter of the list as an agent reads it."""
    if name == "assurance":
        return Assurance(value).in_words if value in set(Assurance) else "Any assurance"
    if name == "assignee":
        known = colleagues.get(value)
        return "Nobody’s" if value == NOBODY else known.name if known else "Somebody’s"
    return value


def lines(thread: Thread) -> list[tuple[str, list[Line]]]:
    """Return the thread in reading order, grouped by day (ISO date, UTC)."""
    head = thread.case.conversation
    entries = [(message.seq, 0, _message(message, head.user_read_seq)) for message in thread.messages]
    entries += [(note.after_seq, 1, _note(note)) for note in thread.notes]
    ordered = [line for _, _, line in sorted(entries, key=lambda entry: (entry[0], entry[1], entry[2].key))]
    return [(day, list(group)) for day, group in groupby(ordered, key=lambda line: iso(line.at)[:10])]


def line(message: Message) -> Line:
    """Return one message by itself."""
    return _message(message, 0)


def _message(message: Message, seen_seq: int) -> Line:
    if message.author_kind == "system":
        return Line(message.id, "event", _EVENTS.get(message.event or "", message.body), "", message.created_at)
    files = tuple(message.attachments or ())
    removed = message.event == REDACTED
    body = _REMOVED if removed else message.body
    if message.author_kind == "agent":
        seen = message.seq <= seen_seq
        name = message.author_name or "Agent"
        return Line(message.id, "agent", body, name, message.created_at, seen=seen, removed=removed, files=files)
    proof = f"key “{message.key_name}”" if message.key_name else ""
    assurance = Assurance(message.assurance or Assurance.ANONYMOUS)
    author = message.author_name or ""
    about = (message.created_at, assurance, proof)
    return Line(message.id, "user", body, author, *about, removed=removed, files=files)


def _note(note: Note) -> Line:
    return Line(note.id, "note", note.body, note.author_name, note.created_at)


def pieces(text: str) -> list[Piece]:
    """Return a message cut into text and the addresses that can be clicked."""
    return list(cut(text))


def waits(since: int, now: int) -> str:
    """Return how long a visitor waits for an answer."""
    near = ago(since, now)
    return "waits" if near == "now" else f"waits {near}"


def state_in_words(state: str) -> str:
    """Return a conversation's state as a label."""
    return _STATES.get(state, state)


def assurance(value: str) -> Assurance:
    """Return a stored assurance with its words."""
    return Assurance(value)

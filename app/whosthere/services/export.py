"""Everything that is known of a person, to be handed over (docs/privacy.md, "Exporting").

It is read in pages and given out in pieces: somebody may have written a million messages. Who is erased meanwhile is
not exported any further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TypeVar

from whosthere.core.reasons import Refused
from whosthere.services.journal import Actor, note
from whosthere.services.people import NOT_FOUND
from whosthere.services.runtime import Runtime
from whosthere.storage import audit, erasure, export, inbox, ledger, messages, platforms, users
from whosthere.storage.attachments import Attachment
from whosthere.storage.conversations import Conversation
from whosthere.storage.departed import FIRST
from whosthere.storage.export import Standing
from whosthere.storage.inbox import Note
from whosthere.storage.ledger import Entry
from whosthere.storage.messages import Message
from whosthere.storage.outbox import Mail
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import User

PAGE = 200
_MERGES_MAX = 1000
_NAME_BYTES_MAX = 150  # with the id before it less than the 255 that file systems take

T = TypeVar("T")
P = TypeVar("P", str, int)


class Gone(Exception):
    """The person, or the conversation that was just read, was erased while somebody exported them."""


@dataclass(frozen=True, slots=True)
class Begins:
    """A conversation begins here."""

    conversation: Conversation
    is_first: bool


@dataclass(frozen=True, slots=True)
class Says:
    """A message of the conversation that began last."""

    message: Message
    is_first: bool


@dataclass(frozen=True, slots=True)
class Ends:
    """The conversation that began last has nothing more."""

    conversation: Conversation


Step = Begins | Says | Ends


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has read: the conversation read last, and up to which message; no `seq` if it was read whole."""

    conversation_id: str = FIRST
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """One person at one moment, and how to read what there is of them.

    Attributes:
        messages_number: how many messages there were at that moment.
        files_number: how many files.
        last_record_seq: which message was the last one.
        redactions_number: how often content was taken back on the platform until then.
        now: epoch milliseconds.
    """

    runtime: Runtime
    platform_id: str
    platform_name: str
    user: User
    standing: Standing
    merges: Sequence[Entry]
    messages_number: int
    files_number: int
    last_record_seq: int
    redactions_number: int
    now: int

    @property
    def record_id(self) -> str:
        """The person's record."""
        return self.user.record.id

    def steps(self, place: Place = Place()) -> Iterator[Step]:
        """Yield everything that was said, in the order the conversations were begun, from a place on."""
        begun = place.conversation_id
        if place.seq is not None:
            yield from self._rest(self._conversation(begun), place.seq)
        for conversation in self._conversations(begun):
            yield Begins(conversation, begun == FIRST)
            yield from self._rest(conversation, 0)
            begun = conversation.id

    def _rest(self, conversation: Conversation, seq: int) -> Iterator[Step]:
        for message in self._messages(conversation.id, seq):
            yield Says(message, seq == 0)
            seq = message.seq
        yield Ends(conversation)

    def _conversation(self, conversation_id: str) -> Conversation:
        found = self._read(lambda tenant: export.conversation(tenant, self.record_id, conversation_id))
        if found is None:
            raise Gone
        return found

    def _conversations(self, after: str) -> Iterator[Conversation]:
        own = self.record_id
        return self._paged(
            lambda tenant, after: export.conversations_after(tenant, own, after, PAGE), after, attrgetter("id")
        )

    def _messages(self, conversation_id: str, seq: int) -> Iterator[Message]:
        return self._paged(
            lambda tenant, after: messages.after(tenant, conversation_id, after, PAGE), seq, attrgetter("seq")
        )

    def notes(self, conversation_id: str) -> list[Note]:
        """Return what the team wrote about a conversation."""
        return self._read(lambda tenant: inbox.notes_of(tenant, conversation_id))

    def mails(self, conversation_id: str) -> Sequence[Mail]:
        """Return what was mailed to the person about a conversation, as long as it is kept."""
        return self._read(lambda tenant: export.mails_of(tenant, conversation_id))

    def attachments(self) -> Iterator[Attachment]:
        """Yield the files of the person's conversations, whoever uploaded them."""
        own = self.record_id
        return self._paged(
            lambda tenant, after: export.attachments_after(tenant, own, after, PAGE), FIRST, attrgetter("id")
        )

    def numbers_until(self, place: Place, last_record_seq: int) -> tuple[int, int]:
        """Return how many conversations there are up to a place, and how many messages that are not newer than one."""
        seq = 2**62 if place.seq is None else place.seq
        own, until = self.record_id, place.conversation_id
        return self._read(lambda tenant: export.numbers_until(tenant, own, until, seq, last_record_seq))

    def check(self) -> None:
        """Make sure that the person may still be exported.

        Raises:
            Gone: they were erased.
        """
        self._read(lambda tenant: None)

    def has_file(self, attachment_id: str) -> bool:
        """Whether the bytes of a file are there."""
        return self.runtime.files.holds(self.platform_id, attachment_id)

    def _paged(self, look: Callable[[Tenant, P], Sequence[T]], after: P, place: Callable[[T], P]) -> Iterator[T]:
        """Yield page after page, each from the place of the last item on."""
        while page := self._read(partial(_look, look, after)):
            yield from page
            after = place(page[-1])

    def _read(self, look: Callable[[Tenant], T]) -> T:
        """Look first and then whether it may be seen: so nothing can pass that was read of somebody erased."""
        with self.runtime.reading(self.platform_id) as tenant:
            found = look(tenant)
            if export.standing(tenant, self.record_id) is None:
                raise Gone
        return found


def _look(look: Callable[[Tenant, P], Sequence[T]], after: P, tenant: Tenant) -> Sequence[T]:
    return look(tenant, after)


def begin(runtime: Runtime, platform_id: str, record_id: str, *, actor: Actor) -> Export | Refused:
    """Begin an export, which is in the audit log from now on."""

    def look(tenant: Tenant) -> Export | Refused:
        found = _look_at(runtime, tenant, record_id)
        if not isinstance(found, Refused):
            note(runtime, tenant, actor, "user.exported", found.now, user=record_id)
        return found

    return runtime.writing(platform_id, look)


def look_again(runtime: Runtime, platform_id: str, record_id: str) -> Export | Refused:
    """Return an export that was begun before, as it would be begun now."""
    with runtime.reading(platform_id) as tenant:
        return _look_at(runtime, tenant, record_id)


def _look_at(runtime: Runtime, tenant: Tenant, record_id: str) -> Export | Refused:
    platform = platforms.find(tenant.connection, tenant.platform_id)
    user, standing = users.find(tenant, record_id), export.standing(tenant, record_id)
    if platform is None or user is None or standing is None:
        return NOT_FOUND
    extent = erasure.extent(tenant, record_id)
    return Export(
        runtime,
        tenant.platform_id,
        platform.name,
        user,
        standing,
        merges=ledger.of_record(tenant, record_id, _MERGES_MAX),
        messages_number=extent.messages,
        files_number=extent.attachments,
        last_record_seq=messages.last_record_seq(tenant, record_id),
        redactions_number=audit.redactions_number(tenant),
        now=runtime.clock(),
    )


def place_in_archive(attachment_id: str, name: str) -> str:
    """Return where a file of the person is in the archive, by a name that every file system takes."""
    plain = re.sub(r"[^\w. -]", "_", name).encode()[-_NAME_BYTES_MAX:]  # its end, where its kind stands
    return f"attachments/{attachment_id}-{plain.decode(errors='ignore')}"  # without a letter that was cut in two

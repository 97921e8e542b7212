"""Everything that is known of a person, to be handed over (docs/privacy.md, "Exporting").

It is read in pages and given out in pieces: somebody may have written a million messages. Who is erased meanwhile is
not exported any further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TypeVar

from whosthere.core.reasons import Refused
from whosthere.services.journal import Actor, note
from whosthere.services.people import NOT_FOUND
from whosthere.services.runtime import Runtime
from whosthere.storage import erasure, export, inbox, ledger, messages, platforms, users
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

T = TypeVar("T")
P = TypeVar("P", str, int)


class Gone(Exception):
    """The person was erased while somebody exported them."""


@dataclass(frozen=True, slots=True)
class Export:
    """One person at one moment, and how to read what there is of them.

    Attributes:
        messages_number: how many messages there were at that moment.
        now: epoch milliseconds.
    """

    runtime: Runtime
    platform_id: str
    platform_name: str
    user: User
    standing: Standing
    merges: Sequence[Entry]
    messages_number: int
    now: int

    @property
    def record_id(self) -> str:
        """The person's record."""
        return self.user.record.id

    def conversations(self) -> Iterator[Conversation]:
        """Yield the person's conversations, in the order they were begun."""
        own = self.record_id
        return self._paged(
            lambda tenant, after: export.conversations_after(tenant, own, after, PAGE), FIRST, attrgetter("id")
        )

    def messages(self, conversation_id: str) -> Iterator[Message]:
        """Yield the log of a conversation."""
        return self._paged(
            lambda tenant, after: messages.after(tenant, conversation_id, after, PAGE), 0, attrgetter("seq")
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
    now = runtime.clock()

    def look(tenant: Tenant) -> Export | Refused:
        platform = platforms.find(tenant.connection, platform_id)
        user, standing = users.find(tenant, record_id), export.standing(tenant, record_id)
        if platform is None or user is None or standing is None:
            return NOT_FOUND
        note(runtime, tenant, actor, "user.exported", now, user=record_id)
        merges = ledger.of_record(tenant, record_id, _MERGES_MAX)
        number = erasure.extent(tenant, record_id).messages
        return Export(runtime, platform_id, platform.name, user, standing, merges, number, now)

    return runtime.writing(platform_id, look)

"""Attachments: upload, look at, make part of a message (docs/http-api.md, "Attachments")."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from whosthere.core.anonymous import DAY_MS
from whosthere.core.attachments import NOT_THERE, read_name, refuse_usage
from whosthere.core.media import Media, identify
from whosthere.core.metadata import GROWTH_BYTES_MAX, cleaned, pieces
from whosthere.core.reasons import Reason, Refused
from whosthere.core.resolution import Record
from whosthere.core.visibility import sees_attachment
from whosthere.services.access import Credential, authorize
from whosthere.services.runtime import Runtime
from whosthere.storage import attachments, users
from whosthere.storage.attachments import Attachment
from whosthere.storage.errors import Conflict, Unavailable
from whosthere.storage.files import Incoming, TooLarge
from whosthere.storage.messages import Message
from whosthere.storage.tenancy import Tenant
from whosthere.storage.users import Visit

log = logging.getLogger("whosthere.attachments")

NOT_FOUND = Refused(Reason.NOT_FOUND, "There is no such attachment.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in: what it says it is, and its bytes, which come once."""

    name: str
    media_type: str
    chunks: Iterable[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored file, ready to be sent. Close `file`."""

    attachment: Attachment
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who uploads, and for whose conversation."""

    platform_id: str
    author_kind: str
    author_id: str
    record_id: str
    conversation_id: str | None = None

    def attachment(self, attachment_id: str, incoming: Incoming, name: str, media: Media, now: int) -> Attachment:
        """Return the row of a file that has arrived."""
        return Attachment(
            id=attachment_id,
            record_id=self.record_id,
            conversation_id=self.conversation_id,
            message_id=None,
            author_kind=self.author_kind,
            author_id=self.author_id,
            name=name,
            media_type=media.type,
            size=incoming.size,
            digest=incoming.digest,
            width=media.width,
            height=media.height,
            created_at=now,
        )


def upload(runtime: Runtime, credential: Credential, given: Upload | Refused) -> Attachment | Refused:
    """Keep a visitor's file until a message of theirs names it."""
    session = credential.session
    with runtime.reading(session.platform_id) as tenant:
        caller = authorize(tenant, credential, runtime.clock())
    if isinstance(caller, Refused):
        return caller
    who = Uploader(session.platform_id, "user", session.record_id, session.record_id)

    def admitted(tenant: Tenant, now: int) -> Refused | None:
        present = authorize(tenant, credential, now)
        if isinstance(present, Refused):
            return present
        if present.user is None:  # an anonymous visitor says something for the first time
            users.add(tenant, Record(id=present.record_id), Visit(now), anonymous=True)
        return None

    return keep(runtime, who, given, admitted)


def keep(
    runtime: Runtime,
    who: Uploader,
    given: Upload | Refused,
    admitted: Callable[[Tenant, int], Refused | None],
) -> Attachment | Refused:
    """Receive a file, look at it, and store it with its row.

    Args:
        admitted: asked in the transaction that stores the row whether the uploader may still do so.
    """
    if isinstance(given, Refused):
        return given
    name = read_name(given.name, given.media_type)
    if isinstance(name, Refused):
        return name
    since = runtime.clock() - DAY_MS
    with runtime.reading(who.platform_id) as tenant:
        refused = refuse_usage(attachments.usage(tenant, who.author_id, since), runtime.attachment_bytes_max)
    if refused is not None:
        return refused
    try:
        return _receive(runtime, who, given, name, admitted)
    except OSError as error:
        raise Unavailable(f"an attachment cannot be stored: {error.strerror}") from error


def _receive(
    runtime: Runtime, who: Uploader, given: Upload, name: str, admitted: Callable[[Tenant, int], Refused | None]
) -> Attachment | Refused:
    if not runtime.files.has_room():
        raise Unavailable("the disk is nearly full: no attachments are taken")
    try:
        incoming = runtime.files.receive(given.chunks, runtime.attachment_bytes_max)
    except TooLarge:
        return Refused(Reason.PAYLOAD_TOO_LARGE, f"A file has at most {runtime.attachment_bytes_max:,} bytes.")
    try:
        found = _look(runtime, incoming, given.media_type)
        if isinstance(found, Refused):
            return found
        media, clean = found
        try:
            return _store(runtime, who, clean, name, media, admitted)
        finally:
            runtime.files.discard(clean)
    finally:
        runtime.files.discard(incoming)


def _look(runtime: Runtime, incoming: Incoming, declared: str) -> tuple[Media, Incoming] | Refused:
    """Return what a file is, and the file to keep: an image without what it says beside its pixels."""
    with incoming.content() as data:
        media = identify(data, declared)
        if isinstance(media, Refused):
            return media
        parts = cleaned(data, media.type)
        if isinstance(parts, Refused):
            return parts
        if parts is None:
            return media, incoming
        return media, runtime.files.receive(pieces(data, parts), incoming.size + GROWTH_BYTES_MAX)


def _store(
    runtime: Runtime,
    who: Uploader,
    incoming: Incoming,
    name: str,
    media: Media,
    admitted: Callable[[Tenant, int], Refused | None],
) -> Attachment | Refused:
    now = runtime.clock()
    attachment = who.attachment(runtime.new_id(), incoming, name, media, now)

    def store(tenant: Tenant) -> Attachment | Refused:
        refused = admitted(tenant, now)
        if refused is not None:
            return refused
        # Uploads for one person wait for each other here: together they cannot take more than one may.
        if users.lock(tenant, who.record_id) is None:
            return NOT_FOUND
        used = attachments.usage(tenant, who.author_id, now - DAY_MS)
        refused = refuse_usage(used, runtime.attachment_bytes_max, attachment.size)
        if refused is not None:
            return refused
        attachments.add(tenant, attachment)
        return attachment

    # The file first: a row never lacks its file. If it is not known whether the row was stored, the file stays, and a
    # purge looks after it.
    runtime.files.keep(incoming, who.platform_id, attachment.id, now)
    outcome = runtime.writing(who.platform_id, store)
    if isinstance(outcome, Refused):
        runtime.files.remove(who.platform_id, attachment.id)
    return outcome


def fetch(runtime: Runtime, credential: Credential, attachment_id: str) -> Opened | Refused:
    """Open a file that the caller may see; any other is simply not there."""
    with runtime.reading(credential.session.platform_id) as tenant:
        caller = authorize(tenant, credential, runtime.clock())
        if isinstance(caller, Refused):
            return caller
        found = attachments.find_with_owner(tenant, attachment_id)
    if found is None:
        return NOT_FOUND
    attachment, owner_id = found
    sent_to = owner_id if attachment.message_id is not None else None
    uploaded_by = attachment.author_id if attachment.author_kind == "user" else None
    if not sees_attachment(caller.session, sent_to=sent_to, uploaded_by=uploaded_by, policy=caller.platform.policy):
        return NOT_FOUND
    return opened(runtime, credential.session.platform_id, attachment)


def opened(runtime: Runtime, platform_id: str, attachment: Attachment) -> Opened | Refused:
    """Open the file of an attachment that somebody may see."""
    file = runtime.files.open(platform_id, attachment.id)
    if file is None:
        log.error("the file of attachment %s is missing", attachment.id)
        return NOT_FOUND
    return Opened(attachment, file)


def chosen(
    tenant: Tenant, ids: Sequence[str], *, author_id: str, record_id: str, conversation_id: str | None
) -> list[Attachment] | Refused:
    """Return the files a message names; each must be its author's, for this person, and not sent yet."""
    found: list[Attachment] = []
    for one in ids:
        attachment = attachments.find(tenant, one)
        if (
            attachment is None
            or attachment.message_id is not None
            or (attachment.author_id, attachment.record_id) != (author_id, record_id)
            or attachment.conversation_id not in (None, conversation_id)
        ):
            return NOT_THERE
        found.append(attachment)
    return found


def send(tenant: Tenant, files: Sequence[Attachment], message: Message) -> None:
    """Make files part of a message that was just stored.

    Raises:
        Conflict: another message has one of them by now.
    """
    for one in files:
        if not attachments.send(tenant, one, conversation_id=message.conversation_id, message_id=message.id):
            raise Conflict("an attachment was sent meanwhile")


def are_those_of(message: Message, ids: Sequence[str]) -> bool:
    """Tell whether a stored message has exactly these files, in this order."""
    return [shown["id"] for shown in message.attachments or ()] == list(ids)

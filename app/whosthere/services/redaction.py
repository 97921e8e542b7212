"""Taking one message or one file back (docs/privacy.md, "Redacting").

The message stays in the log, with its number and its author, and says that its content was removed. Whoever has it on
the screen is told at once.
"""

from __future__ import annotations

import re

from whosthere.core.reasons import Reason, Refused
from whosthere.core.redaction import REDACTED
from whosthere.realtime.hub import platform_topic, record_topic
from whosthere.services import export_jobs
from whosthere.services.inbox_signals import changed
from whosthere.services.journal import Actor, note
from whosthere.services.runtime import Runtime
from whosthere.storage import attachments, conversations, redaction
from whosthere.storage.messages import Message
from whosthere.storage.tenancy import Tenant

NO_MESSAGE = Refused(Reason.NOT_FOUND, "There is no such message.")
NO_ATTACHMENT = Refused(Reason.NOT_FOUND, "There is no such attachment.")

_SIGNAL = re.compile(r"redacted:([0-9a-f-]{36})")


def signal(message_id: str) -> str:
    """Return what wakes the visitor's streams when a message has lost something."""
    return f"redacted:{message_id}"


def heard(signals: list[str]) -> list[str]:
    """Return the ids of the messages that have lost something."""
    return [match[1] for one in signals if (match := _SIGNAL.fullmatch(one))]


def redact_message(runtime: Runtime, platform_id: str, message_id: str, *, actor: Actor) -> Message | Refused:
    """Remove the text and the files of a message; one without them already stays as it is."""
    now = runtime.clock()
    files: list[str] = []

    def work(tenant: Tenant) -> Message | Refused:
        message = redaction.find(tenant, message_id)
        if message is None or message.author_kind == "system":
            return NO_MESSAGE
        if message.event == REDACTED:
            return message
        files[:] = [shown["id"] for shown in message.attachments or ()]
        for one in files:
            redaction.remove_file(tenant, one)
        left = redaction.empty(tenant, message, now)
        about = {"message": message.id, "conversation": message.conversation_id}
        note(runtime, tenant, actor, "message.redacted", now, **about)
        return left

    outcome = runtime.writing(platform_id, work)
    if isinstance(outcome, Message):
        _forget(runtime, platform_id, files)
        _tell(runtime, platform_id, outcome)
    return outcome


def redact_attachment(runtime: Runtime, platform_id: str, attachment_id: str, *, actor: Actor) -> Refused | None:
    """Remove one file, sent or not; what else its message says stays."""
    now = runtime.clock()
    where: list[Message] = []

    def work(tenant: Tenant) -> Refused | None:
        where.clear()
        file = attachments.find(tenant, attachment_id)
        if file is None:
            return NO_ATTACHMENT
        redaction.remove_file(tenant, file.id)
        message = None if file.message_id is None else redaction.find(tenant, file.message_id)
        if message is not None:
            where.append(message)
            _keep_others(tenant, message, file.id, now)
        note(runtime, tenant, actor, "attachment.redacted", now, attachment=file.id, conversation=file.conversation_id)
        return None

    refused = runtime.writing(platform_id, work)
    if refused is None:
        _forget(runtime, platform_id, [attachment_id])
        for message in where:
            _tell(runtime, platform_id, message)
    return refused


def _keep_others(tenant: Tenant, message: Message, attachment_id: str, now: int) -> None:
    kept = [shown for shown in message.attachments or () if shown["id"] != attachment_id]
    if kept or message.body:
        redaction.keep_files(tenant, message, kept)
    else:
        redaction.empty(tenant, message, now)


def _forget(runtime: Runtime, platform_id: str, ids: list[str]) -> None:
    """Remove files whose rows are gone; what a crash leaves of them, a purge removes."""
    for one in ids:
        runtime.files.remove(platform_id, one)


def _tell(runtime: Runtime, platform_id: str, message: Message) -> None:
    with runtime.reading(platform_id) as tenant:
        conversation = conversations.find(tenant, message.conversation_id)
    if conversation is not None:
        export_jobs.forget(runtime, platform_id, conversation.record_id)
        runtime.hub.publish(record_topic(platform_id, conversation.record_id), signal(message.id))
        runtime.hub.publish(platform_topic(platform_id), changed(conversation.id))

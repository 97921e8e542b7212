"""Mail: queued in the transaction of what it tells of, sent by `services.chores`, kept for admins to read.

Several processes may send: each takes a mail by moving its due time, so that no two send the same one. A process that
dies between sending and noting it leaves a mail that another one sends once more; its `Message-ID` is the same.
"""

from __future__ import annotations

import json
import logging

from whosthere.core.notices import BACK_OFF_MS, LEASE_MS
from whosthere.core.reasons import Reason, Refused
from whosthere.core.roles import Right
from whosthere.services.agent_mail import queue as queue_secret
from whosthere.services.agents import Identity
from whosthere.services.runtime import Runtime
from whosthere.services.smtp import Letter, NotSent, Smtp, one_line
from whosthere.storage import agent_mails, outbox
from whosthere.storage.agent_mails import SecretMail
from whosthere.storage.conversations import Position
from whosthere.storage.outbox import STATES, Mail
from whosthere.storage.tenancy import Tenant
from whosthere.storage.vault import VaultError

__all__ = ["deliver", "deliver_secrets", "find", "listed", "queue", "queue_secret", "send_again"]

PAGE_SIZE = 50
BATCH = 20
_SUBJECT_MAX = 200

_NO_PLATFORM = Refused(Reason.NOT_FOUND, "There is no such platform.")
_NO_MAIL = Refused(Reason.NOT_FOUND, "There is no such mail.")
_NOT_YOURS = Refused(Reason.FORBIDDEN, "Admins and owners read the outbox.")
_NO_STATE = Refused(Reason.INVALID_FIELD, "Mail is waiting, sent or failed.", "state")

log = logging.getLogger("whosthere.mail")


def queue(
    runtime: Runtime,
    tenant: Tenant,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    *,
    conversation_id: str | None = None,
    mail_id: str | None = None,
) -> None:
    """Queue one mail, due at once, within the transaction of what it tells of; it must hold no credential.

    Args:
        mail_id: the id of the message that it quotes.
    """
    now = runtime.clock()
    own_id, subject = mail_id or runtime.new_id(), one_line(subject, _SUBJECT_MAX)
    outbox.add(tenant, Mail(own_id, kind, conversation_id, recipient, subject, body, now, now))


def deliver(runtime: Runtime, platform_id: str, *, batch: int = BATCH) -> int:
    """Send what is due of a platform; returns how many were handed over. Without a mail server everything waits.

    Raises:
        NotSent: the mail server cannot be reached; the rest waits.
    """
    mailer = runtime.mailer
    if mailer is None:
        return 0
    with runtime.reading(platform_id) as tenant:
        due = outbox.due(tenant, runtime.clock(), batch)
    return sum(_send(runtime, mailer, platform_id, mail) for mail in due)


def _send(runtime: Runtime, mailer: Smtp, platform_id: str, mail: Mail) -> bool:
    until = runtime.clock() + LEASE_MS
    if not runtime.writing(platform_id, lambda tenant: outbox.claim(tenant, mail, until)):
        return False
    try:
        mailer.send(Letter(mail.id, mail.recipient, mail.subject, mail.body, mail.created_at))
    except NotSent as error:
        reason, due_at = error.reason, _next_try(runtime, mail.tries, error)
        runtime.writing(platform_id, lambda tenant: outbox.mark_failed(tenant, mail.id, reason, due_at))
        if error.unreachable:
            raise
        return False
    runtime.writing(platform_id, lambda tenant: outbox.mark_sent(tenant, mail.id, runtime.clock()))
    return True


def deliver_secrets(runtime: Runtime, *, batch: int = BATCH) -> int:
    """Send the mails that hold a credential; each is forgotten once it is sent, or given up.

    Raises:
        NotSent: the mail server cannot be reached; the rest waits.
    """
    mailer = runtime.mailer
    if mailer is None:
        return 0
    with runtime.database.read() as connection:
        due = agent_mails.due(connection, runtime.clock(), batch)
    return sum(_send_secret(runtime, mailer, mail) for mail in due)


def _send_secret(runtime: Runtime, mailer: Smtp, mail: SecretMail) -> bool:
    until = runtime.clock() + LEASE_MS
    if not runtime.database.transact(lambda connection: agent_mails.claim(connection, mail, until)):
        return False
    later: int | None = None
    failed: NotSent | None = None
    sent = False
    try:
        content = json.loads(runtime.vault.decrypt(mail.content))
        mailer.send(Letter(mail.id, mail.recipient, content["subject"], content["body"], mail.created_at))
        sent = True
    except NotSent as error:
        later, failed = _next_try(runtime, mail.tries, error), error
        log.warning("a mail with a link could not be sent: %s", error.reason)
    except VaultError:
        log.error("a mail with a link cannot be decrypted any more, and is given up")
    if later is None:
        runtime.database.transact(lambda connection: agent_mails.remove(connection, mail.id))
    else:
        due_at = later
        runtime.database.transact(lambda connection: agent_mails.try_later(connection, mail.id, due_at))
    if failed is not None and failed.unreachable:
        raise failed
    return sent


def _next_try(runtime: Runtime, tries: int, error: NotSent) -> int | None:
    """Return when a mail that was tried `tries` times before is due again, or `None` to give it up."""
    if error.for_good or tries >= len(BACK_OFF_MS):
        return None
    return runtime.clock() + BACK_OFF_MS[tries]


# -- what admins see -------------------------------------------------------------------------------------------------


def listed(
    runtime: Runtime, identity: Identity, platform_id: str, before: Position, state: str = ""
) -> list[Mail] | Refused:
    """Return one page (and one more, if there is more) of a platform's mail, newest first."""
    refused = _gate(identity, platform_id)
    if refused is not None:
        return refused
    if state not in STATES:
        return _NO_STATE
    with runtime.reading(platform_id) as tenant:
        return outbox.newest(tenant, state, before, PAGE_SIZE + 1)


def find(runtime: Runtime, identity: Identity, platform_id: str, mail_id: str) -> Mail | Refused:
    """Return one mail."""
    refused = _gate(identity, platform_id)
    if refused is not None:
        return refused
    with runtime.reading(platform_id) as tenant:
        return outbox.find(tenant, mail_id) or _NO_MAIL


def send_again(runtime: Runtime, identity: Identity, platform_id: str, mail_id: str) -> Refused | None:
    """Make a mail due that was not sent yet, or was given up."""
    refused = _gate(identity, platform_id)
    if refused is not None:
        return refused
    now = runtime.clock()
    done = runtime.writing(platform_id, lambda tenant: outbox.send_again(tenant, mail_id, now))
    return None if done else _NO_MAIL


def _gate(identity: Identity, platform_id: str) -> Refused | None:
    if identity.role_on(platform_id) is None:
        return _NO_PLATFORM
    return None if identity.may(platform_id, Right.SEE_TEAM) else _NOT_YOURS

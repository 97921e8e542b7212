"""Mail over SMTP (RFC 5321), with the standard library: one connection for each mail, no password without TLS.

What goes into a header was checked before, and `EmailMessage` refuses a line end in any of them.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from whosthere.core import emails

TIMEOUT_SECONDS = 20.0
_SUBJECT_MAX = 200
_ERROR_MAX = 200
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail; `id` makes its `Message-ID`, so that one sent twice can be told."""

    id: str
    recipient: str
    subject: str
    body: str = field(repr=False)
    created_at: int = 0


class NotSent(Exception):
    """A mail could not be sent.

    Attributes:
        reason: one line for an admin, without any secret.
        for_good: whether the server said that it never will.
        unreachable: whether the server cannot be used at all, so that other mail would fare no better.
    """

    def __init__(self, reason: str, *, for_good: bool = False, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good
        self.unreachable = unreachable


class Smtp:
    """A mail server, as `WHOSTHERE_SMTP_URL` names it."""

    def __init__(self, url: str, public_url: str | None = None, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout_seconds = timeout_seconds
        wanted = parse_qs(parts.query).get("from", [""])[0]
        own_host = (None if public_url is None else urlsplit(public_url).hostname) or self._host
        choices = (wanted, self._user, f"whosthere@{own_host}")
        self.sender = next((one for one in choices if emails.is_valid(one)), "whosthere@localhost.localdomain")

    def send(self, letter: Letter) -> None:
        """Hand one mail over to the server.

        Raises:
            NotSent: it was not taken.
        """
        message = self._message(letter)
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 0)
            raise NotSent(f"The mail server refuses this recipient ({code}).", for_good=code >= 500) from error
        except smtplib.SMTPAuthenticationError as error:
            # Another mail would fare no better, and mail servers lock out who tries a wrong password again and again.
            reason = f"The mail server refuses our credentials ({error.smtp_code})."
            raise NotSent(reason, unreachable=True) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"The mail server answered {error.smtp_code}: {_plain(error.smtp_error)}") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            # smtplib's own errors may be about this one mail.
            unreachable = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
            raise NotSent(_why(error), unreachable=unreachable) from error

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_seconds, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_seconds)
        try:
            server.ehlo_or_helo_if_needed()
            offered = not self._encrypted and server.has_extn("starttls")
            if offered:
                server.starttls(context=context)
            if self._user:
                if not offered and not self._encrypted:
                    reason = "The mail server offers no encryption, and a password is never sent without."
                    raise NotSent(reason, unreachable=True)
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, letter: Letter) -> EmailMessage:
        if not emails.is_valid(letter.recipient):
            raise NotSent("This is not an email address.", for_good=True)
        message = EmailMessage(policy=POLICY)
        try:
            message["From"] = Address(addr_spec=self.sender)
            message["To"] = Address(addr_spec=letter.recipient)
            message["Subject"] = one_line(letter.subject, _SUBJECT_MAX)
            message["Date"] = format_datetime(datetime.fromtimestamp(letter.created_at / 1000, UTC))
            message["Message-ID"] = f"<{letter.id}@{self.sender.rpartition('@')[2]}>"
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence note answers it
            message.set_content(letter.body, cte="quoted-printable")
        except (ValueError, IndexError) as error:
            raise NotSent("This mail cannot be written.", for_good=True) from error
        return message


def one_line(text: str, most: int) -> str:
    """Return a text as one line of printable characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:most]


def _why(error: Exception) -> str:
    """Say why a server cannot be used; what it said itself may hold anything."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of the mail server is not trusted: {_plain(error.verify_message)}"
    if isinstance(error, ssl.SSLError):
        return f"The mail server does not speak TLS as it should: {_plain(error.reason or type(error).__name__)}."
    return f"The mail server cannot be used: {type(error).__name__}."


def _plain(said: bytes | str) -> str:
    return one_line(said if isinstance(said, str) else said.decode("utf-8", "replace"), _ERROR_MAX)

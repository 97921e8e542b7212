"""A mail server on a real socket (RFC 5321): it takes mail, or says what it was told to say.

With a certificate it is encrypted from the first byte on (RFC 8314) or after STARTTLS (RFC 3207), and takes mail from
whoever knows the password only (RFC 4954).
"""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass
class Postbox:
    """What arrived, and what the server answers.

    Attributes:
        answers: what it says to a command instead of taking it, as in `{"RCPT": "550 nobody here"}`.
        commands: what it was told, before and within encryption; in the order in which it came.
        context: how it encrypts, `None` for a server that cannot.
        scheme: `smtps` when it is encrypted from the first byte on.
        login: who may send mail, and the password; `None` for everybody.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    scheme: str = "smtp"
    login: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        """How settings name it."""
        return f"smtp://127.0.0.1:{self.port}?from=chat@shop.example.com"


class _Talk(socketserver.StreamRequestHandler):
    _encrypted = False
    _known = False

    def handle(self) -> None:
        self.box = box = cast("_Server", self.server).box
        if box.scheme == "smtps":
            self._encrypt()
        self._say("220 postbox")
        while line := self.rfile.readline():
            command = line.decode().strip()
            box.commands.append(command)
            verb = command[:4].upper()
            if verb in box.answers:
                self._say(box.answers[verb])
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._do(verb, command)

    def finish(self) -> None:
        """Close the encrypted socket, too: the server itself knows the one below it."""
        super().finish()
        self.connection.close()

    def _do(self, verb: str, command: str) -> None:
        box = self.box
        if verb == "EHLO" and box.context:
            offers = ["AUTH PLAIN"] if self._encrypted else ["STARTTLS"]
            self._say("\r\n250-".join(["250-postbox", *offers]) + "\r\n250 8BITMIME")
        elif verb == "STAR" and box.context:
            self._say("220 go on")
            self._encrypt()
        elif verb == "AUTH" and box.login:
            said = base64.b64decode(command.split()[2]).decode().split("\0")
            self._known = tuple(said[1:]) == box.login
            self._say("235 welcome" if self._known else f"535 {said} is not known here")
        elif verb == "MAIL" and box.login and not self._known:
            self._say("530 who are you?")
        elif verb == "DATA":
            self._say("354 go on")
            box.mails.append(message_from_bytes(self._data(), policy=default))
            self._say("250 taken")
        else:
            self._say("250 fine")

    def _encrypt(self) -> None:
        assert self.box.context is not None
        self.request = self.connection = self.box.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self._encrypted = True

    def _data(self) -> bytes:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: Postbox

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about clients who went away, or did not like the certificate."""


@contextmanager
def postbox(
    scheme: str = "smtp", context: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> Iterator[Postbox]:
    """Have a mail server until the block ends."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box = Postbox(server.server_address[1], context=context, scheme=scheme, login=login)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()

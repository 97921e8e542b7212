"""A mail server on a real socket (RFC 5321): it takes mail, or says what it was told to say."""

from __future__ import annotations

import socketserver
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
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """How settings name it."""
        return f"smtp://127.0.0.1:{self.port}?from=chat@shop.example.com"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box = cast("_Server", self.server).box
        self._say("220 postbox")
        while line := self.rfile.readline():
            command = line.decode().strip()
            box.commands.append(command)
            verb = command[:4].upper()
            if verb in box.answers:
                self._say(box.answers[verb])
            elif verb == "DATA":
                self._say("354 go on")
                box.mails.append(cast("EmailMessage", message_from_bytes(self._data(), policy=default)))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _data(self) -> bytes:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: Postbox


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Have a mail server until the block ends."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box = Postbox(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()

"""The backend of the single-page examples: who is signed in, and the token that proves it to the chat.

    CHAT_URL=… CHAT_PLATFORM=… CHAT_SECRET=… python examples/accounts.py examples/html

A real site has accounts with passwords; this one believes who says "ada" or "bob". What matters: the token is made
here, from the session of this site, and that the secret never leaves the server.
"""

from __future__ import annotations

import json
import mimetypes
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from secrets import token_urlsafe
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from whosthere import user_auth_token

PEOPLE = {
    "ada": {"userId": "ada", "userEmail": "ada@example.com", "userName": "Ada Lovelace"},
    "bob": {"userId": "bob", "userEmail": "bob@example.com", "userName": "Bob Kahn"},
}


@dataclass
class Accounts:
    """Serves a folder, and `/session`: GET it, POST a name to sign in, DELETE it to sign out."""

    folder: Path
    chat_url: str
    platform_id: str
    secret: str
    sessions: dict[str, str] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/session":
            return self.file(environ["PATH_INFO"], start_response)
        cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("session")
        key = cookie.value if cookie else ""
        if environ["REQUEST_METHOD"] == "POST":
            name = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
            key = token_urlsafe()
            self.sessions[key] = name
        elif environ["REQUEST_METHOD"] == "DELETE":
            self.sessions.pop(key, None)
        body = json.dumps(self.about(PEOPLE.get(self.sessions.get(key, "")))).encode()
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        headers.append(("Set-Cookie", f"session={key}; Path=/; HttpOnly; SameSite=Lax"))
        start_response("200 OK", headers)
        return [body]

    def about(self, person: dict[str, str] | None) -> dict[str, object]:
        """What the page needs: where the chat is, and who is there, with the proof."""
        chat = {"src": f"{self.chat_url}/embed.js", "platformId": self.platform_id}
        if person is None:
            return {"chat": chat, "person": None}
        token = user_auth_token(self.secret, user_id=person["userId"], user_email=person["userEmail"])
        return {"chat": chat, "person": {**person, "userAuthToken": token}}

    def file(self, path: str, start_response: StartResponse) -> Iterable[bytes]:
        """One file of the folder."""
        wanted = (self.folder / (path.lstrip("/") or "index.html")).resolve()
        if not wanted.is_file() or self.folder.resolve() not in wanted.parents:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"There is nothing here."]
        kind = mimetypes.guess_type(wanted.name)[0] or "application/octet-stream"
        start_response("200 OK", [("Content-Type", kind)])
        return [wanted.read_bytes()]


if __name__ == "__main__":
    app = Accounts(Path(sys.argv[1]), os.environ["CHAT_URL"], os.environ["CHAT_PLATFORM"], os.environ["CHAT_SECRET"])
    with make_server("127.0.0.1", 5000, app) as server:
        print("http://127.0.0.1:5000")
        server.serve_forever()

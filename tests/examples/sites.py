"""What the tests of all examples do: visit, sign in, compare the site with and without its chat."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.clock import Clock
from tests.conftest import ENCRYPTION_KEY
from tests.people import ADA
from tests.shop import Shop, open_shop
from tests.unicorn import ROOT, Unicorn, unicorn
from tests.wsgi.server import BLOCK, SCRIPT
from whosthere.settings import load_settings
from whosthere.wiring import build_runtime

_RANDOM = re.compile(rb"(nonce-|nonce=\"|csrfmiddlewaretoken\" value=\"|csrftoken=)[\w-]+")
_ETAG = re.compile(rb"\r\nETag: [^\r]*")
_EXPIRES = re.compile(rb"expires=[^;]+")


@dataclass(frozen=True, slots=True)
class Example:
    """A running example."""

    server: Unicorn
    shop: Shop

    def visitor(self) -> Visitor:
        """Somebody with an empty cookie jar."""
        return Visitor(self.server)

    def same(self, path: str, method: str = "GET", *headers: str) -> bytes:
        """Ask for something with and without the chat; both answers have to be equal, byte for byte."""
        with_chat = settled(self.server.raw(path, method, *headers))
        without = settled(self.server.raw(path, method, *headers, "X-Bare: 1"))
        assert with_chat == without, f"{with_chat!r}\n\n{without!r}"
        return with_chat

    def boot(self, config: dict[str, Any]) -> dict[str, Any]:
        """Do what the script of a page with this config does."""
        headers = {"Content-Type": "application/json", "Origin": self.server.origin}
        body = json.dumps(config).encode()
        answer, content = self.server.ask("/support/api/v1/widget/boot", "POST", body, headers)
        assert answer.status == 200, content
        return dict(json.loads(content))


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser as far as cookies go."""

    server: Unicorn
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        """The header that a browser would send."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def visit(
        self, path: str, method: str = "GET", form: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask for something and keep the cookies."""
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = None if form is None else urlencode(form).encode()
        answer, content = self.server.ask(path, method, body, headers)
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer, content

    def sign_in(self, path: str, **form: str) -> Visitor:
        """Send the site's own form, with what its protection against forged requests asks for."""
        token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)', self.visit(path)[1])
        more = {} if token is None else {"csrfmiddlewaretoken": token[1].decode()}
        answer, _ = self.visit(path, "POST", {**form, **more})
        assert answer.status in (302, 303)
        return self


def settled(answer: bytes) -> bytes:
    """Return an answer without what is random in it."""
    if b"csrfmiddlewaretoken" in answer:
        answer = _ETAG.sub(b"", answer)  # Django masks the token anew each time, and the tag follows
    return _EXPIRES.sub(b"", _RANDOM.sub(rb"\1", answer))


def config_of(content: bytes) -> dict[str, Any]:
    """Return the config in a page, which has to be there once."""
    (block,) = BLOCK.findall(content)
    return dict(json.loads(block))


def without_snippet(content: bytes) -> bytes:
    """Return the page as the host made it."""
    return SCRIPT.sub(b"", BLOCK.sub(b"", content))


def proves_ada(example: Example, visitor: Visitor, path: str) -> bytes:
    """Check that a page proves Ada, to her alone, and is otherwise the host's; return the script's attributes."""
    answer, content = visitor.visit(path)
    assert answer.status == 200
    assert answer.getheader("Cache-Control") == "private, no-store"
    assert (answer.getheader("ETag"), answer.getheader("Expires")) == (None, None)
    bare = body_of(example.server.raw(path, "GET", f"Cookie: {visitor.cookie}", "X-Bare: 1"))
    assert settled(without_snippet(content)) == settled(bare)
    config = config_of(content)
    assert config == {"platformId": example.shop.id, **ADA.proven()}
    assert example.boot(config)["user"]["assurance"] == "verified"
    return bytes(SCRIPT.findall(content)[0])


def body_of(raw: bytes) -> bytes:
    """Return the body of an answer, whole or in chunks."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return body
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
    return whole


@contextmanager
def example(name: str, app: str, database: Path, folder: Path) -> Iterator[Example]:
    """Run an example under a sub-path with an installation of its own.

    Args:
        name: its folder below `examples/`.
        app: what gunicorn runs.
        database: a SQLite file with the schema, copied.
        folder: an empty one.
    """
    copy = folder / "whosthere.sqlite3"
    copy.write_bytes(database.read_bytes())
    environ = {
        "WHOSTHERE_DATABASE_URL": f"sqlite:///{copy}",
        "WHOSTHERE_SECRET_KEY": "a key that signs the sessions of the tests",
        "WHOSTHERE_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "WHOSTHERE_INSTANCE_PATH": str(folder),
        "DJANGO_SETTINGS_MODULE": "app.settings",
    }
    settings = load_settings({name: text for name, text in environ.items() if name.startswith("WHOSTHERE_")})
    runtime = build_runtime(settings, clock=Clock())
    with unicorn(app, folder=ROOT / "examples" / name, environ=environ) as server:
        yield Example(server, open_shop(runtime, origins=(server.origin,)))
    runtime.hub.close()
    runtime.database.close()

"""The documentation of Tern, a tool that does not exist, as a plain WSGI application without any framework.

Readers with a support plan sign in; `reader_of` tells the chat who they are, and the last line puts Whosthere in front.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from string import Template
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from whosthere import ChatMiddleware

log = logging.getLogger("tern")
log.addHandler(logging.StreamHandler())

Answer = tuple[str, list[tuple[str, str]], Iterable[bytes]]

PAGES = Path(__file__).with_name("pages")
LAYOUT = Template((PAGES / "layout.html").read_text("utf-8"))
TOPICS = {"": "Start", "install": "Install", "watch": "Watch a folder", "hooks": "Hooks", "exit-codes": "Exit codes"}
READERS = {"ada": ("ada@example.com", "Ada Lovelace"), "bob": ("bob@example.com", "Bob Kahn")}
KEY = (os.environ.get("TERN_SECRET_KEY") or secrets.token_hex(32)).encode()
HTML = ("Content-Type", "text/html; charset=utf-8")
POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
)
FOUND, MISSING, SEE = "200 OK", "404 Not Found", "303 See Other"


def signature(name: str) -> str:
    """Sign a reader's name for our own cookie."""
    return hmac.digest(KEY, name.encode(), hashlib.sha256).hex()


def reader_of(environ: WSGIEnvironment) -> dict[str, str | None] | None:
    """Return who is signed in, as the chat wants to know it; `None` for everybody else."""
    cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("tern")
    name, _, mac = ("" if cookie is None else cookie.value).partition(".")
    if name not in READERS or not hmac.compare_digest(mac, signature(name)):
        return None
    email, full_name = READERS[name]
    return {"userId": name, "userEmail": email, "userName": full_name}


def page(environ: WSGIEnvironment, topic: str) -> str:
    """Return one page of the documentation in its layout."""
    root = environ.get("SCRIPT_NAME", "")
    reader = reader_of(environ)
    links = "".join(
        f'<a href="{root}/{slug}"{" aria-current=page" if slug == topic else ""}>{title}</a>'
        for slug, title in TOPICS.items()
    )
    who = f"Signed in as {reader['userName']}" if reader else f'<a href="{root}/sign-in">Sign in for support</a>'
    content = (PAGES / f"{topic or 'start'}.html").read_text("utf-8")
    return LAYOUT.substitute(root=root, title=TOPICS.get(topic, "Tern"), links=links, who=who, content=content)


def documentation(environ: WSGIEnvironment, topic: str) -> Answer:
    """Answer with a page; browsers ask again whether it has changed."""
    body = page(environ, topic).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = [HTML, POLICY, ("ETag", etag), ("Cache-Control", "no-cache"), ("Vary", "Cookie")]
    if environ.get("HTTP_IF_NONE_MATCH") == etag:
        return "304 Not Modified", headers, []
    return FOUND, [*headers, ("Content-Length", str(len(body)))], [body]


def everything(environ: WSGIEnvironment) -> Answer:
    """Stream all topics as one page, for printing."""
    head, _, foot = page(environ, "everything").partition("<!-- topics -->")

    def pieces() -> Iterator[bytes]:
        yield head.encode()
        for topic in TOPICS:
            yield (PAGES / f"{topic or 'start'}.html").read_bytes()
        yield foot.encode()

    return FOUND, [HTML, POLICY], pieces()


def style(environ: WSGIEnvironment) -> Answer:
    """Serve the style sheet, compressed for who can read that."""
    body = (PAGES / "tern.css").read_bytes()
    headers = [("Content-Type", "text/css; charset=utf-8"), ("Vary", "Accept-Encoding")]
    headers.append(("Cache-Control", "public, max-age=3600"))
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        return FOUND, [*headers, ("Content-Encoding", "gzip")], [gzip.compress(body, mtime=0)]
    return FOUND, headers, [body]


def sign_in(environ: WSGIEnvironment) -> Answer:
    """Offer the readers of this example, or sign one in; your site asks for a password."""
    if environ["REQUEST_METHOD"] != "POST":
        return FOUND, [HTML, POLICY], [page(environ, "sign-in").encode()]
    form = parse_qs(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("ascii", "replace"))
    name = form.get("reader", [""])[0]
    if name not in READERS:
        return "400 Bad Request", [("Content-Type", "text/plain")], [b"Who is that?\n"]
    log.warning("%s signed in", name)
    cookie = f"tern={name}.{signature(name)}; Path=/; HttpOnly; SameSite=Lax"
    return SEE, [("Location", environ.get("SCRIPT_NAME", "") + "/"), ("Set-Cookie", cookie)], []


OTHERS: dict[str, Callable[[WSGIEnvironment], Answer]] = {
    "/everything": everything,
    "/tern.css": style,
    "/sign-in": sign_in,
}


def host(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request to the documentation."""
    path = environ.get("PATH_INFO", "")
    if path in OTHERS:
        status, headers, body = OTHERS[path](environ)
    elif path.removeprefix("/") in TOPICS:
        status, headers, body = documentation(environ, path.removeprefix("/"))
    else:
        status, headers, body = MISSING, [HTML, POLICY], [page(environ, "missing").encode()]
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body


application = ChatMiddleware(host, mount="/support", identify=reader_of)


if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    with make_server("127.0.0.1", 5000, application) as server:
        log.warning("Tern's documentation is at http://127.0.0.1:5000/")
        server.serve_forever()

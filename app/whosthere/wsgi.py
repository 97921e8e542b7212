"""`ChatMiddleware`: the chat inside any WSGI application (PEP 3333, docs/wsgi.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

from whosthere.core.reasons import Reason, Refused
from whosthere.embedding.eligibility import Headers, may_carry
from whosthere.embedding.exchange import Exchange
from whosthere.embedding.identity import IDENTITY, identity_of
from whosthere.embedding.mount import address, below, read_mount, script_root, shifted
from whosthere.embedding.nonce import script_nonce
from whosthere.embedding.snippet import snippet
from whosthere.embedding.streams import StreamGate, read_streams
from whosthere.embedding.visitor import USER, Mistake, Signing
from whosthere.services.chores import Chores
from whosthere.services.runtime import Runtime
from whosthere.settings import Settings, load_settings
from whosthere.storage import migrate
from whosthere.storage.errors import Unavailable
from whosthere.web import create_app
from whosthere.web.problems import Problem
from whosthere.wiring import build_runtime

log = logging.getLogger("whosthere.wsgi")

T = TypeVar("T")

Identify = Callable[[WSGIEnvironment], Mapping[str, str | None] | None]


class ChatMiddleware:
    """Answers below the mount point, and passes everything else through to the host untouched.

    A fault of the chat never becomes a fault of the host's page: what goes wrong outside the mount point is logged
    (logger `whosthere.wsgi`), and the page goes out without a chat.

    Args:
        app: the host.
        mount: path of the chat below the host's own root.
        settings: by default what the `WHOSTHERE_…` variables say (docs/configuration.md).
        identify: called with the environ when a page is about to be sent and the host did not set
            `environ["whosthere.user"]`; returns such a value, or `None` for a page without a chat.
        streams: how many live streams each process may hold; each occupies a thread. With 0, pages poll.
        platform_id: the platform of this host; the only one there is by default.
        secret: secret of the `standard` key to sign with; by default the platform's newest live one, read in the
            request.
        config: further config keys for every page, such as `language` (docs/embedding.md).
        clock: returns epoch milliseconds; the system's by default.

    Attributes:
        chat: the Flask application that answers below the mount point.
    """

    def __init__(
        self,
        app: WSGIApplication,
        mount: str = "/support",
        settings: Settings | None = None,
        *,
        identify: Identify | None = None,
        streams: int = 0,
        platform_id: str | None = None,
        secret: str | None = None,
        config: Mapping[str, object] | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """Put the chat in front of a host.

        Raises:
            SettingsError: the settings cannot be used.
            AssetsMissing: the package is incomplete.
            TypeError, ValueError: an argument cannot be used.
        """
        self.app = app
        self._mount = read_mount(mount)
        self._identify = identify
        settings = settings or load_settings()
        self._trusted_proxies = settings.trusted_proxies
        runtime = build_runtime(settings, clock=clock, streams_max=read_streams(streams))
        self._signing = Signing(runtime, platform_id, secret, dict(config or {}))
        self._signing.check()
        self._chores = Chores(runtime)
        self.chat = create_app(settings, runtime=runtime)
        _guard_streams(self.chat, StreamGate(streams))
        _look_at_schema(runtime)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, or have the host answer it."""
        # Whatever stands in front of us does not get to say who anybody is.
        environ.pop(USER, None)
        environ.pop(IDENTITY, None)
        root = script_root(environ, self._trusted_proxies)
        rest = below(self._mount, environ.get("PATH_INFO", ""))
        if rest is not None:
            self._chores.start()  # here and not before: a thread does not survive a fork
            return self.chat(shifted(environ, root, self._mount, rest), start_response)
        self._introduce(environ)
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return self.app(environ, start_response)

        def snippet_for(status: str, headers: Headers) -> bytes | None:
            return self._snippet(environ, root, status, headers)

        exchange = Exchange(start_response, snippet_for, with_body=method == "GET")
        return exchange.answer(self.app(environ, exchange.start_response))

    def _introduce(self, environ: WSGIEnvironment) -> None:
        """Tell the host who shows a verified session, if anybody does."""
        if "HTTP_AUTHORIZATION" not in environ:
            return
        identity = _or_nothing(lambda: identity_of(environ, self._signing), "a request goes on without an identity")
        if identity is not None:
            environ[IDENTITY] = identity

    def _snippet(self, environ: WSGIEnvironment, root: str, status: str, headers: Headers) -> bytes | None:
        """Return the snippet for an answer of the host, or `None` when it gets none."""
        if USER not in environ and self._identify is None:
            return None

        def make() -> bytes | None:
            if not may_carry(environ["REQUEST_METHOD"], status, headers):
                return None
            user = self._user(environ)
            if user is None:
                return None
            script = address(f"{root}{self._mount}/embed.js")
            return snippet(self._signing.config_for(user), script, script_nonce(headers))

        return _or_nothing(make, "a page goes out without a chat")

    def _user(self, environ: WSGIEnvironment) -> object:
        """Return who the page is for, as the host says it; `None` for a page without a chat."""
        if USER in environ:
            return environ[USER]
        return None if self._identify is None else self._identify(environ)


def _or_nothing(work: Callable[[], T | None], consequence: str) -> T | None:
    """Do something beside the host's own work; a failure costs the host a line in its log and nothing else."""
    try:
        return work()
    except Mistake as mistake:
        log.error("%s: %s", consequence, mistake)
    except Unavailable as error:
        log.error("%s: the database is unavailable: %s", consequence, error)
    except Exception:
        log.exception("%s", consequence)
    return None


def _guard_streams(chat: Flask, gate: StreamGate) -> None:
    """Refuse streams where they would stop everything else; every audience calls its endpoint `stream`."""

    @chat.before_request
    def refuse() -> None:
        if (request.endpoint or "").endswith(".stream") and request.method == "GET":
            reason = gate.refusal(bool(request.environ.get("wsgi.multithread")))
            if reason is not None:
                raise Problem(Refused(Reason.STREAMS_UNAVAILABLE, reason))


def _look_at_schema(runtime: Runtime) -> None:
    """Say at start what would make every chat fail; the host starts all the same.

    No connection is left open, so that processes forked from this one share none.
    """
    database = runtime.database
    try:
        if database.is_sqlite and not Path(str(database.url.database)).exists():
            at_head = False  # asking would create the file, perhaps for the wrong owner
        else:
            at_head = migrate.status(database).at_head
    except Unavailable as error:
        log.error("the chat does not work yet: the database is unavailable: %s", error)
    else:
        if not at_head:
            log.error("the chat does not work yet: bring its database up to date with `whosthere db upgrade`")
    finally:
        database.disconnect()

"""Where the chat lives inside a host: which paths are its own, and under which address browsers reach it."""

from __future__ import annotations

import re
from urllib.parse import quote
from wsgiref.types import WSGIEnvironment

_SEGMENT = re.compile(r"[^/?#%\\\x00-\x1f\x7f]+")
_UNESCAPED = "/~!$&'()*+,;=:@"  # what a path may hold as it is (RFC 3986 §3.3)


def read_mount(mount: str) -> str:
    """Return a mount point as WSGI spells paths: `/support`, or UTF-8 bytes read as Latin-1 (PEP 3333).

    Raises:
        TypeError: it is not a string.
        ValueError: it is not an absolute path below the host's root.
    """
    if not isinstance(mount, str):
        raise TypeError(f"mount must be a string, not {type(mount).__name__}")
    segments = mount.removesuffix("/").split("/")
    named = [segment for segment in segments[1:] if _SEGMENT.fullmatch(segment) and segment not in (".", "..")]
    if segments[0] or not named or len(named) != len(segments) - 1:
        raise ValueError(f'mount must be an absolute path such as "/support", not {mount!r}')
    return "/" + "/".join(named).encode().decode("latin-1")


def below(mount: str, path: str) -> str | None:
    """Return the part of `path` below `mount`, or `None` when the path is the host's (`/supportive` is)."""
    rest = path.removeprefix(mount)
    return rest if path.startswith(mount) and (not rest or rest.startswith("/")) else None


def script_root(environ: WSGIEnvironment, trusted_proxies: int) -> str:
    """Return the path under which browsers reach the host, without a trailing slash, as WSGI spells paths.

    That is `SCRIPT_NAME` behind the prefix that trusted proxies took away (`X-Forwarded-Prefix`), if they say so and
    nobody put it back already.
    """
    own = _path(environ.get("SCRIPT_NAME", ""))
    values = environ.get("HTTP_X_FORWARDED_PREFIX", "").split(",")
    taken = _path(values[-trusted_proxies].strip()) if 0 < trusted_proxies <= len(values) else ""
    return own if own == taken or own.startswith(f"{taken}/") else taken + own


def shifted(environ: WSGIEnvironment, root: str, mount: str, rest: str) -> WSGIEnvironment:
    """Return the environ of a request below the mount point as an application of its own sees it."""
    inner = {**environ, "SCRIPT_NAME": root + mount, "PATH_INFO": rest}
    inner.pop("HTTP_X_FORWARDED_PREFIX", None)  # it is part of the root by now; the app would lose the mount to it
    return inner


def address(path: str) -> str:
    """Return a WSGI path as it stands in a URL, percent-encoded."""
    return quote(path.encode("latin-1"), safe=_UNESCAPED)


def _path(text: str) -> str:
    # One slash in front, never two: `//evil.example/embed.js` would be the address of another site's script.
    names = text.strip("/")
    return f"/{names}" if names else ""

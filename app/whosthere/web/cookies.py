"""The agents' cookie: its own name, no wider than where this app is mounted, and as locked as browsers can lock it."""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

COOKIE_NAME = "whosthere_agent"
_WITHOUT_COOKIE = "/api/v1/widget/"


class MountedCookie(SecureCookieSessionInterface):
    """Keeps the cookie below the mount point, so that it never meets a host site's, and secure where it can be."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie, except for the widget, whose calls neither read nor set one."""
        return None if request.path.startswith(_WITHOUT_COOKIE) else super().open_session(app, request)

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name with the prefix that browsers enforce (RFC 6265bis, "Cookie Name Prefixes").

        With it, neither plain HTTP nor a neighbour under the same domain can plant a cookie of this name.
        """
        if not self.get_cookie_secure(app):
            return COOKIE_NAME
        return f"__Host-{COOKIE_NAME}" if self.get_cookie_path(app) == "/" else f"__Secure-{COOKIE_NAME}"

    def get_cookie_path(self, app: Flask) -> str:
        """Return the mount point."""
        return f"{request.script_root}/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether browsers reach us over HTTPS."""
        public_url: str | None = app.config["WHOSTHERE_PUBLIC_URL"]
        return request.is_secure or (public_url or "").startswith("https://")

"""The agents' cookie: its own name, and no wider than where this app is mounted."""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface

COOKIE_NAME = "whosthere_agent"


class MountedCookie(SecureCookieSessionInterface):
    """Keeps the cookie below the mount point, so that it never meets a host site's, and secure where it can be."""

    def get_cookie_path(self, app: Flask) -> str:
        """Return the mount point."""
        return f"{request.script_root}/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether browsers reach us over HTTPS."""
        public_url: str | None = app.config["WHOSTHERE_PUBLIC_URL"]
        return request.is_secure or (public_url or "").startswith("https://")

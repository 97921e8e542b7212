"""An agent of the seeded platform: with a token, and signed in with a browser."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from benchmarks.load import request
from benchmarks.seed import Seeded
from benchmarks.serving import ENCRYPTION_KEY, SECRET_KEY
from tests.team import PASSWORD, hire
from whosthere.settings import load_settings
from whosthere.wiring import build_runtime

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works in the inbox."""

    email: str
    token: str

    def call(self, path: str) -> bytes:
        """Return the bytes of a request with the token."""
        return request("GET", path, Authorization=f"Bearer {self.token}")


def agent_of(seeded: Seeded) -> Agent:
    """Hire an agent for the platform."""
    secrets = {"secret_key": SECRET_KEY, "encryption_keys": ENCRYPTION_KEY}
    runtime = build_runtime(load_settings({}, database_url=seeded.url, instance_path="/nonexistent", **secrets))
    try:
        colleague = hire(runtime, seeded.platform_id)
        return Agent(colleague.email, colleague.token)
    finally:
        runtime.database.close()


def sign_in(port: int, agent: Agent) -> str:
    """Sign in by the form; return the `Cookie` header that a browser sends from then on."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/agent/login"
    csrf = _CSRF.search(browser.open(address).read().decode())
    assert csrf is not None, "the sign-in page has no CSRF token"
    form = {"email": agent.email, "password": PASSWORD, "csrf_token": csrf[1]}
    browser.open(address, urlencode(form).encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)

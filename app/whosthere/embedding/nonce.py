"""The nonce by which a host's Content-Security-Policy lets a script in (CSP Level 3, §2.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE)
_HEADERS = ("content-security-policy", "content-security-policy-report-only")
_GOVERNING = ("script-src-elem", "script-src", "default-src")  # the first one present decides about <script>


def script_nonce(headers: Iterable[tuple[str, str]]) -> str | None:
    """Return the nonce for a script element, or `None` when the policy names none."""
    pairs = list(headers)
    policies = [
        policy for wanted in _HEADERS for name, value in pairs if name.lower() == wanted for policy in value.split(",")
    ]
    return next((nonce for nonce in map(_nonce_of, policies) if nonce is not None), None)


def _nonce_of(policy: str) -> str | None:
    directives: dict[str, str] = {}
    for directive in policy.split(";"):
        name, _, sources = directive.strip().partition(" ")
        directives.setdefault(name.lower(), sources)  # of a directive given twice, the first one counts
    governing = next((directives[name] for name in _GOVERNING if name in directives), "")
    found = _NONCE.search(governing)
    return None if found is None else found[1]

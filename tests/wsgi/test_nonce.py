"""The script gets the nonce that the host's policy names for scripts."""

from __future__ import annotations

import pytest

from whosthere.embedding.nonce import script_nonce

CSP = "Content-Security-Policy"
REPORT = "Content-Security-Policy-Report-Only"


@pytest.mark.parametrize(
    ("headers", "nonce"),
    [
        ([], None),
        ([(CSP, "default-src 'self'")], None),
        ([(CSP, "script-src 'nonce-abc123=='")], "abc123=="),
        ([("content-security-policy", "Script-Src 'self' 'Nonce-aB+/_-1' 'strict-dynamic'")], "aB+/_-1"),
        ([(CSP, "default-src 'nonce-default'")], "default"),
        ([(CSP, "default-src 'nonce-default'; script-src 'nonce-script'")], "script"),
        ([(CSP, "default-src 'nonce-default'; script-src 'self'")], None),
        ([(CSP, "script-src 'nonce-script'; script-src-elem 'nonce-element'")], "element"),
        ([(CSP, "style-src 'nonce-style'")], None),
        ([(CSP, "script-src 'nonce-first'; script-src 'nonce-second'")], "first"),
        ([(CSP, "img-src *"), (CSP, "script-src 'nonce-second'")], "second"),
        ([(CSP, "img-src *, script-src 'nonce-second'")], "second"),
        ([(REPORT, "script-src 'nonce-reported'")], "reported"),
        ([(REPORT, "script-src 'nonce-reported'"), (CSP, "script-src 'nonce-enforced'")], "enforced"),
        ([(CSP, "script-src 'nonce-\"><script>'")], None),
        ([(CSP, "script-src nonce-abc")], None),
        ([(CSP, "")], None),
        ([("X-Other", "script-src 'nonce-abc'")], None),
    ],
)
def test_the_nonce_is_the_one_that_governs_scripts(headers: list[tuple[str, str]], nonce: str | None) -> None:
    assert script_nonce(headers) == nonce

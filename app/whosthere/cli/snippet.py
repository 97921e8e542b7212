"""What a site puts into its pages to have the chat."""

from __future__ import annotations

from html import escape

from whosthere.cli.failures import failing_clearly
from whosthere.settings import load_settings

UNPUBLISHED = "http://127.0.0.1:8000"
"""Where `whosthere serve` answers when nobody said how browsers reach it."""

_SNIPPET = """\
<script>
  window.whosthereConfig = {{ platformId: "{platform_id}" }}; // and userId, userEmail, userAuthToken once signed in
  window.Whosthere = window.Whosthere || function () {{ (Whosthere.q = Whosthere.q || []).push(arguments); }};
</script>
<script async id="whosthere-embed" src="{url}/embed.js"></script>"""


def snippet(platform_id: str) -> str:
    """Return the HTML by which pages of a platform load the chat from this installation."""
    with failing_clearly():
        url = load_settings().public_url or UNPUBLISHED
    return _SNIPPET.format(platform_id=platform_id, url=escape(url))

"""What is put into a host's page: the config as inert JSON, and the script that reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

CONFIG_ID = "whosthere-config"
SCRIPT_ID = "whosthere-embed"
# ASCII output escapes everything else, U+2028 and U+2029 included.
_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def snippet(config: Mapping[str, object], script_address: str, nonce: str | None) -> bytes:
    """Return the markup for one page, pure ASCII: the same bytes in every charset a page may have here.

    The config is a data block, which a browser never runs and no Content-Security-Policy stops.

    Args:
        config: config keys of the page (docs/embedding.md).
        script_address: URL of the embed script.
        nonce: lets the script pass the page's Content-Security-Policy.
    """
    block = json.dumps(config, separators=(",", ":"), allow_nan=False).translate(_ESCAPED)
    permit = "" if nonce is None else f' nonce="{escape(nonce)}"'
    return (
        f'<script type="application/json" id="{CONFIG_ID}">{block}</script>'
        f'<script async id="{SCRIPT_ID}" src="{escape(script_address)}"{permit}></script>'
    ).encode("ascii")

"""Where a browser is sent: always to a page of the inbox, never to an address that somebody else chose."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

_VIEW = ("view", "platform")
_QUERY = r"(?:view=[a-z]{1,20}|platform=[0-9a-f-]{36})"
_PAGES = re.compile(rf"(?:conversations/[0-9a-f-]{{36}})?(?:\?{_QUERY}(?:&{_QUERY})?)?")


def view_args() -> dict[str, Any]:
    """Return what the address says about the list that is shown."""
    return {name: request.args[name] for name in _VIEW if request.args.get(name)}


def asked_page() -> str:
    """Return the page this request is about, as `next` of the sign-in page: a path below the inbox's own."""
    conversation_id = (request.view_args or {}).get("conversation_id")
    path = f"conversations/{conversation_id}" if conversation_id else ""
    wanted = path + (f"?{urlencode(view_args())}" if view_args() else "")
    return wanted if _PAGES.fullmatch(wanted) else ""


def page_of(wanted: str) -> str:
    """Return the address of the page that `asked_page` named; of anything else, that of the inbox."""
    home = url_for("agent.show_inbox")
    return home + wanted if _PAGES.fullmatch(wanted) else home

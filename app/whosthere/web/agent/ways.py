"""Where a browser is sent: always to a page of the inbox, never to an address that somebody else chose."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

FILTERS = ("assurance", "assignee", "tag")
_VIEW = ("view", "platform", *FILTERS)
_VALUE_LENGTH_MAX = 300
_QUERY = "|".join(
    (
        "(?:view|assurance)=[a-z]{1,20}",
        "platform=[0-9a-f-]{36}",
        "assignee=(?:none|[0-9a-f-]{36})",
        r"tag=[\w.%+~-]{1,1200}",
    )
)
_PAGES = re.compile(rf"(?:conversations/[0-9a-f-]{{36}})?(?:\?(?:{_QUERY})(?:&(?:{_QUERY})){{0,4}})?", re.ASCII)
_SEARCH = re.compile(r"search(?:\?q=[\w.%+~-]{1,1200}(?:&platform=[0-9a-f-]{36})?)?", re.ASCII)
# Pages of the team's words, of an account, of a team, and of whoever runs the platform.
_OTHERS = re.compile(
    r"mentions|replies|profile|security|sessions|tokens|(?:team|outbox|visitors)(?:/[0-9a-f-]{36})?|admin(?:/[0-9a-z-]{1,40}){0,4}",
    re.ASCII,
)


def view_args() -> dict[str, Any]:
    """Return what the address says about the list that is shown."""
    return {name: request.args[name][:_VALUE_LENGTH_MAX] for name in _VIEW if request.args.get(name)}


def filters() -> dict[str, str]:
    """Return what the address narrows the list by, beyond view and platform."""
    return {name: value for name, value in view_args().items() if name in FILTERS}


def asked_page() -> str:
    """Return the page this request is about, as `next` of the sign-in page: a path below the inbox's own."""
    below = request.path.removeprefix("/agent/")
    if _OTHERS.fullmatch(below):
        return below
    if below == "search":
        said = {name: request.args[name][:_VALUE_LENGTH_MAX] for name in ("q", "platform") if request.args.get(name)}
        search = f"search?{urlencode(said)}" if "q" in said else below
        return search if _SEARCH.fullmatch(search) else below
    conversation_id = (request.view_args or {}).get("conversation_id")
    path = f"conversations/{conversation_id}" if conversation_id else ""
    wanted = path + (f"?{urlencode(view_args())}" if view_args() else "")
    return wanted if _PAGES.fullmatch(wanted) else ""


def page_of(wanted: str) -> str:
    """Return the address of the page that `asked_page` named; of anything else, that of the inbox."""
    home = url_for("agent.show_inbox")
    if wanted.startswith("admin") and _OTHERS.fullmatch(wanted):
        return home.removesuffix("agent/") + wanted
    return home + wanted if any(kind.fullmatch(wanted) for kind in (_PAGES, _SEARCH, _OTHERS)) else home

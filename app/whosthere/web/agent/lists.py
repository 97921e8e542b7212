"""The list of conversations: a view, its filters, a page of it, and how much stands in the other views."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from whosthere.core.assurance import Assurance
from whosthere.core.reasons import Refused
from whosthere.core.tags import TAG_LENGTH_MAX
from whosthere.core.views import View
from whosthere.services import colleagues, inbox_views, mentions
from whosthere.services.inbox_views import NOBODY, Wanted
from whosthere.storage.conversations import FIRST_PAGE, Position
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.agent.shelves import SHELVES, Shelf, account_pages, count_in_words
from whosthere.web.agent.ways import filters, view_args
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import cursor, identifier, read_cursor


@blueprint.get("/")
def show_inbox() -> str:
    """Show the list of conversations."""
    return page("agent/inbox.html", case=None, **listed())


@blueprint.get("/fragments/list")
def list_fragment() -> str:
    """The rows of the list and the counts of the views alone, for live updates."""
    return page("agent/_list.html", case=None, **listed())


@blueprint.get("/mentions")
def show_mentions() -> str:
    """Show the notes that call this agent."""
    position = _position()
    called = mentions.listed(runtime(), identity(), position)
    rest = called[inbox_views.PAGE_SIZE :]
    called = called[: inbox_views.PAGE_SIZE]
    following = cursor(called[-1].created_at, called[-1].id) if rest else None
    columns = {**listed(), "shelf": None, "rows": [], "filters": {}, "next_cursor": following}
    return page("agent/inbox.html", case=None, called=called, **columns)


def listed() -> dict[str, Any]:
    """Return what the two left columns show."""
    shelf = _shelf()
    platform = request.args.get("platform") or None
    platform_id = None if platform is None else identifier(platform)
    found = inbox_views.listed(runtime(), identity(), _position(), _wanted(shelf, platform_id))
    return {
        "rows": found.cases,
        "partial": found.partial,
        "next_cursor": None if found.next is None else cursor(*found.next),
        "shelf": shelf,
        "shelves": _shelves(platform_id),
        "unread_mentions": count_in_words(mentions.unread(runtime(), identity())),
        "colleagues": {one.id: one for one in colleagues.listed(runtime(), identity())},
        "account_pages": account_pages(identity(), current_app.view_functions),
        "platform": platform,
        "filters": filters(),
        "view_args": view_args(),
    }


def _position() -> Position:
    position = read_cursor(request.args.get("cursor"), FIRST_PAGE)
    if isinstance(position, Refused):
        raise Problem(position)
    return position


def _shelf() -> Shelf:
    asked = request.args.get("view", "")
    return next((shelf for shelf in SHELVES if shelf.view == asked), next(s for s in SHELVES if s.view is View.OPEN))


def _wanted(shelf: Shelf, platform_id: str | None) -> Wanted:
    """Return what the address asks for; a filter that is none narrows nothing, a stranger's finds nothing."""
    asked = filters()
    assurance, assignee = asked.get("assurance", ""), asked.get("assignee")
    return Wanted(
        view=shelf.view,
        platform_id=platform_id,
        assurance=Assurance(assurance) if assurance in set(Assurance) else None,
        tag=asked.get("tag", "")[:TAG_LENGTH_MAX] or None,
        assignee=assignee if assignee in (None, NOBODY) else identifier(assignee),
    )


def _shelves(platform_id: str | None) -> list[tuple[Shelf, str]]:
    counts = inbox_views.counts(runtime(), identity(), platform_id)
    return [(shelf, count_in_words(counts[shelf.view]) if shelf.counted else "") for shelf in SHELVES]

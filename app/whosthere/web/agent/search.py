"""The page that searches people and messages."""

from __future__ import annotations

from flask import request, url_for

from whosthere.core.reasons import Reason, Refused
from whosthere.core.words import PREFIX_LENGTH_MIN, query_of
from whosthere.services import search
from whosthere.services.search import Find, Found
from whosthere.storage.inbox import Case
from whosthere.storage.search import FIRST_N
from whosthere.web.agent import present
from whosthere.web.agent.answers import assurance_of
from whosthere.web.agent.conversation import THREAD_LENGTH
from whosthere.web.agent.finds import next_cursor, read_place
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier

_SHOWN_MAX = 400


@blueprint.get("/search")
def show_search() -> str:
    """Show what was found, and say what to do when nothing was."""
    query = request.args.get("q", "")
    platform = request.args.get("platform") or None
    place = read_place(request.args.get("cursor"))
    if isinstance(place, Refused):
        raise Problem(place)
    platform_id = None if platform is None else identifier(platform)
    outcome = search.look(runtime(), identity(), query, place, platform_id) if query.strip() else None
    refused = outcome if isinstance(outcome, Refused) else None
    found = outcome if isinstance(outcome, Found) else None
    return page(
        "agent/search.html",
        query=query[:_SHOWN_MAX],
        platform=platform_id,
        refused=refused,
        is_broad=refused is not None and refused.reason is Reason.SEARCH_TOO_BROAD,
        found=None if found is None else found.finds,
        following=None if found is None else next_cursor(found),
        is_short=any(not term.is_prefix and len(term.word) < PREFIX_LENGTH_MIN for term in query_of(query)),
        is_first=place == FIRST_N,
        way=_way,
        name=_name,
        assurance_of=assurance_of,
    )


def _name(find: Find) -> str:
    """Return what to call the person, by the conversation if there is one."""
    if find.case is not None:
        return present.name_of(find.case)
    record, left = find.user.record, find.user.contact
    known = (record.name, record.email, record.user_id, record.claimed_email, record.claimed_user_id)
    return next((name for name in (*known, left.name, left.email) if name and present.seen(name)), "Visitor")


def _way(find: Find, case: Case) -> str:
    """Return the address of a conversation, at the part of it where the find stands."""
    head, said = case.conversation, find.said
    if said is None:
        return url_for("agent.show_conversation", conversation_id=head.id)
    is_far = head.last_seq - said.seq >= THREAD_LENGTH
    return url_for(
        "agent.show_conversation",
        conversation_id=head.id,
        before=said.seq + THREAD_LENGTH // 2 if is_far else None,
        _anchor=f"m-{said.id}",
    )

"""One conversation: its thread, the person behind it, and the files in it."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from whosthere.core.conversation import State
from whosthere.core.reasons import Refused
from whosthere.services import blocks, colleagues, events, inbox, inbox_attachments, inbox_redaction, mentions, records
from whosthere.storage.inbox import Case
from whosthere.web.agent import present
from whosthere.web.agent.lists import listed
from whosthere.web.agent.pages import blueprint, identity, page
from whosthere.web.agent.ways import view_args
from whosthere.web.files import deliver
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.signed_in import from_own_page
from whosthere.web.wire import identifier, whole_number

THREAD_LENGTH = 200


@blueprint.get("/conversations/<conversation_id>")
def show_conversation(conversation_id: str) -> str:
    """Show one conversation beside the list."""
    case, before = found(conversation_id), _before()
    if before is None:
        _mark_read(case)
    return page("agent/inbox.html", **shown(case, before=before), **listed())


@blueprint.get("/fragments/conversations/<conversation_id>")
def thread_fragment(conversation_id: str) -> str:
    """Head, thread and person of one conversation, for live updates."""
    case = found(conversation_id)
    if request.args.get("read") == "1":
        _mark_read(case)
    return page("agent/_conversation.html", view_args=view_args(), **shown(case))


@blueprint.get("/attachments/<attachment_id>")
def show_attachment(attachment_id: str) -> Response:
    """Send a file: to be saved, or to be shown in an image of our own pages."""
    opened = inbox_attachments.fetch(runtime(), identity(), identifier(attachment_id))
    if isinstance(opened, Refused):
        raise Problem(opened)
    return deliver(opened)


def found(conversation_id: str) -> Case:
    """Return a conversation of the agent's platforms.

    Raises:
        Problem: there is none of this id (404).
    """
    case = inbox.find(runtime(), identity(), identifier(conversation_id))
    if isinstance(case, Refused):
        raise Problem(case)
    return case


def shown(case: Case, *, before: int | None = None) -> dict[str, Any]:
    """Return what the two right columns show.

    Args:
        before: the `seq` before which an older part of the thread is wanted; its end without one.
    """
    thread = inbox.tail(runtime(), case, THREAD_LENGTH, before=before)
    first = thread.messages[0].seq if thread.messages else 1
    is_open = case.conversation.state in (State.OPEN, State.RESOLVED)
    return {
        "case": case,
        "thread": present.lines(thread),
        "older": first if first > 1 else None,
        "is_older": before is not None,
        "earlier": inbox.earlier(runtime(), case),
        "events": events.of_person(runtime(), case.platform_id, case.conversation.record_id),
        "ledger": records.ledger_for(runtime(), case),
        "may_redact": inbox_redaction.may_redact(identity(), case.platform_id),
        "may_undo": records.may_undo(identity(), case.platform_id),
        "blocked": isinstance(blocks.blocked_since(runtime(), identity(), case.conversation.record_id), int),
        "team": colleagues.listed(runtime(), identity(), case.platform_id),
        "answerable": is_open,
        "draft": "",
        "kind": "reply" if is_open else "note",
        "refused": None,
        "client_message_id": runtime().new_id(),
    }


def _mark_read(case: Case) -> None:
    """Note that the team has seen it, unless it was a browser that looked ahead, or another site that sent it here."""
    if not from_own_page() or "Sec-Purpose" in request.headers:
        return
    if case.conversation.agent_unread:
        inbox.mark_read(runtime(), identity(), case.conversation.id, case.conversation.last_seq)
    mentions.mark_read(runtime(), identity(), case)


def _before() -> int | None:
    if "before" not in request.args:
        return None
    seq = whole_number(request.args["before"], "before", 0, least=1, most=2**53)
    if isinstance(seq, Refused):
        raise Problem(seq)
    return seq

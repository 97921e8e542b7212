"""The agent API: the inbox's own calls."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Response, jsonify, request

from whosthere.core.assurance import Assurance
from whosthere.core.conversation import State
from whosthere.core.reasons import Reason, Refused
from whosthere.core.tags import TAG_LENGTH_MAX, refuse_tags
from whosthere.core.views import View
from whosthere.services import inbox, inbox_views, typing
from whosthere.services.inbox_views import NOBODY, Wanted
from whosthere.services.messages import PAGE_SIZE_MAX, Span, Text
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.web.agent import answers, models
from whosthere.web.agent.contract import ONE, SIGNED_IN, TOKEN, WRITING, blueprint, identity, platform
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier, read_cursor, whole_number

Choice = TypeVar("Choice", bound=StrEnum)

_LIST_QUERY = {"cursor": {"type": "string"}, "platformId": {"type": "string", "format": "uuid"}}
_VIEW_QUERY = {
    "view": {"type": "string", "enum": [view.value for view in View], "default": View.ALL.value},
    "assurance": {"type": "string", "enum": [one.value for one in Assurance]},
    "tag": {"type": "string", "minLength": 1, "maxLength": TAG_LENGTH_MAX},
    "assignee": {"type": "string", "description": f"The id of an agent, or `{NOBODY}`."},
}


@blueprint.get("/conversations")
@documented(
    "List conversations, newest first",
    answers={200: answers.CasesAnswer},
    refusals=(*SIGNED_IN, Reason.INVALID_CURSOR, Reason.INVALID_FIELD),
    query={**_LIST_QUERY, **_VIEW_QUERY},
    credential=TOKEN,
)
def list_conversations() -> Response:
    """Return one page of a view of the agent's platforms."""
    position = allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    view = allowed(_one_of("view", View)) or View.ALL
    wanted = Wanted(view, platform(), allowed(_one_of("assurance", Assurance)), allowed(_tag()), _assignee())
    return jsonify(answers.cases_answer(inbox_views.listed(runtime(), identity(), position, wanted)))


@blueprint.get("/views")
@documented(
    "Count the conversations of each view",
    answers={200: answers.ViewsAnswer},
    refusals=SIGNED_IN,
    query={"platformId": _LIST_QUERY["platformId"]},
    credential=TOKEN,
)
def count_views() -> Response:
    """Return how many conversations stand in each view; above `countMax` nothing is told apart."""
    return jsonify(answers.views_answer(inbox_views.counts(runtime(), identity(), platform())))


@blueprint.get("/conversations/<conversation_id>")
@documented("Look at one conversation", answers={200: answers.CaseAnswer}, refusals=ONE, credential=TOKEN)
def show_conversation(conversation_id: str) -> Response:
    """Return one item of the list."""
    return jsonify(answers.case_answer(allowed(inbox.find(runtime(), identity(), identifier(conversation_id)))))


@blueprint.get("/conversations/<conversation_id>/messages")
@documented(
    "Read a conversation's messages and notes",
    answers={200: answers.ThreadAnswer},
    refusals=(*ONE, Reason.INVALID_FIELD),
    query={
        "after": {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0},
        "limit": {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE_MAX},
    },
    credential=TOKEN,
)
def list_messages(conversation_id: str) -> Response:
    """Return the part of the log after `after`, each message with its assurance."""
    after = whole_number(request.args.get("after"), "after", 0, least=0, most=2**53)
    limit = whole_number(request.args.get("limit"), "limit", PAGE_SIZE_MAX, least=1, most=PAGE_SIZE_MAX)
    wrong = after if isinstance(after, Refused) else limit if isinstance(limit, Refused) else None
    span = wrong or Span(allowed(after), allowed(limit))
    thread = allowed(inbox.thread(runtime(), identity(), identifier(conversation_id), span))
    return jsonify(answers.thread_answer(thread, allowed(limit)))


@blueprint.post("/conversations/<conversation_id>/messages")
@documented(
    "Reply to the visitor",
    body=models.Reply,
    answers={201: answers.MessageAnswer, 200: answers.MessageAnswer},
    refusals=(*WRITING, Reason.IDEMPOTENCY_CONFLICT, Reason.CONVERSATION_CLOSED, Reason.TOO_MANY_REQUESTS),
    credential=TOKEN,
)
def reply(conversation_id: str) -> tuple[Response, int]:
    """Store a reply; the same clientMessageId, text and attachments again find the same one."""
    body = read_body(models.Reply)
    given = body if isinstance(body, Refused) else Text(body.text, body.client_message_id, tuple(body.attachments))
    posted = allowed(inbox.reply(runtime(), identity(), identifier(conversation_id), given))
    return jsonify(answers.message_answer(posted.message)), 201 if posted.fresh else 200


@blueprint.post("/conversations/<conversation_id>/notes")
@documented(
    "Leave a note that only the team sees",
    body=models.Write,
    answers={201: answers.NoteAnswer, 200: answers.NoteAnswer},
    refusals=(*WRITING, Reason.IDEMPOTENCY_CONFLICT, Reason.TOO_MANY_REQUESTS),
    credential=TOKEN,
)
def write_note(conversation_id: str) -> tuple[Response, int]:
    """Store a note; the same clientMessageId and text again find the same one."""
    noted = allowed(inbox.note(runtime(), identity(), identifier(conversation_id), _text()))
    return jsonify(answers.note_answer(noted.note)), 201 if noted.fresh else 200


@blueprint.put("/conversations/<conversation_id>/state")
@documented(
    "Resolve, reject or reopen a conversation",
    body=models.ChangeState,
    answers={200: answers.CaseAnswer},
    refusals=(*WRITING, Reason.TRANSITION_NOT_ALLOWED),
    credential=TOKEN,
)
def change_state(conversation_id: str) -> Response:
    """Put the conversation into another state."""
    body = read_body(models.ChangeState)
    state = body if isinstance(body, Refused) else State(body.state)
    return jsonify(
        answers.case_answer(allowed(inbox.set_state(runtime(), identity(), identifier(conversation_id), state)))
    )


@blueprint.put("/conversations/<conversation_id>/read")
@documented(
    "Say how far the team has read",
    body=models.MarkRead,
    answers={204: None},
    refusals=WRITING,
    credential=TOKEN,
)
def mark_read(conversation_id: str) -> Response:
    """Move the team's read mark forward."""
    body = read_body(models.MarkRead)
    seq = body if isinstance(body, Refused) else body.seq
    allowed(inbox.mark_read(runtime(), identity(), identifier(conversation_id), seq))
    return Response(status=204)


@blueprint.post("/conversations/<conversation_id>/typing")
@documented(
    "Say that the agent types",
    body=models.Type,
    answers={204: None},
    refusals=WRITING,
    credential=TOKEN,
)
def type_message(conversation_id: str) -> Response:
    """Tell the visitor, once every two seconds at most."""
    body = read_body(models.Type)
    is_typing = body if isinstance(body, Refused) else body.typing
    allowed(typing.by_agent(runtime(), identity(), identifier(conversation_id), is_typing))
    return Response(status=204)


@blueprint.get("/users")
@documented(
    "List people, newest first",
    answers={200: answers.UsersAnswer},
    refusals=(*SIGNED_IN, Reason.INVALID_CURSOR),
    query=_LIST_QUERY,
    credential=TOKEN,
)
def list_users() -> Response:
    """Return one page of the people of the agent's platforms."""
    position = allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    found = inbox.people(runtime(), identity(), position, platform())
    return jsonify(answers.users_answer(found, inbox.PAGE_SIZE))


def _text() -> Text | Refused:
    body = read_body(models.Write)
    return body if isinstance(body, Refused) else Text(body.text, body.client_message_id)


def _one_of(name: str, choices: type[Choice]) -> Choice | Refused | None:
    wanted = request.args.get(name)
    if wanted is None:
        return None
    if wanted not in set(choices):
        return Refused(Reason.INVALID_FIELD, f"{name} is one of {', '.join(choices)}.", name)
    return choices(wanted)


def _tag() -> str | Refused | None:
    wanted = request.args.get("tag")
    return wanted if wanted is None else refuse_tags([wanted]) or wanted


def _assignee() -> str | None:
    wanted = request.args.get("assignee")
    return wanted if wanted in (None, NOBODY) else identifier(wanted)

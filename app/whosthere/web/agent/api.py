"""The agent API: the inbox's own calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeVar

from flask import Blueprint, Response, g, jsonify, request

from whosthere.core.conversation import State
from whosthere.core.reasons import Reason, Refused
from whosthere.services import agents, inbox, inbox_streams
from whosthere.services.agents import Identity
from whosthere.services.inbox import Wanted
from whosthere.services.inbox_streams import InboxStream
from whosthere.services.messages import PAGE_SIZE_MAX, Span, Text
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.web.agent import answers, models
from whosthere.web.agent.who import asking, bearer, cookie_token
from whosthere.web.documented import documented
from whosthere.web.edge import check_size_and_type, read_body
from whosthere.web.problems import Problem
from whosthere.web.runtime import limits, runtime
from whosthere.web.wire import identifier, read_cursor, whole_number

blueprint = Blueprint("agent_api", __name__, url_prefix="/api/v1/agent")

T = TypeVar("T")
_TOKEN = "agentToken"  # noqa: S105 - the name of a security scheme
_SIGNED_IN = (Reason.CREDENTIAL_MISSING, Reason.CREDENTIAL_INVALID)
_ONE = (*_SIGNED_IN, Reason.NOT_FOUND)
_WRITING = (
    *_ONE,
    Reason.CSRF,
    Reason.INVALID_JSON,
    Reason.INVALID_FIELD,
    Reason.UNKNOWN_FIELD,
    Reason.PAYLOAD_TOO_LARGE,
    Reason.UNSUPPORTED_MEDIA_TYPE,
)
_LIST_QUERY = {"cursor": {"type": "string"}, "platformId": {"type": "string", "format": "uuid"}}
_STATES = {"type": "string", "enum": [state.value for state in State]}


@blueprint.before_request
def pass_gate() -> None:
    """Check rate, size and content type first, then the credential."""
    if request.method == "POST":
        limits().count("post")
    if request.method in ("POST", "PUT"):
        check_size_and_type()
    g.identity = asking(active=request.endpoint != "agent_api.stream")


def _identity() -> Identity:
    identity: Identity = g.identity
    return identity


def _allowed(outcome: T | Refused) -> T:
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    return outcome


@blueprint.get("/conversations")
@documented(
    "List conversations, newest first",
    answers={200: answers.CasesAnswer},
    refusals=(*_SIGNED_IN, Reason.INVALID_CURSOR, Reason.INVALID_FIELD),
    query={**_LIST_QUERY, "state": _STATES},
    credential=_TOKEN,
)
def list_conversations() -> Response:
    """Return one page of the conversations of the agent's platforms."""
    position = _allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    wanted = Wanted(_platform(), _allowed(_state()))
    return jsonify(answers.cases_answer(inbox.listed(runtime(), _identity(), position, wanted), inbox.PAGE_SIZE))


@blueprint.get("/conversations/<conversation_id>")
@documented("Look at one conversation", answers={200: answers.CaseAnswer}, refusals=_ONE, credential=_TOKEN)
def show_conversation(conversation_id: str) -> Response:
    """Return one item of the list."""
    return jsonify(answers.case_answer(_allowed(inbox.find(runtime(), _identity(), identifier(conversation_id)))))


@blueprint.get("/conversations/<conversation_id>/messages")
@documented(
    "Read a conversation's messages and notes",
    answers={200: answers.ThreadAnswer},
    refusals=(*_ONE, Reason.INVALID_FIELD),
    query={"after": {"type": "integer", "minimum": 0}, "limit": {"type": "integer", "minimum": 1}},
    credential=_TOKEN,
)
def list_messages(conversation_id: str) -> Response:
    """Return the part of the log after `after`, each message with its assurance."""
    after = whole_number(request.args.get("after"), "after", 0, least=0, most=2**53)
    limit = whole_number(request.args.get("limit"), "limit", PAGE_SIZE_MAX, least=1, most=PAGE_SIZE_MAX)
    wrong = after if isinstance(after, Refused) else limit if isinstance(limit, Refused) else None
    span = wrong or Span(_allowed(after), _allowed(limit))
    thread = _allowed(inbox.thread(runtime(), _identity(), identifier(conversation_id), span))
    return jsonify(answers.thread_answer(thread, _allowed(limit)))


@blueprint.post("/conversations/<conversation_id>/messages")
@documented(
    "Reply to the visitor",
    body=models.Write,
    answers={201: answers.MessageAnswer, 200: answers.MessageAnswer},
    refusals=(*_WRITING, Reason.IDEMPOTENCY_CONFLICT, Reason.CONVERSATION_CLOSED),
    credential=_TOKEN,
)
def reply(conversation_id: str) -> tuple[Response, int]:
    """Store a reply; the same clientMessageId and text again find the same one."""
    posted = _allowed(inbox.reply(runtime(), _identity(), identifier(conversation_id), _text()))
    return jsonify(answers.message_answer(posted.message)), 201 if posted.fresh else 200


@blueprint.post("/conversations/<conversation_id>/notes")
@documented(
    "Leave a note that only the team sees",
    body=models.Write,
    answers={201: answers.NoteAnswer, 200: answers.NoteAnswer},
    refusals=(*_WRITING, Reason.IDEMPOTENCY_CONFLICT),
    credential=_TOKEN,
)
def write_note(conversation_id: str) -> tuple[Response, int]:
    """Store a note; the same clientMessageId and text again find the same one."""
    noted = _allowed(inbox.note(runtime(), _identity(), identifier(conversation_id), _text()))
    return jsonify(answers.note_answer(noted.note)), 201 if noted.fresh else 200


@blueprint.put("/conversations/<conversation_id>/state")
@documented(
    "Resolve, reject or reopen a conversation",
    body=models.ChangeState,
    answers={200: answers.CaseAnswer},
    refusals=(*_WRITING, Reason.TRANSITION_NOT_ALLOWED),
    credential=_TOKEN,
)
def change_state(conversation_id: str) -> Response:
    """Put the conversation into another state."""
    body = read_body(models.ChangeState)
    state = body if isinstance(body, Refused) else State(body.state)
    return jsonify(
        answers.case_answer(_allowed(inbox.set_state(runtime(), _identity(), identifier(conversation_id), state)))
    )


@blueprint.put("/conversations/<conversation_id>/read")
@documented(
    "Say how far the team has read",
    body=models.MarkRead,
    answers={204: None},
    refusals=_WRITING,
    credential=_TOKEN,
)
def mark_read(conversation_id: str) -> Response:
    """Move the team's read mark forward."""
    body = read_body(models.MarkRead)
    seq = body if isinstance(body, Refused) else body.seq
    _allowed(inbox.mark_read(runtime(), _identity(), identifier(conversation_id), seq))
    return Response(status=204)


@blueprint.get("/users")
@documented(
    "List people, newest first",
    answers={200: answers.UsersAnswer},
    refusals=(*_SIGNED_IN, Reason.INVALID_CURSOR),
    query=_LIST_QUERY,
    credential=_TOKEN,
)
def list_users() -> Response:
    """Return one page of the people of the agent's platforms."""
    position = _allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    found = inbox.people(runtime(), _identity(), position, _platform())
    return jsonify(answers.users_answer(found, inbox.PAGE_SIZE))


@blueprint.get("/stream")
@documented(
    "Learn which conversations change (server-sent events)",
    answers={200: {"type": "string"}},
    refusals=(*_SIGNED_IN, Reason.STREAMS_UNAVAILABLE),
    credential=_TOKEN,
    media_type="text/event-stream",
)
def stream() -> Response:
    """Open the agent's stream. Each event names the conversations that changed, as items of the list."""
    token, cookie, parts = bearer(), cookie_token(), runtime()

    def still() -> Identity | None:
        if token is not None:
            return agents.by_token(parts, token)
        return None if cookie is None else agents.by_cookie(parts, cookie, active=False)

    opened = _allowed(inbox_streams.open_stream(parts, _identity()))
    response = Response(_lines(opened, still), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(opened.close)
    return response


def _lines(stream: InboxStream, still: inbox_streams.Still) -> Iterator[str]:
    for changed in stream.events(still):
        data = json.dumps([answers.case_answer(case) for case in changed])
        yield f"event: changed\ndata: {data}\n\n" if changed else ": keep-alive\n\n"


def _text() -> Text | Refused:
    body = read_body(models.Write)
    return body if isinstance(body, Refused) else Text(body.text, body.client_message_id)


def _platform() -> str | None:
    wanted = request.args.get("platformId")
    return None if wanted is None else identifier(wanted)


def _state() -> State | Refused | None:
    wanted = request.args.get("state")
    if wanted is None:
        return None
    if wanted not in set(State):
        return Refused(Reason.INVALID_FIELD, "state is one of open, resolved, rejected, ended.", "state")
    return State(wanted)

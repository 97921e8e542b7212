"""The widget's calls: each reads the request, calls one service and renders its answer."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request

from whosthere.core.conversation import State
from whosthere.core.reasons import Reason, Refused
from whosthere.services import access, conversations, messages, streams
from whosthere.services.boot import BootRequest
from whosthere.services.boot import boot as boot_visitor
from whosthere.services.conversations import Opening
from whosthere.services.messages import Span, Text
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.web.documented import documented
from whosthere.web.edge import read_body, read_object, validate
from whosthere.web.origin import asking, share
from whosthere.web.problems import Problem
from whosthere.web.runtime import runtime
from whosthere.web.widget import answers, models
from whosthere.web.widget.gate import bearer, credential, pass_gate
from whosthere.web.widget.sse import event_stream
from whosthere.web.wire import identifier, read_cursor, whole_number

blueprint = Blueprint("widget", __name__, url_prefix="/api/v1/widget")
blueprint.before_request(pass_gate)
blueprint.after_request(share)

T = TypeVar("T")
_SESSION = "widgetSession"
_SESSION_REFUSALS = (
    Reason.CREDENTIAL_MISSING,
    Reason.CREDENTIAL_INVALID,
    Reason.SESSION_EXPIRED,
    Reason.SESSION_ENDED,
    Reason.ORIGIN_NOT_ALLOWED,
)
_OWN = (*_SESSION_REFUSALS, Reason.NOT_FOUND)
_WRITING = (Reason.INVALID_JSON, Reason.INVALID_FIELD, Reason.PAYLOAD_TOO_LARGE, Reason.UNSUPPORTED_MEDIA_TYPE)


def _allowed(outcome: T | Refused) -> T:
    if isinstance(outcome, Refused):
        raise Problem(outcome)
    return outcome


@blueprint.post("/boot")
@documented(
    "Let a visitor in",
    body=models.Boot,
    answers={200: answers.BootAnswer},
    refusals=(
        Reason.MISSING_USER_AUTH_TOKEN,
        Reason.INVALID_USER_AUTH_TOKEN,
        Reason.ORIGIN_NOT_ALLOWED,
        Reason.NOT_FOUND,
        Reason.TOO_MANY_REQUESTS,
        *_WRITING,
    ),
)
def boot() -> Response:
    """Turn the identity part of the page's config into a session."""
    body = _allowed(read_object())
    checked = _allowed(validate(models.Boot, body))
    page = checked.page or models.Page()
    booted = boot_visitor(
        runtime(),
        BootRequest(
            platform_id=identifier(checked.platform_id),
            body=body,
            origin=asking(),
            from_browser=asking() is not None or any(name.startswith("Sec-Fetch-") for name, _ in request.headers),
            previous_session=bearer(),
            page_url=page.url,
            language=page.language,
        ),
    )
    return jsonify(answers.boot_answer(_allowed(booted)))


@blueprint.delete("/session")
@documented("Log out", answers={204: None}, refusals=_SESSION_REFUSALS, credential=_SESSION)
def end_session() -> Response:
    """Revoke the session at the server; a second time it is unknown."""
    _allowed(access.end_session(runtime(), credential()))
    return Response(status=204)


@blueprint.get("/conversations")
@documented(
    "List the visitor's conversations, newest first",
    answers={200: answers.ConversationsAnswer},
    refusals=(*_SESSION_REFUSALS, Reason.INVALID_CURSOR),
    query={"cursor": {"type": "string"}},
    credential=_SESSION,
)
def list_conversations() -> Response:
    """Return one page of the caller's conversations."""
    position = read_cursor(request.args.get("cursor"), FIRST_PAGE)
    found = _allowed(conversations.listed(runtime(), credential(), position))
    return jsonify(answers.conversations_answer(found, conversations.PAGE_SIZE))


@blueprint.post("/conversations")
@documented(
    "Start a conversation with its first message",
    body=models.StartConversation,
    answers={201: answers.StartedAnswer, 200: answers.StartedAnswer},
    refusals=(*_SESSION_REFUSALS, *_WRITING, Reason.IDEMPOTENCY_CONFLICT, Reason.TOO_MANY_REQUESTS),
    credential=_SESSION,
)
def start_conversation() -> tuple[Response, int]:
    """Start a conversation; the same clientMessageId and text again find the same one."""
    who = credential()
    body = read_body(models.StartConversation)
    started = _allowed(conversations.start(runtime(), who, body if isinstance(body, Refused) else _opening(body)))
    answer: answers.StartedAnswer = {
        "conversation": answers.conversation_answer(started.conversation),
        "message": answers.message_answer(started.message),
    }
    return jsonify(answer), 201 if started.fresh else 200


@blueprint.get("/conversations/<conversation_id>")
@documented("Look at one conversation", answers={200: answers.ConversationAnswer}, refusals=_OWN, credential=_SESSION)
def show_conversation(conversation_id: str) -> Response:
    """Return one item of the list."""
    found = conversations.one(runtime(), credential(), identifier(conversation_id))
    return jsonify(answers.conversation_answer(_allowed(found)))


@blueprint.get("/conversations/<conversation_id>/messages")
@documented(
    "Read a conversation's messages, oldest first",
    answers={200: answers.MessagesAnswer},
    refusals=(*_OWN, Reason.INVALID_FIELD),
    query={
        "after": {"type": "integer", "minimum": 0, "default": 0},
        "limit": {"type": "integer", "minimum": 1, "maximum": messages.PAGE_SIZE_MAX},
    },
    credential=_SESSION,
)
def list_messages(conversation_id: str) -> Response:
    """Return the part of the log after `after`."""
    span = _span()
    found = messages.listed(runtime(), credential(), identifier(conversation_id), span)
    count = messages.PAGE_SIZE_MAX if isinstance(span, Refused) else span.count
    return jsonify(answers.messages_answer(_allowed(found), count))


@blueprint.post("/conversations/<conversation_id>/messages")
@documented(
    "Post a message",
    body=models.PostMessage,
    answers={201: answers.MessageAnswer, 200: answers.MessageAnswer},
    refusals=(
        *_OWN,
        *_WRITING,
        Reason.IDEMPOTENCY_CONFLICT,
        Reason.CONVERSATION_CLOSED,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=_SESSION,
)
def post_message(conversation_id: str) -> tuple[Response, int]:
    """Store a message; the same clientMessageId and text again find the same one."""
    who = credential()
    body = read_body(models.PostMessage)
    text = body if isinstance(body, Refused) else Text(body.text, body.client_message_id)
    posted = _allowed(messages.post(runtime(), who, identifier(conversation_id), text))
    return jsonify(answers.message_answer(posted.message)), 201 if posted.fresh else 200


@blueprint.put("/conversations/<conversation_id>/read")
@documented(
    "Say how far the visitor has read",
    body=models.MarkRead,
    answers={204: None},
    refusals=(*_OWN, *_WRITING),
    credential=_SESSION,
)
def mark_read(conversation_id: str) -> Response:
    """Move the read mark forward."""
    who = credential()
    body = read_body(models.MarkRead)
    seq = body if isinstance(body, Refused) else body.seq
    _allowed(conversations.mark_read(runtime(), who, identifier(conversation_id), seq))
    return Response(status=204)


@blueprint.put("/conversations/<conversation_id>/state")
@documented(
    "Reopen a resolved conversation",
    body=models.ChangeState,
    answers={200: answers.ConversationAnswer},
    refusals=(*_OWN, *_WRITING, Reason.TRANSITION_NOT_ALLOWED),
    credential=_SESSION,
)
def change_state(conversation_id: str) -> Response:
    """Reopen what an agent has resolved."""
    who = credential()
    body = read_body(models.ChangeState)
    state = body if isinstance(body, Refused) else State(body.state)
    changed = conversations.reopen(runtime(), who, identifier(conversation_id), state)
    return jsonify(answers.conversation_answer(_allowed(changed)))


@blueprint.get("/stream")
@documented(
    "Receive messages as they come (server-sent events)",
    answers={200: {"type": "string"}},
    refusals=(*_SESSION_REFUSALS, Reason.STREAMS_UNAVAILABLE),
    credential=_SESSION,
    media_type="text/event-stream",
)
def stream() -> Response:
    """Open the visitor's one stream, from `Last-Event-ID` on."""
    opened = streams.open_stream(runtime(), credential(), request.headers.get("Last-Event-ID"))
    return event_stream(_allowed(opened))


def _opening(body: models.StartConversation) -> Opening:
    fields: dict[str, Any] = {name: value.model_dump(by_alias=True) for name, value in body.fields.items()}
    return Opening(
        text=body.text,
        client_message_id=body.client_message_id,
        tags=tuple(body.tags),
        fields=fields,
        page_url=None if body.page is None else body.page.url,
    )


def _span() -> Span | Refused:
    after = whole_number(request.args.get("after"), "after", 0, least=0, most=2**53)
    count = whole_number(
        request.args.get("limit"), "limit", messages.PAGE_SIZE_MAX, least=1, most=messages.PAGE_SIZE_MAX
    )
    if isinstance(after, Refused):
        return after
    return count if isinstance(count, Refused) else Span(after, count)

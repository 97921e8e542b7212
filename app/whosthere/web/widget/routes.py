"""The widget's calls: each reads the request, calls one service and renders its answer."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from whosthere.assets import script_number
from whosthere.core.conversation import State
from whosthere.core.reasons import Reason, Refused
from whosthere.services import access, conversations, messages, streams, typing
from whosthere.services.arrival import BootRequest
from whosthere.services.boot import boot as boot_visitor
from whosthere.services.conversations import Opening, Rating
from whosthere.services.messages import Span, Text
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.web import language
from whosthere.web.documented import documented
from whosthere.web.edge import read_body, read_object, validate
from whosthere.web.limits import client_address
from whosthere.web.origin import asking
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.widget import answers, models, turnstile
from whosthere.web.widget.contract import OWN, SESSION, SESSION_REFUSALS, WRITING, blueprint
from whosthere.web.widget.gate import bearer, credential
from whosthere.web.widget.sse import event_stream
from whosthere.web.wire import identifier, read_cursor, whole_number


@blueprint.post("/boot")
@documented(
    "Let a visitor in",
    body=models.Boot,
    answers={200: answers.BootAnswer},
    refusals=(
        Reason.MISSING_USER_AUTH_TOKEN,
        Reason.INVALID_USER_AUTH_TOKEN,
        Reason.ORIGIN_NOT_ALLOWED,
        Reason.BLOCKED,
        Reason.NOT_FOUND,
        Reason.TOO_MANY_REQUESTS,
        *WRITING,
    ),
    credential=SESSION,
    credential_optional=True,
)
def boot() -> Response:
    """Turn the identity part of the page's config into a session."""
    body = allowed(read_object())
    checked = allowed(validate(models.Boot, body))
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
            address=client_address(),
            script_outdated=type(checked.script) is int and checked.script < script_number(),
        ),
    )
    locale = language.choose(checked.language, request.accept_languages)
    return jsonify(answers.boot_answer(allowed(booted), locale))


@blueprint.delete("/session")
@documented("Log out", answers={204: None}, refusals=SESSION_REFUSALS, credential=SESSION)
def end_session() -> Response:
    """Revoke the session at the server; a second time it is unknown."""
    allowed(access.end_session(runtime(), credential()))
    return Response(status=204)


@blueprint.get("/conversations")
@documented(
    "List the visitor's conversations, newest first",
    answers={200: answers.ConversationsAnswer},
    refusals=(*SESSION_REFUSALS, Reason.INVALID_CURSOR),
    query={"cursor": {"type": "string"}},
    credential=SESSION,
)
def list_conversations() -> Response:
    """Return one page of the caller's conversations."""
    position = read_cursor(request.args.get("cursor"), FIRST_PAGE)
    found = allowed(conversations.listed(runtime(), credential(), position))
    return jsonify(answers.conversations_answer(found, conversations.PAGE_SIZE))


@blueprint.post("/conversations")
@documented(
    "Start a conversation with its first message",
    body=models.StartConversation,
    answers={201: answers.StartedAnswer, 200: answers.StartedAnswer},
    refusals=(
        *SESSION_REFUSALS,
        *WRITING,
        Reason.IDEMPOTENCY_CONFLICT,
        Reason.CONVERSATION_ACTIVE,
        Reason.PROOF_OF_WORK_NEEDED,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=SESSION,
)
def start_conversation() -> tuple[Response, int]:
    """Start a conversation; the same clientMessageId and text again find the same one."""
    who = credential()
    body = read_body(models.StartConversation)
    opening = body if isinstance(body, Refused) else _opening(body)
    started = turnstile.start(who, opening, None if isinstance(body, Refused) else body.proof_of_work)
    answer: answers.StartedAnswer = {
        "conversation": answers.conversation_answer(started.conversation),
        "message": answers.message_answer(started.message),
    }
    return jsonify(answer), 201 if started.fresh else 200


@blueprint.get("/conversations/<conversation_id>")
@documented("Look at one conversation", answers={200: answers.ConversationAnswer}, refusals=OWN, credential=SESSION)
def show_conversation(conversation_id: str) -> Response:
    """Return one item of the list."""
    found = conversations.one(runtime(), credential(), identifier(conversation_id))
    return jsonify(answers.conversation_answer(allowed(found)))


@blueprint.get("/conversations/<conversation_id>/messages")
@documented(
    "Read a conversation's messages, oldest first",
    answers={200: answers.MessagesAnswer},
    refusals=(*OWN, Reason.INVALID_FIELD),
    query={
        "after": {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0},
        "limit": {
            "type": "integer",
            "minimum": 1,
            "maximum": messages.PAGE_SIZE_MAX,
            "default": messages.PAGE_SIZE_MAX,
        },
    },
    credential=SESSION,
)
def list_messages(conversation_id: str) -> Response:
    """Return the part of the log after `after`."""
    span = _span()
    found = messages.listed(runtime(), credential(), identifier(conversation_id), span)
    count = messages.PAGE_SIZE_MAX if isinstance(span, Refused) else span.count
    return jsonify(answers.messages_answer(allowed(found), count))


@blueprint.post("/conversations/<conversation_id>/messages")
@documented(
    "Post a message",
    body=models.PostMessage,
    answers={201: answers.MessageAnswer, 200: answers.MessageAnswer},
    refusals=(
        *OWN,
        *WRITING,
        Reason.IDEMPOTENCY_CONFLICT,
        Reason.CONVERSATION_CLOSED,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=SESSION,
)
def post_message(conversation_id: str) -> tuple[Response, int]:
    """Store a message; the same clientMessageId and text again find the same one."""
    who = credential()
    body = read_body(models.PostMessage)
    text = body if isinstance(body, Refused) else Text(body.text, body.client_message_id, tuple(body.attachments))
    posted = allowed(messages.post(runtime(), who, identifier(conversation_id), text))
    return jsonify(answers.message_answer(posted.message)), 201 if posted.fresh else 200


@blueprint.put("/conversations/<conversation_id>/read")
@documented(
    "Say how far the visitor has read",
    body=models.MarkRead,
    answers={204: None},
    refusals=(*OWN, *WRITING),
    credential=SESSION,
)
def mark_read(conversation_id: str) -> Response:
    """Move the read mark forward."""
    who = credential()
    body = read_body(models.MarkRead)
    seq = body if isinstance(body, Refused) else body.seq
    allowed(conversations.mark_read(runtime(), who, identifier(conversation_id), seq))
    return Response(status=204)


@blueprint.put("/conversations/<conversation_id>/state")
@documented(
    "Reopen a resolved conversation, or end it",
    body=models.ChangeState,
    answers={200: answers.ConversationAnswer},
    refusals=(*OWN, *WRITING, Reason.TRANSITION_NOT_ALLOWED, Reason.TOO_MANY_REQUESTS),
    credential=SESSION,
)
def change_state(conversation_id: str) -> Response:
    """Reopen what an agent has resolved, or end it for good."""
    who = credential()
    body = read_body(models.ChangeState)
    state = body if isinstance(body, Refused) else State(body.state)
    changed = conversations.set_state(runtime(), who, identifier(conversation_id), state)
    return jsonify(answers.conversation_answer(allowed(changed)))


@blueprint.put("/conversations/<conversation_id>/rating")
@documented(
    "Rate a resolved conversation",
    body=models.Rate,
    answers={200: answers.ConversationAnswer},
    refusals=(*OWN, *WRITING, Reason.RATING_NOT_ALLOWED, Reason.TOO_MANY_REQUESTS),
    credential=SESSION,
)
def rate(conversation_id: str) -> Response:
    """Keep what the visitor thinks of it, in place of an earlier rating."""
    who = credential()
    body = read_body(models.Rate)
    rating = body if isinstance(body, Refused) else Rating(body.rating, body.comment or None)
    rated = conversations.rate(runtime(), who, identifier(conversation_id), rating)
    return jsonify(answers.conversation_answer(allowed(rated)))


@blueprint.post("/conversations/<conversation_id>/typing")
@documented(
    "Say that the visitor types",
    body=models.Type,
    answers={204: None},
    refusals=(*OWN, *WRITING, Reason.TOO_MANY_REQUESTS),
    credential=SESSION,
)
def type_message(conversation_id: str) -> Response:
    """Tell the agents, once every two seconds at most."""
    who = credential()
    body = read_body(models.Type)
    is_typing = body if isinstance(body, Refused) else body.typing
    allowed(typing.by_visitor(runtime(), who, identifier(conversation_id), is_typing))
    return Response(status=204)


@blueprint.get("/stream")
@documented(
    "Receive messages as they come (server-sent events)",
    answers={200: {"type": "string"}},
    refusals=(*SESSION_REFUSALS, Reason.STREAMS_UNAVAILABLE),
    headers={"Last-Event-ID": {"type": "string"}},
    credential=SESSION,
    media_type="text/event-stream",
)
def stream() -> Response:
    """Open the visitor's one stream, from `Last-Event-ID` on."""
    opened = streams.open_stream(runtime(), credential(), request.headers.get("Last-Event-ID"))
    return event_stream(allowed(opened))


def _opening(body: models.StartConversation) -> Opening:
    fields: dict[str, Any] = {name: value.model_dump(by_alias=True) for name, value in body.fields.items()}
    return Opening(
        text=body.text,
        client_message_id=body.client_message_id,
        tags=tuple(body.tags),
        fields=fields,
        page_url=None if body.page is None else body.page.url,
        attachments=tuple(body.attachments),
        unless_active=body.unless_active,
    )


def _span() -> Span | Refused:
    after = whole_number(request.args.get("after"), "after", 0, least=0, most=2**53)
    count = whole_number(
        request.args.get("limit"), "limit", messages.PAGE_SIZE_MAX, least=1, most=messages.PAGE_SIZE_MAX
    )
    if isinstance(after, Refused):
        return after
    return count if isinstance(count, Refused) else Span(after, count)

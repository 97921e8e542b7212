"""The agent API's calls about the team: who is on it, its canned replies, who calls whom in notes."""

from __future__ import annotations

from flask import Response, jsonify, request

from whosthere.core.reasons import Reason, Refused
from whosthere.services import canned, colleagues, inbox, mentions
from whosthere.services.canned import Wording
from whosthere.storage.conversations import FIRST_PAGE
from whosthere.web.agent import models
from whosthere.web.agent import team_answers as answers
from whosthere.web.agent.contract import (
    CHANGING,
    ONE,
    SIGNED_IN,
    TOKEN,
    WRITING,
    blueprint,
    identity,
    platform,
)
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier, read_cursor

_PLATFORM = {"platformId": {"type": "string", "format": "uuid"}}


@blueprint.get("/agents")
@documented(
    "List colleagues, by name",
    answers={200: answers.ColleaguesAnswer},
    refusals=SIGNED_IN,
    query=_PLATFORM,
    credential=TOKEN,
)
def list_agents() -> Response:
    """Return everybody who serves the agent's platforms, the agent included."""
    return jsonify(answers.colleagues_answer(colleagues.listed(runtime(), identity(), platform())))


@blueprint.get("/canned-replies")
@documented(
    "List canned replies, by name",
    answers={200: answers.CannedRepliesAnswer},
    refusals=ONE,
    query=_PLATFORM,
    credential=TOKEN,
)
def list_canned_replies() -> Response:
    """Return the canned replies of the agent's platforms, as they are written."""
    wanted = platform()
    found = [
        reply
        for own in (identity().platform_ids if wanted is None else (wanted,))
        for reply in allowed(canned.listed(runtime(), identity(), own))
    ]
    return jsonify(answers.canned_replies_answer(found))


@blueprint.post("/canned-replies")
@documented(
    "Write a canned reply",
    body=models.NewCannedReply,
    answers={201: answers.CannedReplyAnswer},
    refusals=(
        *WRITING,
        Reason.FORBIDDEN,
        Reason.ALREADY_EXISTS,
        Reason.LIMIT_REACHED,
        Reason.TOO_MANY_REQUESTS,
    ),
    credential=TOKEN,
)
def create_canned_reply() -> tuple[Response, int]:
    """Give a platform one more canned reply."""
    body = allowed(read_body(models.NewCannedReply))
    wording = Wording(body.name, body.body)
    reply = allowed(canned.create(runtime(), identity(), identifier(body.platform_id), wording))
    return jsonify(answers.canned_reply_answer(reply)), 201


@blueprint.put("/canned-replies/<reply_id>")
@documented(
    "Change a canned reply",
    body=models.WriteCannedReply,
    answers={200: answers.CannedReplyAnswer},
    refusals=(*WRITING, Reason.FORBIDDEN, Reason.ALREADY_EXISTS),
    credential=TOKEN,
)
def change_canned_reply(reply_id: str) -> Response:
    """Replace its name and its body."""
    body = read_body(models.WriteCannedReply)
    wording = body if isinstance(body, Refused) else Wording(body.name, body.body)
    return jsonify(
        answers.canned_reply_answer(allowed(canned.change(runtime(), identity(), identifier(reply_id), wording)))
    )


@blueprint.delete("/canned-replies/<reply_id>")
@documented(
    "Delete a canned reply",
    answers={204: None},
    refusals=(*CHANGING, Reason.FORBIDDEN),
    credential=TOKEN,
)
def delete_canned_reply(reply_id: str) -> Response:
    """Delete it for the whole team."""
    allowed(canned.delete(runtime(), identity(), identifier(reply_id)))
    return Response(status=204)


@blueprint.get("/conversations/<conversation_id>/canned-replies")
@documented(
    "List canned replies as they read in a conversation",
    answers={200: answers.CannedRepliesAnswer},
    refusals=ONE,
    credential=TOKEN,
)
def fill_canned_replies(conversation_id: str) -> Response:
    """Return the canned replies with the visitor's and the agent's names filled in."""
    case = allowed(inbox.find(runtime(), identity(), identifier(conversation_id)))
    return jsonify(answers.canned_replies_answer(canned.for_case(runtime(), identity(), case)))


@blueprint.get("/mentions")
@documented(
    "List the notes that call the agent, newest first",
    answers={200: answers.MentionsAnswer},
    refusals=(*SIGNED_IN, Reason.INVALID_CURSOR),
    query={"cursor": {"type": "string"}},
    credential=TOKEN,
)
def list_mentions() -> Response:
    """Return one page of them, and how many are unread."""
    position = allowed(read_cursor(request.args.get("cursor"), FIRST_PAGE))
    found = mentions.listed(runtime(), identity(), position)
    return jsonify(answers.mentions_answer(found, mentions.PAGE_SIZE, mentions.unread(runtime(), identity())))

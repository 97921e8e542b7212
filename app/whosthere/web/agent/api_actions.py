"""The agent API's calls about a conversation beside reading and answering it. Each answers with the conversation."""

from __future__ import annotations

from flask import Response, jsonify

from whosthere.core.reasons import Reason, Refused
from whosthere.services import inbox_actions, presence
from whosthere.services.presence import Activity
from whosthere.storage.inbox import Case
from whosthere.web.agent import answers, models
from whosthere.web.agent.contract import TOKEN, WRITING, blueprint, identity
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.wire import identifier, read_instant


@blueprint.put("/conversations/<conversation_id>/assignee")
@documented(
    "Assign a conversation to an agent, or to nobody",
    body=models.Assign,
    answers={200: answers.CaseAnswer},
    refusals=WRITING,
    credential=TOKEN,
)
def assign(conversation_id: str) -> Response:
    """Make the conversation somebody's who serves its platform."""
    body = read_body(models.Assign)
    wanted = body if isinstance(body, Refused) else None if body.agent_id is None else identifier(body.agent_id)
    return _case(inbox_actions.assign(runtime(), identity(), identifier(conversation_id), wanted))


@blueprint.put("/conversations/<conversation_id>/tags")
@documented(
    "Replace a conversation's tags",
    body=models.Retag,
    answers={200: answers.CaseAnswer},
    refusals=WRITING,
    credential=TOKEN,
)
def set_tags(conversation_id: str) -> Response:
    """Give the conversation these tags, and no others."""
    body = read_body(models.Retag)
    tags = body if isinstance(body, Refused) else body.tags
    return _case(inbox_actions.set_tags(runtime(), identity(), identifier(conversation_id), tags))


@blueprint.put("/conversations/<conversation_id>/snooze")
@documented(
    "Put a conversation out of sight until a moment, or bring it back",
    body=models.Snooze,
    answers={200: answers.CaseAnswer},
    refusals=(*WRITING, Reason.TRANSITION_NOT_ALLOWED),
    credential=TOKEN,
)
def snooze(conversation_id: str) -> Response:
    """Snooze an open conversation; it comes back at that moment, or as soon as its visitor writes."""
    body, own = read_body(models.Snooze), identifier(conversation_id)
    if not isinstance(body, Refused) and body.until is None:
        return _case(inbox_actions.wake(runtime(), identity(), own))
    until = body if isinstance(body, Refused) else read_instant(body.until or "", "until")
    return _case(inbox_actions.snooze(runtime(), identity(), own, until))


@blueprint.put("/conversations/<conversation_id>/spam")
@documented(
    "Put a conversation among the spam, or back into the inbox",
    body=models.MarkSpam,
    answers={200: answers.CaseAnswer},
    refusals=WRITING,
    credential=TOKEN,
)
def mark_spam(conversation_id: str) -> Response:
    """Say whether the conversation is spam: what is, stands in no other view, and nobody is told of it."""
    body, own = read_body(models.MarkSpam), identifier(conversation_id)
    spam = body if isinstance(body, Refused) else body.spam
    return _case(inbox_actions.set_spam(runtime(), identity(), own, spam))


@blueprint.post("/conversations/<conversation_id>/presence")
@documented(
    "Say what the agent does at a conversation",
    body=models.BePresent,
    answers={204: None},
    refusals=(*WRITING, Reason.TOO_MANY_REQUESTS),
    credential=TOKEN,
)
def tell_presence(conversation_id: str) -> Response:
    """Tell colleagues, once every two seconds at most; the visitor learns nothing."""
    body = read_body(models.BePresent)
    activity = body if isinstance(body, Refused) else Activity(body.activity)
    allowed(presence.tell(runtime(), identity(), identifier(conversation_id), activity))
    return Response(status=204)


def _case(outcome: Case | Refused) -> Response:
    return jsonify(answers.case_answer(allowed(outcome)))

"""The widget's calls about the visitor: contact details, and what they began without logging in."""

from __future__ import annotations

from flask import Response, jsonify

from whosthere.core.contact import read_contact
from whosthere.core.reasons import Reason, Refused
from whosthere.services import contact, history
from whosthere.services.history import Answer
from whosthere.web.documented import documented
from whosthere.web.edge import read_body
from whosthere.web.problems import allowed
from whosthere.web.runtime import runtime
from whosthere.web.widget import answers, models
from whosthere.web.widget.contract import OWN, SESSION, SESSION_REFUSALS, WRITING, blueprint
from whosthere.web.widget.gate import credential


@blueprint.put("/contact")
@documented(
    "Leave a name or an email address for the agents",
    body=models.LeaveContact,
    answers={204: None},
    refusals=(*SESSION_REFUSALS, *WRITING, Reason.FORBIDDEN, Reason.TOO_MANY_REQUESTS),
    credential=SESSION,
)
def leave_contact() -> Response:
    """Keep contact details, as claimed."""
    who = credential()
    body = read_body(models.LeaveContact)
    given = body if isinstance(body, Refused) else read_contact(body.name, body.email)
    allowed(contact.leave(runtime(), who, given))
    return Response(status=204)


@blueprint.put("/history-offer")
@documented(
    "Add what was begun without logging in, or decline that",
    body=models.AnswerOffer,
    answers={200: answers.MovedAnswer},
    refusals=(*OWN, *WRITING, Reason.TOO_MANY_REQUESTS),
    credential=SESSION,
)
def answer_offer() -> Response:
    """Move what was offered to the visitor, or never offer it again."""
    who = credential()
    body = read_body(models.AnswerOffer)
    given = body if isinstance(body, Refused) else Answer(body.anonymous_token, body.accept)
    moved: answers.MovedAnswer = {"conversations": list(allowed(history.answer(runtime(), who, given)))}
    return jsonify(moved)
